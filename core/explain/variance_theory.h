#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/base/error.h"
#include "core/base/job.h"
#include "core/base/matrix.h"
#include "core/explain/masked_head.h"
#include "core/linalg/linear_algebra.h"
#include "core/sparsity/levels.h"

namespace dicescope {

// Why sparsity works (Sun & Li, ECCV 2022, section 5; formulas in docs/theory.md): mean and variance of the
// masked logits of one set over all levels. Every column has L + 1 rows: the levels of the plan in their
// order and the dense head last. Variances are divided by N. All in float64, features without a ReAct clip.

/// What follows from the mean and covariance of the features of a set.
struct PredictedOutput {
    std::vector<double> mean;         ///< b_c + sum over kept of W[c,d] E[h_d]
    std::vector<double> independent;  ///< sum over kept of W[c,d]^2 Var[h_d]: as if units were independent
    std::vector<double> full;         ///< m^T diag(w) Cov diag(w) m, m the kept flags of the class
};

/// Ok where moments are of the head's units and of at least one image. Errors: Mismatch, InvalidArgument.
[[nodiscard]] Status checkMoments(const FeatureMoments& moments, const HeadView& head);

/// For one class; moments: of the set's features (featureMoments()). O(D^2): milliseconds. Errors: those of
/// checkHead() and checkClass(); Mismatch (plan or moments of other shapes), InvalidArgument (no samples),
/// OutOfMemory.
[[nodiscard]] Result<PredictedOutput> predictOutput(const FeatureMoments& moments, const HeadView& head,
                                                    const LevelPlan& plan, std::size_t c);

/// The same for every class, averaged over them. O(C D^2) on all processors (seconds at 1,000 x 2,048);
/// memory beyond the moments: a few D and L a class at work. Progress in classes; stops within a few ms.
/// Errors: as above, Cancelled.
[[nodiscard]] Result<PredictedOutput> predictAverageOutput(const FeatureMoments& moments,
                                                           const HeadView& head, const LevelPlan& plan,
                                                           const Job& job);

/// What the images themselves give.
struct MeasuredOutput {
    std::size_t samples = 0;
    std::vector<double> mean;
    std::vector<double> variance;
};

/// Mean and variance over the images of one class's masked logit at every level, from the logits themselves
/// (no covariance in between): equal to PredictedOutput::mean and ::full of the same set, to rounding.
/// features: N x D, N > 0, read once in blocks by all processors; O(N (D + L)). The result does not depend on
/// the number of threads. Progress in rows; stops within a few ms. Errors: those of checkHead(),
/// checkFeatures() and checkClass(); Mismatch (plan), InvalidArgument (no row), OutOfMemory, Cancelled.
[[nodiscard]] Result<MeasuredOutput> measureOutput(MatrixView<const float> features, const HeadView& head,
                                                   const LevelPlan& plan, std::size_t c, const Job& job);

/// ID less OOD, row by row: the gap of the mean logit of a class over p. (The gap of the largest logit is the
/// gap of ScoreKind::MaxLogit in LevelMetrics.) Of the common length.
[[nodiscard]] std::vector<double> meanGap(std::span<const double> id, std::span<const double> ood);

}  // namespace dicescope
