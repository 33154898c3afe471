#include "core/images/resize.h"

#include <cstring>

#include "core/images/geometry_internal.h"
#include "core/images/resample_internal.h"

namespace dicescope {

RgbImage resizeAsPillow(const RgbImage& image, int width, int height, Interpolation interpolation) {
    return detail::resampleWindow(image, width, height, {0, 0, width, height}, interpolation);
}

RgbImage resizeShorterSide(const RgbImage& image, int size, Interpolation interpolation) {
    const auto resized = detail::shorterSideResized({image.width, image.height}, size);
    return resizeAsPillow(image, static_cast<int>(resized.width), static_cast<int>(resized.height),
                          interpolation);
}

RgbImage centerCrop(const RgbImage& image, int height, int width) {
    const auto x = detail::centerCropAxis(image.width, width);
    const auto y = detail::centerCropAxis(image.height, height);
    RgbImage out{width, height, {}};
    const auto rowBytes = static_cast<std::size_t>(width) * 3;
    out.pixels.resize(rowBytes * static_cast<std::size_t>(height));
    for (int row = 0; row < y.length; ++row) {
        const auto from = static_cast<std::size_t>((y.begin + row) * image.width + x.begin) * 3;
        const auto to =
            static_cast<std::size_t>(y.padding + row) * rowBytes + static_cast<std::size_t>(x.padding) * 3;
        std::memcpy(out.pixels.data() + to, image.pixels.data() + from,
                    static_cast<std::size_t>(x.length) * 3);
    }
    return out;
}

}  // namespace dicescope
