#pragma once

// Internal to core/metrics: what the evaluations of all rows of a request have in common.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/base/job.h"
#include "core/metrics/level_metrics.h"

namespace dicescope {

/// One set of a request and those of its samples that are done and have finite logits: at least one.
struct UsableSet {
    std::string name;
    const SweepResult* sweep = nullptr;
    std::vector<std::size_t> samples;
    std::size_t excluded = 0;  ///< samples that are done and not finite
};

struct UsableSets {
    UsableSet id;
    std::vector<UsableSet> ood;
    std::size_t rows = 0;
};

/// The sets of a request; its sweeps must outlive the result. Errors: those of computeLevelMetrics() but for
/// the TPR level.
[[nodiscard]] Result<UsableSets> usableSets(const LevelMetricsRequest& request);

/// The ranking values of a set at one row, in the order of its samples. Errors: InvalidArgument (a NaN in
/// this row only, which no sweep gives).
[[nodiscard]] Result<std::vector<float>> rankingAt(const UsableSet& set, std::size_t row, ScoreKind kind);

/// Calls body(row) for every row, on up to `threads` threads (0: all processors), until one fails or a stop
/// is requested. Progress in rows under the name of the stage. Errors: that of the lowest row that failed;
/// OutOfMemory (std::bad_alloc from body), Cancelled.
[[nodiscard]] Status forEachRow(std::size_t rows, unsigned threads, const Job& job, const std::string& stage,
                                const std::function<Status(std::size_t row)>& body);

}  // namespace dicescope
