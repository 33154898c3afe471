#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "core/features/feature_file.h"
#include "core/features/feature_file_layout.h"
#include "core/features/safetensors.h"

// Any bytes either are refused or give a set whose every value can be read.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto bytes = std::as_bytes(std::span(data, size));
    const auto file = dicescope::SafetensorsFile::parse(bytes, "input");
    if (!file) return 0;
    std::size_t total = 0;
    for (const auto& [name, tensor] : file->tensors()) total += tensor.bytes.size();
    if (total > size) std::abort();

    const auto loaded = dicescope::featureFileFrom(*file, "input");
    if (!loaded) return 0;
    const auto& set = *loaded->set;
    if (set.paths.size() != set.size() || set.labels.size() != set.size()) std::abort();
    (void)dicescope::nonFiniteRows(set);
    return 0;
}
