#pragma once

// Internal to core/detectors: percentiles of the activations of a whole training set.

#include <vector>

#include "core/base/error.h"
#include "core/base/job.h"
#include "core/base/matrix.h"

namespace dicescope {

/// numpy.percentile (linear) of all values of N x D features together, exact, in three passes with a few
/// hundred KB of memory. percent in 0..100; features finite and not empty. Errors: Cancelled.
[[nodiscard]] Result<double> flatPercentile(MatrixView<const float> features, double percent, const Job& job);

/// numpy.percentile (linear) of every column alone: D values. Memory: a few columns. Errors: Cancelled.
[[nodiscard]] Result<std::vector<double>> columnPercentiles(MatrixView<const float> features, double percent,
                                                            const Job& job);

}  // namespace dicescope
