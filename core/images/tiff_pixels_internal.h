#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "core/base/error.h"

namespace dicescope::detail {

/// What the tags of a TIFF say about its pixels; samples in native byte order, as libtiff hands them out.
struct TiffPixels {
    std::uint16_t photometric = 0;
    std::uint16_t bits = 1;
    std::uint16_t samples = 1;
    std::uint16_t format = 1;                             ///< 1 unsigned, 2 signed, 3 float
    bool bigEndian = false;                               ///< the file, which decides what Pillow reads
    std::vector<std::uint16_t> extraSamples;              ///< 0 unspecified, 1 premultiplied alpha, 2 alpha
    std::array<std::vector<std::uint16_t>, 3> colourMap;  ///< red, green, blue; 2^bits entries each
};

/// Converts a row of `width` pixels, samples interleaved, to RGB as Pillow does.
using TiffRowToRgb = void (*)(const TiffPixels& pixels, const std::uint8_t* row, std::size_t width,
                              std::uint8_t* rgb);

/// The conversion for pixels of this kind; nullptr for a kind that Pillow does not read either, or that is
/// not handled.
[[nodiscard]] TiffRowToRgb tiffRowToRgb(const TiffPixels& pixels);

}  // namespace dicescope::detail
