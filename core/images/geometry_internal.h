#pragma once

#include <cstdint>

namespace dicescope::detail {

struct Size {
    std::int64_t width = 0;
    std::int64_t height = 0;
};

/// torchvision's Resize(int): the shorter side becomes `size`, the longer int(size * long / short).
[[nodiscard]] Size shorterSideResized(Size image, int size);

/// One axis of torchvision's CenterCrop.
struct CropAxis {
    std::int64_t begin = 0;  ///< first position kept of the image
    int length = 0;          ///< positions kept
    int padding = 0;         ///< zeros before them; those after fill up to the crop
};

[[nodiscard]] CropAxis centerCropAxis(std::int64_t side, int crop);

}  // namespace dicescope::detail
