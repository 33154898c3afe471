#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/session/benchmark.h"

/// Whatever the text, it is refused with a reason, or is a preset whose sessions and numbers can be asked
/// for.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto preset = dicescope::parseBenchmark(std::string(reinterpret_cast<const char*>(data), size));
    if (!preset && preset.error().message.empty()) std::abort();
    if (!preset) return 0;
    dicescope::LocatedBenchmark found;
    found.sets.resize(preset->sets.size());
    const auto session = dicescope::benchmarkSession(*preset, found, "", 0);
    if (!session.p || !session.inputs.ood.empty()) std::abort();
    for (const char* method : {"energy", "dice", ""}) (void)dicescope::publishedBy(*preset, method);
    return 0;
}
