#pragma once

#include "core/analysis/comparison.h"

namespace dicescope {

/// A comparison as it will be: settings, sets, and the detectors with their labels in the order of the
/// options, without numbers. The options are those of checkComparison().
[[nodiscard]] Comparison comparisonFrame(const AnalysisInputs& inputs, const ComparisonOptions& options);

/// Whether metrics of the one can stand beside those of the other: the level and the sets of each group are
/// the same, in whatever order groups name them. Both are of the same inputs.
[[nodiscard]] bool measuredAlike(const Comparison& first, const Comparison& second);

/// Whether intervals can, too: the resamples and their seed are the same as well.
[[nodiscard]] bool resampledAlike(const Comparison& first, const Comparison& second);

}  // namespace dicescope
