#pragma once

#include <cstddef>
#include <span>

#include "core/base/matrix.h"

namespace dicescope {

/// A classification head f(x) = W h + b; its values belong to someone who outlives the view.
struct HeadView {
    MatrixView<const float> weight;  ///< C x D
    std::span<const float> bias;     ///< C

    [[nodiscard]] std::size_t classes() const { return weight.rows; }
    [[nodiscard]] std::size_t units() const { return weight.cols; }
};

}  // namespace dicescope
