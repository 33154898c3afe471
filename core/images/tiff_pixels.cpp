#include <tiff.h>

#include <algorithm>
#include <cstring>

#include "core/images/decode_internal.h"
#include "core/images/tiff_pixels_internal.h"

namespace dicescope::detail {
namespace {

template <class T>
T sampleAt(const std::uint8_t* row, std::size_t index) {
    T value;
    std::memcpy(&value, row + index * sizeof(T), sizeof(T));
    return value;
}

std::uint32_t packedAt(const std::uint8_t* row, std::size_t index, unsigned bits) {
    const std::size_t perByte = 8 / bits;
    const auto shift = static_cast<unsigned>(8 - bits * (1 + index % perByte));
    return static_cast<std::uint32_t>(row[index / perByte]) >> shift & ((1U << bits) - 1U);
}

void greyPacked(const TiffPixels& pixels, const std::uint8_t* row, std::size_t width, std::uint8_t* rgb) {
    const std::uint32_t full = (1U << pixels.bits) - 1U;
    for (std::size_t x = 0; x < width; ++x, rgb += 3) {
        const std::uint32_t value = packedAt(row, x, pixels.bits) * 255 / full;
        std::fill_n(
            rgb, 3,
            static_cast<std::uint8_t>(pixels.photometric == PHOTOMETRIC_MINISWHITE ? 255 - value : value));
    }
}

void grey8(const TiffPixels& pixels, const std::uint8_t* row, std::size_t width, std::uint8_t* rgb) {
    for (std::size_t x = 0; x < width; ++x, rgb += 3) {
        const std::uint8_t value = row[x * pixels.samples];
        std::fill_n(
            rgb, 3,
            static_cast<std::uint8_t>(pixels.photometric == PHOTOMETRIC_MINISWHITE ? 255 - value : value));
    }
}

/// Without regard to which end is white: so does Pillow.
template <class T>
void greyWide(const TiffPixels&, const std::uint8_t* row, std::size_t width, std::uint8_t* rgb) {
    for (std::size_t x = 0; x < width; ++x, rgb += 3) std::fill_n(rgb, 3, clipTo8Bits(sampleAt<T>(row, x)));
}

/// The high byte of a sample of 8 or 16 bits.
template <class T>
std::uint8_t high(const std::uint8_t* row, std::size_t index) {
    return static_cast<std::uint8_t>(sampleAt<T>(row, index) >> (8 * (sizeof(T) - 1)));
}

template <class T>
void colour(const TiffPixels& pixels, const std::uint8_t* row, std::size_t width, std::uint8_t* rgb) {
    for (std::size_t x = 0; x < width; ++x, rgb += 3) {
        for (std::size_t k = 0; k < 3; ++k) rgb[k] = high<T>(row, x * pixels.samples + k);
    }
}

template <class T>
void premultiplied(const TiffPixels& pixels, const std::uint8_t* row, std::size_t width, std::uint8_t* rgb) {
    for (std::size_t x = 0; x < width; ++x, rgb += 3) {
        const unsigned alpha = high<T>(row, x * pixels.samples + 3);
        for (std::size_t k = 0; k < 3; ++k) {
            const unsigned value = high<T>(row, x * pixels.samples + k);
            rgb[k] =
                alpha == 0 ? std::uint8_t{0} : static_cast<std::uint8_t>(std::min(value * 255 / alpha, 255U));
        }
    }
}

template <class T>
void cmyk(const TiffPixels& pixels, const std::uint8_t* row, std::size_t width, std::uint8_t* rgb) {
    for (std::size_t x = 0; x < width; ++x, rgb += 3) {
        std::array<std::uint8_t, 4> inks{};
        for (std::size_t k = 0; k < inks.size(); ++k) inks[k] = high<T>(row, x * pixels.samples + k);
        cmykToRgb(inks.data(), rgb);
    }
}

void palette(const TiffPixels& pixels, const std::uint8_t* row, std::size_t width, std::uint8_t* rgb) {
    for (std::size_t x = 0; x < width; ++x, rgb += 3) {
        const std::size_t index = pixels.bits == 8 ? row[x * pixels.samples] : packedAt(row, x, pixels.bits);
        for (std::size_t k = 0; k < 3; ++k)
            rgb[k] = static_cast<std::uint8_t>(pixels.colourMap[k][index] >> 8U);
    }
}

bool packs(const TiffPixels& pixels) {
    return pixels.format == SAMPLEFORMAT_UINT && (pixels.bits == 1 || pixels.bits == 2 || pixels.bits == 4);
}

bool allUnspecified(const std::vector<std::uint16_t>& extraSamples, std::size_t from) {
    return std::all_of(
        extraSamples.begin() + static_cast<std::ptrdiff_t>(std::min(from, extraSamples.size())),
        extraSamples.end(), [](std::uint16_t kind) { return kind == EXTRASAMPLE_UNSPECIFIED; });
}

bool plainExtra(std::uint16_t kind) {
    return kind == EXTRASAMPLE_UNSPECIFIED || kind == EXTRASAMPLE_UNASSALPHA;
}

TiffRowToRgb greyKind(const TiffPixels& pixels) {
    const bool whiteIsMore = pixels.photometric == PHOTOMETRIC_MINISBLACK;
    const auto& extra = pixels.extraSamples;
    if (pixels.samples == 2) {
        const bool plain = extra.size() == 1 && plainExtra(extra[0]) && pixels.bits == 8;
        return plain && whiteIsMore && pixels.format == SAMPLEFORMAT_UINT ? grey8 : nullptr;
    }
    if (pixels.samples != 1 || !extra.empty()) return nullptr;
    if (packs(pixels)) return greyPacked;
    if (pixels.bits == 8 &&
        (pixels.format == SAMPLEFORMAT_UINT || (pixels.format == SAMPLEFORMAT_INT && whiteIsMore))) {
        return grey8;
    }
    if (!whiteIsMore && pixels.bigEndian && pixels.format != SAMPLEFORMAT_IEEEFP) return nullptr;
    if (pixels.bits == 16 && pixels.format == SAMPLEFORMAT_UINT) return greyWide<std::uint16_t>;
    if (pixels.bits == 32 && pixels.format == SAMPLEFORMAT_IEEEFP) return greyWide<float>;
    if (!whiteIsMore) return nullptr;
    if (pixels.bits == 16 && pixels.format == SAMPLEFORMAT_INT) return greyWide<std::int16_t>;
    // Pillow holds unsigned 32-bit samples as signed ones.
    if (pixels.bits == 32 && pixels.format == SAMPLEFORMAT_INT) return greyWide<std::int32_t>;
    return pixels.bits == 32 && !pixels.bigEndian ? greyWide<std::int32_t> : nullptr;
}

TiffRowToRgb colourKind(const TiffPixels& pixels) {
    const auto& extra = pixels.extraSamples;
    const bool known = pixels.samples >= 3 && pixels.samples <= (pixels.bits == 8 ? 6 : 4) &&
                       (extra.size() + 3 == pixels.samples || (extra.empty() && pixels.samples == 4)) &&
                       allUnspecified(extra, 1) && pixels.format == SAMPLEFORMAT_UINT;
    if (!known) return nullptr;
    const bool associated = !extra.empty() && extra[0] == EXTRASAMPLE_ASSOCALPHA;
    if (pixels.bits == 8) return associated ? premultiplied<std::uint8_t> : colour<std::uint8_t>;
    if (pixels.bits == 16) return associated ? premultiplied<std::uint16_t> : colour<std::uint16_t>;
    return nullptr;
}

TiffRowToRgb paletteKind(const TiffPixels& pixels) {
    const auto& extra = pixels.extraSamples;
    const bool single = pixels.samples == 1 && extra.empty() && (packs(pixels) || pixels.bits == 8);
    const bool withAlpha =
        pixels.samples == 2 && extra.size() == 1 && plainExtra(extra[0]) && pixels.bits == 8;
    const bool mapped = pixels.bits <= 8 && pixels.colourMap[0].size() == std::size_t{1} << pixels.bits;
    return (single || withAlpha) && mapped && pixels.format == SAMPLEFORMAT_UINT ? palette : nullptr;
}

TiffRowToRgb cmykKind(const TiffPixels& pixels) {
    const auto& extra = pixels.extraSamples;
    const bool known = extra.size() + 4 == pixels.samples && pixels.samples <= (pixels.bits == 8 ? 6 : 4) &&
                       allUnspecified(extra, 0) && pixels.format == SAMPLEFORMAT_UINT;
    if (!known) return nullptr;
    if (pixels.bits == 8) return cmyk<std::uint8_t>;
    return pixels.bits == 16 ? cmyk<std::uint16_t> : nullptr;
}

}  // namespace

TiffRowToRgb tiffRowToRgb(const TiffPixels& pixels) {
    switch (pixels.photometric) {
        case PHOTOMETRIC_MINISWHITE:
        case PHOTOMETRIC_MINISBLACK:
            return greyKind(pixels);
        case PHOTOMETRIC_RGB:
            return colourKind(pixels);
        case PHOTOMETRIC_PALETTE:
            return paletteKind(pixels);
        case PHOTOMETRIC_SEPARATED:
            return cmykKind(pixels);
        default:
            return nullptr;
    }
}

}  // namespace dicescope::detail
