#include "ui/compare/comparison_columns.h"

namespace dicescope {
namespace {

using Kind = ComparisonColumn::Kind;
using Over = ComparisonColumn::Over;

const MetricIntervals* intervalsOver(const std::optional<ComparedIntervals>& intervals,
                                     const ComparisonColumn& column) {
    if (!intervals) return nullptr;
    switch (column.over) {
        case Over::Average:
            return &intervals->average;
        case Over::Near:
            return intervals->nearAverage ? &*intervals->nearAverage : nullptr;
        case Over::Far:
            return intervals->farAverage ? &*intervals->farAverage : nullptr;
        case Over::Set:
            return column.set < intervals->ood.size() ? &intervals->ood[column.set] : nullptr;
    }
    return nullptr;
}

}  // namespace

std::vector<ComparisonColumn> columnsOf(const Comparison& comparison) {
    std::vector<ComparisonColumn> columns{{.kind = Kind::Rank}, {.kind = Kind::Detector}};
    const auto addMetrics = [&](Over over, std::size_t set) {
        columns.push_back({Kind::Fpr95, over, set});
        columns.push_back({Kind::Auroc, over, set});
    };
    const auto addAverage = [&](Over over) {
        addMetrics(over, 0);
        if (!comparison.baseline) return;
        columns.push_back({Kind::Fpr95Difference, over});
        columns.push_back({Kind::AurocDifference, over});
    };
    addAverage(Over::Average);
    if (!comparison.nearSets.empty()) addAverage(Over::Near);
    if (!comparison.farSets.empty()) addAverage(Over::Far);
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
    const OodMetrics* reference = baseline == nullptr ? nullptr : metricsOf(*baseline, column);
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
            if (reference == nullptr) return std::nullopt;
            return metrics->fpr95 - reference->fpr95;
        case Kind::AurocDifference:
            if (reference == nullptr) return std::nullopt;
            return metrics->auroc - reference->auroc;
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
