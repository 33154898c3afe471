#pragma once

#include "core/analysis/comparison.h"
#include "core/base/error.h"
#include "core/base/job.h"

namespace dicescope {

/// The bootstrap of one detector of a comparison by the settings and groups of the comparison: fills its
/// `intervals`, and its `difference` where there is a baseline, which is another detector (null: none). Both
/// have scores. threads: 0 for all processors. Errors: those of bootstrapDifference().
[[nodiscard]] Status addIntervals(const Comparison& comparison, const ComparedDetector* baseline,
                                  unsigned threads, const Job& job, ComparedDetector& detector);

}  // namespace dicescope
