#pragma once

#include <span>

#include "core/base/error.h"
#include "core/base/matrix.h"

namespace dicescope {

/// Contribution V[c,d] = W[c,d] * mean[d], float64 (Sun & Li, ECCV 2022, section 3). weight: C x D; mean: D
/// values, the mean penultimate feature over the ID training images, without any ReAct clip. Errors: Mismatch
/// when mean has not D values.
[[nodiscard]] Result<Matrix<double>> contribution(MatrixView<const float> weight,
                                                  std::span<const double> mean);

/// numpy.percentile(values, p) with its default linear interpolation, bit for bit (a zero may differ in
/// sign); p in 0..100, values not empty, finite. Does not change the values. O(n); for many p use
/// planLevels().
[[nodiscard]] double percentile(std::span<const double> values, double p);

/// The same for values sorted in ascending order; O(1).
[[nodiscard]] double percentileOfSorted(std::span<const double> sorted, double p);

}  // namespace dicescope
