#pragma once

#include <cstddef>

#include "core/base/matrix.h"

namespace dicescope {

/// Where the activations of a set lie.
struct ActivationRange {
    double largest = 0;
    double usual = 0;  ///< the percentile asked for, of all activations
};

/// Looks at up to `mostRows` rows of N x D features, evenly spaced; values that are not finite are passed
/// over. percent in 0..100, by numpy.percentile's "higher" rule. All 0 where there is no finite value. ReAct
/// (Sun et al., NeurIPS 2021) sets its clip to the 90th percentile of the activations of ID images.
[[nodiscard]] ActivationRange activationRange(MatrixView<const float> features, double percent,
                                              std::size_t mostRows = 2000);

}  // namespace dicescope
