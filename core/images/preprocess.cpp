#include "core/images/preprocess.h"

#include <algorithm>
#include <cstring>

#include "core/images/geometry_internal.h"
#include "core/images/resample_internal.h"

namespace dicescope {
namespace {

/// Pillow's convert("L"): ITU-R 601-2 luma in 16-bit fixed point.
std::uint8_t luma(const std::uint8_t* rgb) {
    return static_cast<std::uint8_t>((rgb[0] * 19595U + rgb[1] * 38470U + rgb[2] * 7471U + 0x8000U) >> 16U);
}

RgbImage toGrey(const RgbImage& image) {
    RgbImage grey{image.width, image.height, {}};
    grey.pixels.resize(image.pixels.size());
    for (std::size_t i = 0; i < image.pixels.size(); i += 3) {
        std::fill_n(grey.pixels.data() + i, 3, luma(image.pixels.data() + i));
    }
    return grey;
}

}  // namespace

void toModelPixels(const RgbImage& image, const Preprocess& preprocess, std::span<std::uint8_t> out) {
    if (preprocess.channels == 1) {
        Preprocess rgb = preprocess;
        rgb.channels = 3;
        const auto pixels = toModelPixels(toGrey(image), rgb);
        for (std::size_t i = 0; i < out.size(); ++i) out[i] = pixels[i * 3];
        return;
    }
    detail::Size size{image.width, image.height};
    if (preprocess.resizeShorterSide > 0)
        size = detail::shorterSideResized(size, preprocess.resizeShorterSide);
    const auto x = detail::centerCropAxis(size.width, preprocess.cropWidth);
    const auto y = detail::centerCropAxis(size.height, preprocess.cropHeight);
    // Only what the crop keeps is resized: less work, and no huge intermediate for a very long image.
    const RgbImage kept = detail::resampleWindow(
        image, size.width, size.height, {x.begin, y.begin, x.length, y.length}, preprocess.interpolation);
    if (kept.pixels.size() == out.size()) {
        std::memcpy(out.data(), kept.pixels.data(), out.size());
        return;
    }
    std::fill(out.begin(), out.end(), std::uint8_t{0});
    const auto keptBytes = static_cast<std::size_t>(x.length) * 3;
    for (int row = 0; row < y.length; ++row) {
        const auto to = static_cast<std::size_t>((y.padding + row) * preprocess.cropWidth + x.padding) * 3;
        std::memcpy(out.data() + to, kept.pixels.data() + keptBytes * static_cast<std::size_t>(row),
                    keptBytes);
    }
}

std::vector<std::uint8_t> toModelPixels(const RgbImage& image, const Preprocess& preprocess) {
    std::vector<std::uint8_t> out(preprocess.pixelBytes());
    toModelPixels(image, preprocess, out);
    return out;
}

std::array<float, 256> normalisationTable(const Preprocess& preprocess, int channel) {
    const auto mean = static_cast<float>(preprocess.mean.at(static_cast<std::size_t>(channel)));
    const auto deviation = static_cast<float>(preprocess.std.at(static_cast<std::size_t>(channel)));
    std::array<float, 256> table{};
    for (std::size_t v = 0; v < table.size(); ++v) {
        const float scaled = static_cast<float>(v) / 255.0F;
        const float centred = scaled - mean;
        table[v] = centred / deviation;
    }
    return table;
}

}  // namespace dicescope
