#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "core/base/error.h"
#include "core/base/matrix.h"
#include "core/explain/masked_head.h"

namespace dicescope {

/// Class activation maps (Zhou et al., CVPR 2016) of one image and class, each H x W: at every position the
/// sum over the units of w_cd F_d. With global average pooling h_d is the mean of F_d, so the mean over the
/// positions of a map is the class's contribution: its logit less the bias.
struct ActivationMaps {
    std::size_t classIndex = 0;
    Matrix<float> dense;       ///< H x W, with all weights
    Matrix<float> kept;        ///< H x W, with the weights that the mask keeps
    Matrix<float> difference;  ///< H x W: dense - kept, what the dropped weights show
    double denseMean = 0;      ///< mean of `dense`, in float64
    double keptMean = 0;
    double denseContribution = 0;  ///< sum over d of w_cd min(h_d, clip), from the feature itself
    double keptContribution = 0;

    /// The larger of |denseMean - denseContribution| and |keptMean - keptContribution|: 0 but for rounding,
    /// where the maps are what the model pools into its feature by a plain average.
    [[nodiscard]] double checkError() const;
};

/// maps: D x (H * W), the feature maps before pooling of one image, positions row by row; rows * columns of
/// `height` x `width`. feature: D values h of the same image as the model gave it; empty: the means of the
/// maps. clip: ReAct's c; the map of a unit with h_d > c is scaled by c / h_d (h_d the mean of its map), so
/// that the sum still holds. Errors: those of checkHead() and checkClass(); Mismatch (maps or feature of
/// other shapes), InvalidArgument (no positions, clip), OutOfMemory.
[[nodiscard]] Result<ActivationMaps> activationMaps(MatrixView<const float> maps, std::size_t height,
                                                    std::size_t width, std::span<const float> feature,
                                                    const HeadView& head, const HeadMask& mask, std::size_t c,
                                                    std::optional<float> clip);

}  // namespace dicescope
