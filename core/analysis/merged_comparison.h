#pragma once

#include <memory>
#include <vector>

#include "core/analysis/comparison.h"

namespace dicescope {

/// What there is of a comparison that ended early, completed with one of before (null: none) of the same
/// inputs. frame: comparisonFrame() of the one that ended. done: what its sink got, one a detector, null
/// where it got nothing. First come the detectors that are done, without ranks, then those of before that the
/// new one did not come to, where both are measuredAlike(). Intervals are those of before where both are
/// resampledAlike(), differences where the baseline is the same as well. Partial; `before` itself where
/// nothing is done or it has the numbers of all that is.
[[nodiscard]] std::shared_ptr<const Comparison> comparisonEndedEarly(
    const Comparison& frame, const std::vector<std::shared_ptr<const ComparedDetector>>& done,
    const std::shared_ptr<const Comparison>& before);

/// The latest comparison and, after its detectors, all others that are known of the same inputs (null: none),
/// for ComparisonOptions::earlier: whatever was scored once. Intervals and differences as above. The latest
/// itself where there is nothing to add.
[[nodiscard]] std::shared_ptr<const Comparison> withKnownScores(
    const std::shared_ptr<const Comparison>& latest, const std::shared_ptr<const Comparison>& known);

}  // namespace dicescope
