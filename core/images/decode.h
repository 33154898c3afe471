#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/base/error.h"
#include "core/images/rgb_image.h"

namespace dicescope {

/// The largest image that is decoded, in pixels: twice Pillow's MAX_IMAGE_PIXELS, where Pillow too refuses.
inline constexpr std::uint64_t kMaxImagePixels = 178'956'970;

/// Decodes an encoded image (JPEG, PNG, BMP, WebP, TIFF, PPM family P1 to P6; recognised by content) to the
/// pixels of Pillow's Image.open(...).convert("RGB"): no EXIF rotation, no colour management, alpha dropped,
/// the first frame. Pillow versions differ in places; these are the pixels of Pillow 13:
/// - 16-bit grey (PNG, TIFF, PGM with a maximum above 255) is clipped to 255, not scaled; 16-bit colour keeps
///   the high byte; float and 32-bit grey TIFF is clipped to 0..255 and cut to an integer.
/// - CMYK JPEG is taken as inverted, as Adobe writes it, with or without Adobe's marker.
/// - A TIFF is turned as its orientation tag says, because Pillow turns it on loading; no other format is.
/// - Indices above the palette are black; a BMP's run that is too long for its row is cut.
/// - A file that ends before its last pixel is an error; what is missing after it is not.
/// The dimensions are checked against kMaxImagePixels before anything of their size is allocated.
/// Not handled, though Pillow reads them: TIFF with Lab or uncompressed YCbCr pixels, 12-bit grey TIFF, float
/// files of the PPM family, a PNG with indices and no palette.
/// Errors: Unsupported (not an image of these kinds, a kind of pixel not handled, too large), Corrupt
/// (damaged, truncated), OutOfMemory. The message is a short reason without the path. Thread-safe.
[[nodiscard]] Result<RgbImage> decodeImage(std::span<const std::byte> encoded);

/// decodeImage() for a small picture, faster: a JPEG comes at 1/2, 1/4 or 1/8 of its size (rounded up) where
/// its longer side then still has `leastLongerSide` (>= 1) pixels; every other image comes whole.
[[nodiscard]] Result<RgbImage> decodeReduced(std::span<const std::byte> encoded, int leastLongerSide);

}  // namespace dicescope
