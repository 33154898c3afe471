#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace dicescope {

/// An 8-bit RGB image, rows top to bottom, pixels interleaved: value(y, x, k) = pixels[(y * width + x) * 3 +
/// k].
struct RgbImage {
    int width = 0;
    int height = 0;
    std::vector<std::uint8_t> pixels;
};

}  // namespace dicescope
