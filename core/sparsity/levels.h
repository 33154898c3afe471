#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "core/base/matrix.h"

namespace dicescope {

/// The most levels that one sweep may have.
inline constexpr std::size_t kMaxLevels = 100'001;

/// Levels p (percent of the weights dropped) from text: "90", "0,10,50", or "FROM:TO:STEP" with FROM and,
/// where a step hits it, TO ("0:100:1" gives 101 levels). Steps are rounded to 1e-9, so "0:100:0.1" gives the
/// doubles nearest to 0.1, 0.2, ... without drift. A list may be in any order and is returned in increasing
/// order, each level once. Spaces around numbers are ignored. Errors: InvalidArgument.
[[nodiscard]] Result<std::vector<double>> parseLevels(std::string_view text);

/// Levels must be at least one, at most kMaxLevels, in 0..100 and strictly increasing. Errors:
/// InvalidArgument.
[[nodiscard]] Status checkLevels(std::span<const double> levels);

/// Index of the level nearest to p, the smaller one of two equally near; levels: not empty, increasing.
[[nodiscard]] std::size_t nearestLevel(std::span<const double> levels, double p);

/// Which weights are kept at which level. The kept sets are nested: what is kept at a level is kept at all
/// before it.
struct LevelPlan {
    std::vector<double> levels;      ///< L percentages of dropped weights, strictly increasing, in 0..100
    std::vector<double> thresholds;  ///< L: percentile of the ranking values, not decreasing
    std::vector<std::size_t> kept;   ///< L: number of weights kept, not increasing
    /// C x D: the largest level index at which the weight is kept, or -1 when it is dropped at every level.
    Matrix<int> lastKept;

    [[nodiscard]] bool keeps(std::size_t level, std::size_t c, std::size_t d) const {
        return lastKept(c, d) >= static_cast<int>(level);
    }
};

/// Exactly numpy.percentile and a strict > at every level, ties included: without ties p = 0 drops one
/// weight, p = 100 keeps none. Errors: InvalidArgument (levels not strictly increasing, outside 0..100 or
/// none; values empty, not finite or so large that their differences overflow).
[[nodiscard]] Result<LevelPlan> planLevels(MatrixView<const double> values, std::span<const double> levels);

}  // namespace dicescope
