#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "core/features/npy.h"

// Any bytes either are refused or give as many values as the shape says.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto array = dicescope::parseNpy(std::as_bytes(std::span(data, size)), "input");
    if (array && array->values.size() != array->rows() * array->cols()) std::abort();
    return 0;
}
