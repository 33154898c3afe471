#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/base/job.h"
#include "core/metrics/ood_metrics.h"
#include "core/metrics/score_kind.h"
#include "core/sparsity/sweep.h"

namespace dicescope {

/// OodMetrics at every row, member by member: ready to draw over p.
struct MetricColumns {
    std::vector<double> fpr95;
    std::vector<double> fpr95OodPositive;
    std::vector<double> auroc;
    std::vector<double> auprIn;
    std::vector<double> auprOut;
    std::vector<double> threshold;  ///< in units of the score
    std::vector<double> tpr;

    explicit MetricColumns(std::size_t rows = 0);
    [[nodiscard]] std::size_t rows() const { return fpr95.size(); }
    [[nodiscard]] OodMetrics at(std::size_t row) const;
    void set(std::size_t row, const OodMetrics& metrics);
};

/// Mean and variance (divided by N) of a set's scores at every row, in units of the score, summed in float64.
struct MomentColumns {
    std::vector<double> mean;
    std::vector<double> variance;

    explicit MomentColumns(std::size_t rows = 0) : mean(rows), variance(rows) {}
};

/// One OOD set against the ID set.
struct OodLevels {
    std::string name;
    std::size_t samples = 0;   ///< evaluated
    std::size_t excluded = 0;  ///< left out because their logits are not finite
    MetricColumns metrics;
    MomentColumns moments;
    std::vector<double> gap;  ///< mean ID score - mean OOD score
};

/// Everything about one score at every level: immutable, shared between threads. Every column has rows()
/// values: the levels in their order and, where hasDense, the dense head last.
struct LevelMetrics {
    ScoreKind score = ScoreKind::Energy;
    double tprLevel = kDefaultTprLevel;
    std::vector<double> levels;  ///< L percentages of dropped weights
    bool hasDense = false;       ///< whether row L is the dense head
    std::string idName;
    std::size_t idSamples = 0;
    std::size_t idExcluded = 0;
    MomentColumns idMoments;
    std::vector<OodLevels> ood;      ///< in the order of the request
    MetricColumns average;           ///< unweighted over the OOD sets
    std::vector<double> averageGap;  ///< unweighted over the OOD sets

    [[nodiscard]] std::size_t rows() const { return levels.size() + (hasDense ? 1 : 0); }
};

using LevelMetricsPtr = std::shared_ptr<const LevelMetrics>;

/// The sweep of one set of images, complete or in progress.
struct SweptSet {
    std::string name;
    const SweepResult* sweep = nullptr;
    /// The samples whose values are final, all different; nullopt: all of them.
    std::optional<std::span<const std::size_t>> done;
};

/// What is to be evaluated. The sweeps must have the same rows, `levels` one value a level of theirs.
struct LevelMetricsRequest {
    ScoreKind score = ScoreKind::Energy;
    double tprLevel = kDefaultTprLevel;
    std::vector<double> levels;
    SweptSet id;
    std::vector<SweptSet> ood;
    unsigned threads = 0;  ///< 0: all processors
};

/// All metrics at all rows. Samples with logits that are not finite are left out and counted. The result does
/// not depend on the number of threads, nor, but for the last bits of the moments, on the order of `done`.
/// Stops within the time of one row; progress in rows. Errors: InvalidArgument (a
/// set without a usable sample, no OOD set, two of one name, TPR level), Mismatch (sweeps with other rows
/// than `levels`), OutOfMemory, Cancelled.
[[nodiscard]] Result<LevelMetricsPtr> computeLevelMetrics(const LevelMetricsRequest& request, const Job& job);

}  // namespace dicescope
