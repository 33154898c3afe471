#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
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

/// Ranks the head's weights by the rule (seed: of the random ones) and plans the levels. Stops between its
/// steps, of which the longest takes 80 ms for 2 million weights. Errors: those of rankingValues, planLevels
/// and Sweep::plan; Cancelled.
[[nodiscard]] Result<PlannedSweep> planSweep(const AnalysisInputs& inputs, RankingRule rule,
                                             std::uint64_t seed, std::span<const double> levels,
                                             const Job& job = {});

/// Ok without a clip and where it is a positive number. Errors: InvalidArgument.
[[nodiscard]] Status checkReactClip(const std::optional<float>& clip);

/// Whether the model is on a GPU.
[[nodiscard]] bool isOnGpu(const AnalysisInputs& inputs);

/// Features through a sweep: on the model's GPU where it has one, on the CPU otherwise and where the GPU
/// fails, in which case the sink sees the samples anew. Errors: those of Sweep::run.
[[nodiscard]] Result<SweepResult> sweepFeatures(const PlannedSweep& planned, const AnalysisInputs& inputs,
                                                MatrixView<const float> features, const SweepOptions& options,
                                                const Job& job, const PartialSink& sink = {});

/// How far sweepSets() has come; valid during the call only.
struct SetsInProgress {
    const SweptSets& finished;          ///< the sets before `current`
    const InputSet& current;            ///< one of the AnalysisInputs
    const SweepResult& partial;         ///< of `current`, see PartialSink
    std::span<const std::size_t> done;  ///< likewise
};

/// Called on the thread that called sweepSets(), between two slabs of a set.
using SetsSink = std::function<void(const SetsInProgress&)>;

/// Runs every set through a sweep: ID, OOD, validation, each by sweepFeatures(). Progress in images over all
/// sets. Errors: those of Sweep::run.
[[nodiscard]] Result<SweptSets> sweepSets(const PlannedSweep& planned, const AnalysisInputs& inputs,
                                          const SweepOptions& options, const Job& job,
                                          const SetsSink& sink = {});

/// Number of images of the ID, OOD and validation sets.
[[nodiscard]] std::size_t countImages(const AnalysisInputs& inputs);

/// The request for metrics of the ID set against `sets` and their summaries `ood`; what it points to must
/// outlive it.
[[nodiscard]] LevelMetricsRequest metricsRequest(const AnalysisInputs& inputs, const SweepResult& id,
                                                 std::span<const InputSet> sets,
                                                 std::span<const SweepResult> ood,
                                                 std::span<const double> levels, unsigned threads);

}  // namespace dicescope
