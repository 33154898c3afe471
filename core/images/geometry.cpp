#include "core/images/geometry_internal.h"

namespace dicescope::detail {

Size shorterSideResized(Size image, int size) {
    const auto longer = [size](std::int64_t longSide, std::int64_t shortSide) {
        // Python divides the integers as doubles and truncates.
        return static_cast<std::int64_t>(static_cast<double>(size * longSide) /
                                         static_cast<double>(shortSide));
    };
    if (image.width <= image.height) return {size, longer(image.height, image.width)};
    return {longer(image.width, image.height), size};
}

CropAxis centerCropAxis(std::int64_t side, int crop) {
    if (side < crop) return {0, static_cast<int>(side), static_cast<int>((crop - side) / 2)};
    const std::int64_t spare = side - crop;
    const std::int64_t half = spare / 2;
    // Python rounds x.5 to the even neighbour.
    const bool roundUp = spare % 2 == 1 && half % 2 == 1;
    return {half + (roundUp ? 1 : 0), crop, 0};
}

}  // namespace dicescope::detail
