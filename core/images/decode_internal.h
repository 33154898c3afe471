#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "core/base/error.h"
#include "core/images/rgb_image.h"

namespace dicescope::detail {

using Bytes = std::span<const std::byte>;

[[nodiscard]] Result<RgbImage> decodeJpeg(Bytes encoded);
/// The image at 1/2, 1/4 or 1/8 of its size where its longer side then still has `leastLongerSide` (>= 1)
/// pixels.
[[nodiscard]] Result<RgbImage> decodeJpegReduced(Bytes encoded, int leastLongerSide);
[[nodiscard]] Result<RgbImage> decodePng(Bytes encoded);
[[nodiscard]] Result<RgbImage> decodeBmp(Bytes encoded);
[[nodiscard]] Result<RgbImage> decodeWebp(Bytes encoded);
[[nodiscard]] Result<RgbImage> decodeTiff(Bytes encoded);
[[nodiscard]] Result<RgbImage> decodePnm(Bytes encoded);

/// Whether an image of this size may be allocated. Errors: Corrupt (a side of 0), Unsupported (too large).
[[nodiscard]] Status checkSize(std::uint64_t width, std::uint64_t height);

/// Bytes that one byte of a deflate stream can stand for at the most: what a file cannot hold is refused
/// unread.
inline constexpr std::uint64_t kMaxDeflateRatio = 1032;

/// An image of that size with all bytes zero, as a new image is in Pillow.
[[nodiscard]] RgbImage blankImage(std::uint64_t width, std::uint64_t height);

[[nodiscard]] tl::unexpected<Error> truncated();
[[nodiscard]] tl::unexpected<Error> damaged(const std::string& format, const std::string& why = {});
[[nodiscard]] tl::unexpected<Error> unsupported(const std::string& what);

/// Pillow's CMYK to RGB, of values where 255 is full ink.
inline void cmykToRgb(const std::uint8_t* cmyk, std::uint8_t* rgb) {
    const int light = 255 - cmyk[3];
    for (int k = 0; k < 3; ++k) {
        const int product = cmyk[k] * light + 128;
        const int value = light - ((product + (product >> 8)) >> 8);
        rgb[k] = static_cast<std::uint8_t>(value < 0 ? 0 : value);
    }
}

/// Pillow's conversion of integers wider than 8 bits to 8 bits.
template <class T>
[[nodiscard]] std::uint8_t clipTo8Bits(T value) {
    if (!(value > 0)) return 0;
    return value >= 255 ? std::uint8_t{255} : static_cast<std::uint8_t>(value);
}

}  // namespace dicescope::detail
