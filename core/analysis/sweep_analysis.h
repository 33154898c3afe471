#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/analysis/inputs.h"
#include "core/base/error.h"
#include "core/base/job.h"
#include "core/metrics/bootstrap.h"
#include "core/metrics/choose_level.h"
#include "core/metrics/level_metrics.h"
#include "core/metrics/score_kind.h"
#include "core/sparsity/ranking.h"

namespace dicescope {

/// How p is chosen: on one set, by one criterion.
struct LevelChoiceRequest {
    std::string on;  ///< name of a validation set (kNoiseSetName among them) or, where allowed, of an OOD set
    LevelCriterion criterion = LevelCriterion::Fpr95;
    bool allowReported = false;  ///< choosing on a set that is also reported is meant
};

struct SweepAnalysisOptions {
    RankingRule rule = RankingRule::Contribution;
    std::uint64_t seed = 0;          ///< of the random rules and of the bootstrap
    std::vector<double> levels;      ///< p in percent of weights dropped, strictly increasing, 0..100
    std::optional<float> reactClip;  ///< ReAct's c: features are clipped when scored
    std::optional<LevelChoiceRequest> choice;
    std::size_t bootstrap = 0;  ///< resamples of the intervals; 0: none
    double bootstrapLevel =
        90;                ///< p the intervals speak of where none is chosen: the nearest level is taken
    unsigned threads = 0;  ///< 0: all processors
};

/// Everything about one score over the levels.
struct ScoreSweep {
    ScoreKind score = ScoreKind::Energy;
    LevelMetricsPtr reported;  ///< the OOD sets at every level, and at the dense head
    LevelValue bestByFpr95;    ///< looking at the reported sets: a bound, not a result
    LevelValue bestByAuroc;
    std::optional<LevelChoice> choice;         ///< where a choice was asked for
    std::size_t intervalLevel = 0;             ///< index of the level `intervals` speaks of
    std::optional<PairedIntervals> intervals;  ///< first: that level, second: the dense head
};

struct SweepAnalysis {
    RankingRule rule = RankingRule::Contribution;
    std::optional<float> reactClip;
    std::size_t resamples = 0;
    double confidence = 0.95;
    std::vector<double> levels;
    std::vector<double> thresholds;  ///< of the ranking values, one a level
    std::vector<std::size_t> kept;   ///< weights, one a level
    std::vector<ScoreSweep> scores;  ///< energy, MSP, MaxLogit
};

/// Checks the options against the names of the sets, before anything is read. Errors: InvalidArgument
/// (levels, clip, resamples; a choice on an unknown set, or on a reported set where that is not said to be
/// meant).
[[nodiscard]] Status checkSweepOptions(const SweepAnalysisOptions& options, const InputsConfig& config);

/// All levels of a ranking for every OOD set and score, the dense head beside them. Errors: those of
/// planLevels, Sweep and the metrics; Cancelled.
[[nodiscard]] Result<SweepAnalysis> analyseSweep(const AnalysisInputs& inputs,
                                                 const SweepAnalysisOptions& options, const Job& job = {});

}  // namespace dicescope
