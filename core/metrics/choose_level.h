#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "core/metrics/level_metrics.h"

namespace dicescope {

/// What makes a level the best; averaged without weights over the OOD sets.
enum class LevelCriterion {
    Fpr95,  ///< "fpr95": the lowest, ID positive
    Auroc,  ///< "auroc": the highest
};

[[nodiscard]] std::string_view name(LevelCriterion criterion);
/// Errors: InvalidArgument, naming the criteria there are.
[[nodiscard]] Result<LevelCriterion> parseLevelCriterion(std::string_view text);

/// A level, and the value of the criterion there.
struct LevelValue {
    std::size_t index = 0;  ///< into LevelMetrics::levels
    double level = 0;       ///< p, percent of dropped weights
    double value = 0;

    friend bool operator==(const LevelValue&, const LevelValue&) = default;
};

/// How far a chosen level is from the best one on one reported set (or on the average of all).
struct LevelRegret {
    std::string ood;    ///< name of the set, "average" for the average
    LevelValue chosen;  ///< the chosen level, with the value that it has here
    LevelValue best;    ///< what looking at this set would have chosen
    double regret = 0;  ///< |chosen.value - best.value| >= 0, in units of the criterion
};

/// A level, how it was chosen, and what the choice cost on the sets that are reported.
struct LevelChoice {
    LevelCriterion criterion = LevelCriterion::Fpr95;
    ScoreKind score = ScoreKind::Energy;
    std::vector<std::string> chosenOn;  ///< names of the validation sets
    LevelValue chosen;                  ///< with the value on the validation sets
    bool chosenOnReportedSet = false;   ///< a validation set is also reported: the result is optimistic
    LevelRegret average;                ///< on the average of the reported sets
    std::vector<LevelRegret> sets;      ///< one a reported set
};

/// The best level by the average over the OOD sets of one snapshot; of equal ones the smallest p, which
/// changes the network least. The dense head is not a level.
[[nodiscard]] LevelValue bestLevel(const LevelMetrics& metrics, LevelCriterion criterion);

/// Refuses to choose on a set that is also reported, because its numbers would then be fitted to it, unless
/// allowSameSet. Names are compared as they are. For use before anything is computed. Errors:
/// InvalidArgument.
[[nodiscard]] Status checkValidationSets(std::span<const std::string> validation,
                                         std::span<const std::string> reported, bool allowSameSet);

/// Chooses the level that is best on the validation sets and reports what it gives on the others. Both
/// snapshots must be of the same score, TPR level and levels. Errors: Mismatch (they are not),
/// InvalidArgument (no levels, or what checkValidationSets() refuses).
[[nodiscard]] Result<LevelChoice> chooseLevel(const LevelMetrics& validation, const LevelMetrics& reported,
                                              LevelCriterion criterion, bool allowSameSet = false);

}  // namespace dicescope
