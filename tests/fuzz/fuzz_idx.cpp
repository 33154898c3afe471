#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <numeric>
#include <span>

#include "core/demo/idx.h"

// The first byte chooses: plain IDX of 1 to 3 dimensions, or gzip whose content is parsed as IDX.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::size_t dimensions = data[0] % 4U;
    const auto input = std::as_bytes(std::span(data, size)).subspan(1);
    const auto check = [&](std::span<const std::byte> bytes, std::size_t rank) {
        const auto array = dicescope::parseIdx(bytes, rank);
        if (!array) return;
        const auto count =
            std::accumulate(array->shape.begin(), array->shape.end(), std::size_t{1}, std::multiplies<>());
        if (array->shape.size() != rank || count != array->values.size()) std::abort();
    };
    if (dimensions > 0) {
        check(input, dimensions);
    } else if (const auto bytes = dicescope::gunzip(input, std::size_t{1} << 20)) {
        check(*bytes, 3);
    }
    return 0;
}
