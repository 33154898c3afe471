#pragma once

// Internal to core/detectors: percentiles of the activations of a whole training set.

#include <cstddef>
#include <vector>

#include "core/base/error.h"
#include "core/base/job.h"
#include "core/base/matrix.h"

namespace dicescope {

/// numpy.percentile (linear) of all values of N x D features together, exact, in three passes with a few
/// hundred KB of memory. percent in 0..100; features finite and not empty. Errors: Cancelled.
[[nodiscard]] Result<double> flatPercentile(MatrixView<const float> features, double percent, const Job& job);

/// numpy.percentile (linear) of every column alone: D values. Memory: columnsAtATime()
/// columns a thread. Stops within 1,024 rows or one column. Errors: Cancelled.
[[nodiscard]] Result<std::vector<double>> columnPercentiles(MatrixView<const float> features, double percent,
                                                            const Job& job);

/// Columns that each of `threads` threads holds as float64 at a time: as many as 256 MB in all allow, 1
/// to 16.
[[nodiscard]] std::size_t columnsAtATime(std::size_t rows, unsigned threads);

}  // namespace dicescope
