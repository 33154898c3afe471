#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "core/analysis/comparison.h"

namespace dicescope {

/// What one column of the comparison's table shows.
struct ComparisonColumn {
    enum class Kind {
        Rank,
        Detector,
        Fpr95,
        Auroc,
        Fpr95Difference,
        AurocDifference,
        FitSeconds,
        ScoreSeconds
    };
    enum class Over { Average, Near, Far, Set };  ///< which OOD sets a metric is over

    Kind kind = Kind::Rank;
    Over over = Over::Average;
    std::size_t set = 0;  ///< index of the OOD set, of Over::Set

    friend bool operator==(const ComparisonColumn&, const ComparisonColumn&) = default;

    [[nodiscard]] bool isAverage() const { return over != Over::Set; }
    [[nodiscard]] bool isMetric() const { return kind == Kind::Fpr95 || kind == Kind::Auroc; }
    [[nodiscard]] bool isDifference() const {
        return kind == Kind::Fpr95Difference || kind == Kind::AurocDifference;
    }
    /// Whether it speaks of FPR95, of which less is better.
    [[nodiscard]] bool isFpr95() const { return kind == Kind::Fpr95 || kind == Kind::Fpr95Difference; }
    [[nodiscard]] bool isHigherBetter() const { return kind == Kind::Auroc || kind == Kind::AurocDifference; }
};

/// The columns of a comparison: the average over all OOD sets, then those over the near and far groups where
/// there are any, each with its differences where there is a baseline; then every OOD set, then times.
[[nodiscard]] std::vector<ComparisonColumn> columnsOf(const Comparison& comparison);

/// Whether a detector has its numbers.
[[nodiscard]] bool hasNumbers(const ComparedDetector& detector);

/// The metrics that a column speaks of; null where there are none.
[[nodiscard]] const OodMetrics* metricsOf(const ComparedDetector& detector, const ComparisonColumn& column);

/// The number in a cell: a rank, a fraction, a difference of fractions, seconds; nothing where there is none.
/// baseline: null where there is none, or the detector is the baseline itself.
[[nodiscard]] std::optional<double> valueOf(const ComparedDetector& detector, const ComparisonColumn& column,
                                            const ComparedDetector* baseline);

/// The interval of that number where a bootstrap gave one.
[[nodiscard]] std::optional<Interval> intervalOf(const ComparedDetector& detector,
                                                 const ComparisonColumn& column);

/// 1: better than the baseline, -1: worse, 0: not told apart by the interval, or no difference at all.
[[nodiscard]] int verdictOf(const ComparedDetector& detector, const ComparisonColumn& column);

}  // namespace dicescope
