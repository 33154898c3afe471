#pragma once

// Internal to core/analysis: values that evaluate(), analyseSweep() and Explorer all take from swept sets.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "core/analysis/inputs.h"
#include "core/analysis/sweep_analysis.h"
#include "core/analysis/swept_sets.h"
#include "core/base/error.h"
#include "core/base/job.h"
#include "core/metrics/bootstrap.h"
#include "core/metrics/choose_level.h"
#include "core/metrics/level_metrics.h"

namespace dicescope {

/// Of the samples whose label is known (not negative), how many are predicted right.
struct LabelCount {
    std::size_t labelled = 0;
    std::size_t right = 0;

    [[nodiscard]] double accuracy() const {
        return static_cast<double>(right) / static_cast<double>(labelled);
    }
};

/// labels: N or none, predictions: N. Where `done` is given only those samples count.
[[nodiscard]] LabelCount countRight(std::span<const int> labels, std::span<const std::int32_t> predictions,
                                    const std::optional<std::span<const std::size_t>>& done = std::nullopt);

/// Ok where p can be chosen as asked for: the set is there, and reported only where that is said to be meant.
/// Errors: InvalidArgument.
[[nodiscard]] Status checkChoice(const AnalysisInputs& inputs, const LevelChoiceRequest& choice);

/// Chooses p by the score and TPR level of the reported metrics, which are of the same sweep. Errors: those
/// of checkChoice(), computeLevelMetrics() and chooseLevel().
[[nodiscard]] Result<LevelChoice> chooseOn(const AnalysisInputs& inputs, const SweptSets& swept,
                                           const LevelChoiceRequest& choice, const LevelMetrics& reported,
                                           unsigned threads, const Job& job);

/// Intervals of a row (first) and the dense head (second). Errors: those of bootstrapDifference().
[[nodiscard]] Result<PairedIntervals> intervalsAgainstDense(const SweptSets& swept, std::size_t row,
                                                            ScoreKind score, const BootstrapOptions& options,
                                                            const Job& job);

}  // namespace dicescope
