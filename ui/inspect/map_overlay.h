#pragma once

#include <QColor>
#include <QImage>
#include <cstddef>

#include "core/base/matrix.h"

namespace dicescope {

/// A matrix enlarged to height x width values by bilinear interpolation, as
/// torch.nn.functional.interpolate(mode="bilinear", align_corners=False) does: the centres of the outer cells
/// lie half a cell from the border, and the border repeats them. map must not be empty.
[[nodiscard]] Matrix<float> enlarged(MatrixView<const float> map, std::size_t height, std::size_t width);

/// A picture to be laid over an image: diverging colours, transparent at 0 and up to `opacity` (0..1) opaque
/// at `range` (> 0) and beyond. NaN is transparent.
[[nodiscard]] QImage overlayPicture(MatrixView<const float> map, double range, double opacity);

/// The colour of an overlay at the ends of its range: the same in both themes, since pictures are.
[[nodiscard]] QColor overlayColour(bool positive);

}  // namespace dicescope
