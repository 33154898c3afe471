#include "ui/compare/comparison_columns.h"

namespace dicescope {
namespace {

using Kind = ComparisonColumn::Kind;
using Over = ComparisonColumn::Over;

const MetricIntervals* intervalsOver(const std::optional<BootstrapIntervals>& intervals,
                                     const ComparisonColumn& column) {
    if (!intervals) return nullptr;
    if (column.over == Over::Average) return &intervals->average;
    if (column.over == Over::Set && column.set < intervals->ood.size()) return &intervals->ood[column.set];
    return nullptr;
}

}  // namespace

std::vector<ComparisonColumn> columnsOf(const Comparison& comparison) {
    std::vector<ComparisonColumn> columns{{.kind = Kind::Rank}, {.kind = Kind::Detector}};
    const auto addMetrics = [&](Over over, std::size_t set) {
        columns.push_back({Kind::Fpr95, over, set});
        columns.push_back({Kind::Auroc, over, set});
    };
    addMetrics(Over::Average, 0);
    if (comparison.baseline) {
        columns.push_back({.kind = Kind::Fpr95Difference});
        columns.push_back({.kind = Kind::AurocDifference});
    }
    if (!comparison.nearSets.empty()) addMetrics(Over::Near, 0);
    if (!comparison.farSets.empty()) addMetrics(Over::Far, 0);
    for (std::size_t set = 0; set < comparison.oodNames.size(); ++set) addMetrics(Over::Set, set);
    columns.push_back({.kind = Kind::FitSeconds});
    columns.push_back({.kind = Kind::ScoreSeconds});
    return columns;
}

bool hasNumbers(const ComparedDetector& detector) {
    return !detector.error && !detector.metrics.empty();
}

const OodMetrics* metricsOf(const ComparedDetector& detector, const ComparisonColumn& column) {
    if (!hasNumbers(detector)) return nullptr;
    switch (column.over) {
        case Over::Average:
            return &detector.average;
        case Over::Near:
            return detector.nearAverage ? &*detector.nearAverage : nullptr;
        case Over::Far:
            return detector.farAverage ? &*detector.farAverage : nullptr;
        case Over::Set:
            return column.set < detector.metrics.size() ? &detector.metrics[column.set] : nullptr;
    }
    return nullptr;
}

std::optional<double> valueOf(const ComparedDetector& detector, const ComparisonColumn& column,
                              const ComparedDetector* baseline) {
    const OodMetrics* metrics = metricsOf(detector, column);
    if (metrics == nullptr) return std::nullopt;
    switch (column.kind) {
        case Kind::Rank:
            if (detector.rankByFpr95 == 0) return std::nullopt;
            return static_cast<double>(detector.rankByFpr95);
        case Kind::Detector:
            return std::nullopt;
        case Kind::Fpr95:
            return metrics->fpr95;
        case Kind::Auroc:
            return metrics->auroc;
        case Kind::Fpr95Difference:
            if (baseline == nullptr || !hasNumbers(*baseline)) return std::nullopt;
            return detector.average.fpr95 - baseline->average.fpr95;
        case Kind::AurocDifference:
            if (baseline == nullptr || !hasNumbers(*baseline)) return std::nullopt;
            return detector.average.auroc - baseline->average.auroc;
        case Kind::FitSeconds:
            return detector.fitSeconds;
        case Kind::ScoreSeconds:
            return detector.scoreSeconds;
    }
    return std::nullopt;
}

std::optional<Interval> intervalOf(const ComparedDetector& detector, const ComparisonColumn& column) {
    if (!column.isMetric() && !column.isDifference()) return std::nullopt;
    const auto& intervals = column.isDifference() ? detector.difference : detector.intervals;
    const MetricIntervals* both = intervalsOver(intervals, column);
    if (both == nullptr) return std::nullopt;
    return column.isFpr95() ? both->fpr95 : both->auroc;
}

int verdictOf(const ComparedDetector& detector, const ComparisonColumn& column) {
    const MetricIntervals* both = intervalsOver(detector.difference, column);
    if (both == nullptr || (!column.isMetric() && !column.isDifference())) return 0;
    const Interval& difference = column.isFpr95() ? both->fpr95 : both->auroc;
    if (!excludesZero(difference)) return 0;
    return (difference.high < 0) == column.isFpr95() ? 1 : -1;
}

}  // namespace dicescope
