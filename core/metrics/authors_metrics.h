#pragma once

#include <span>

#include "core/base/error.h"

namespace dicescope {

/// The numbers that the public code of the DICE authors prints (Sun & Li, ECCV 2022), for laying a run beside
/// their tables. They differ from OodMetrics in what a tie counts and in where the precision-recall curve
/// starts.
struct AuthorsMetrics {
    double fpr95 = 0;    ///< share of OOD scores strictly above `threshold`
    double auroc = 0;    ///< area under the ROC curve by trapezoids: equals OodMetrics::auroc
    double auprIn = 0;   ///< trapezoids under precision over recall from (recall 0, precision 0), ID positive
    double auprOut = 0;  ///< the same, OOD positive
    double threshold = 0;  ///< the ID score of rank round(0.05 K) from below, K ID scores, .5 rounded to even
};

/// The metrics of the DICE authors' code. Errors: InvalidArgument (an empty set, NaN).
[[nodiscard]] Result<AuthorsMetrics> computeAuthorsMetrics(std::span<const double> idScores,
                                                           std::span<const double> oodScores);

}  // namespace dicescope
