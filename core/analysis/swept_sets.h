#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/analysis/inputs.h"
#include "core/base/error.h"
#include "core/base/job.h"
#include "core/metrics/level_metrics.h"
#include "core/sparsity/ranking.h"
#include "core/sparsity/sweep.h"

namespace dicescope {

/// The summaries of all sets at all rows of one sweep.
struct SweptSets {
    SweepResult id;
    std::vector<SweepResult> ood;         ///< in the order of AnalysisInputs::ood
    std::vector<SweepResult> validation;  ///< in the order of AnalysisInputs::validation
};

/// The levels of a ranking, and the sweep that evaluates them and the dense head.
struct PlannedSweep {
    LevelPlan plan;
    Sweep sweep;
};

/// Ranks the head's weights by the rule (seed: of the random ones) and plans the levels. Errors: those of
/// rankingValues, planLevels and Sweep::plan.
[[nodiscard]] Result<PlannedSweep> planSweep(const AnalysisInputs& inputs, RankingRule rule,
                                             std::uint64_t seed, std::span<const double> levels);

/// Ok without a clip and where it is a positive number. Errors: InvalidArgument.
[[nodiscard]] Status checkReactClip(const std::optional<float>& clip);

/// Runs every set through a sweep: on the model's GPU where it has one, on the CPU otherwise and where the
/// GPU fails. Errors: those of Sweep::run.
[[nodiscard]] Result<SweptSets> sweepSets(const PlannedSweep& planned, const AnalysisInputs& inputs,
                                          const SweepOptions& options, const Job& job);

/// The request for metrics of the ID set against `sets` and their summaries `ood`; what it points to must
/// outlive it.
[[nodiscard]] LevelMetricsRequest metricsRequest(const AnalysisInputs& inputs, const SweepResult& id,
                                                 std::span<const InputSet> sets,
                                                 std::span<const SweepResult> ood,
                                                 std::span<const double> levels, unsigned threads);

}  // namespace dicescope
