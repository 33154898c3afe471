#pragma once

#include <QTest>
#include <QWidget>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "core/analysis/comparison.h"

namespace dicescope::testing {

/// One detector of a made comparison.
struct MadeDetector {
    std::string id;
    double separation = 0;  ///< how far ID scores lie above OOD scores
    double difference = 0;  ///< of both metrics to the baseline, as its bootstrap would say
    double half = 0;        ///< half the width of its interval
};

inline std::vector<double> normalScores(std::size_t count, double mean, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    std::normal_distribution<double> normal(mean, 1);
    std::vector<double> scores(count);
    for (double& score : scores) score = normal(random);
    return scores;
}

inline MetricIntervals intervalsAround(const OodMetrics& metrics, double half) {
    return {{metrics.fpr95, metrics.fpr95 - half, metrics.fpr95 + half},
            {metrics.auroc, metrics.auroc - half, metrics.auroc + half}};
}

inline ComparedDetector madeDetector(const MadeDetector& made, std::size_t sets, bool baseline) {
    ComparedDetector detector;
    detector.spec = {made.id, {}};
    detector.label = specLabel(detector.spec);
    detector.idScores = normalScores(200, made.separation, 1);
    for (std::size_t s = 0; s < sets; ++s) {
        detector.oodScores.push_back(normalScores(100, 0.2 * static_cast<double>(s), s + 2));
        detector.metrics.push_back(*computeOodMetrics(std::span<const double>(detector.idScores),
                                                      std::span<const double>(detector.oodScores[s])));
    }
    detector.average = averageMetrics(detector.metrics);
    detector.intervals.emplace();
    detector.intervals->average = intervalsAround(detector.average, 0.01);
    for (const OodMetrics& metrics : detector.metrics)
        detector.intervals->ood.push_back(intervalsAround(metrics, 0.02));
    if (!baseline) {
        OodMetrics difference;
        difference.fpr95 = -made.difference;
        difference.auroc = made.difference;
        detector.difference.emplace();
        detector.difference->average = intervalsAround(difference, made.half);
        detector.difference->ood.assign(sets, detector.difference->average);
    }
    detector.fitSeconds = 0.25;
    detector.scoreSeconds = 1.5;
    return detector;
}

/// Puts the set "near" into the near group and the others into the far one. Intervals are half a percent to
/// each side of the near average and one and a half of the far one; differences are those of the average over
/// all, near, and of the other sign, far.
inline void addGroups(Comparison& comparison) {
    comparison.nearSets = {"near"};
    comparison.farSets = {"far", "noise"};
    const auto negated = [](const Interval& interval) {
        return Interval{-interval.estimate, -interval.high, -interval.low};
    };
    for (ComparedDetector& detector : comparison.detectors) {
        if (detector.error) continue;
        detector.nearAverage = detector.metrics[0];
        detector.farAverage = averageMetrics(std::span(detector.metrics).subspan(1));
        detector.intervals->nearAverage = intervalsAround(*detector.nearAverage, 0.005);
        detector.intervals->farAverage = intervalsAround(*detector.farAverage, 0.015);
        if (!detector.difference) continue;
        const MetricIntervals& over = detector.difference->average;
        detector.difference->nearAverage = over;
        detector.difference->farAverage = MetricIntervals{negated(over.fpr95), negated(over.auroc)};
    }
}

/// Sets "near", "far" and "noise"; Energy is the baseline, DICE is better than it, MSP is not told apart,
/// GEN is worse, and KNN could not run.
inline std::shared_ptr<Comparison> madeComparison() {
    auto comparison = std::make_shared<Comparison>();
    comparison->bootstrap = 100;
    comparison->baseline = 0;
    comparison->idCount = 200;
    comparison->oodNames = {"near", "far", "noise"};
    comparison->oodCounts = {100, 100, 100};
    const MadeDetector made[] = {{.id = "energy", .separation = 2},
                                 {.id = "msp", .separation = 1.9, .difference = -0.01, .half = 0.02},
                                 {.id = "dice", .separation = 3, .difference = 0.05, .half = 0.02},
                                 {.id = "gen", .separation = 1, .difference = -0.2, .half = 0.05}};
    for (const MadeDetector& each : made)
        comparison->detectors.push_back(madeDetector(each, 3, each.id == "energy"));
    const std::size_t ranks[] = {2, 3, 1, 4};
    for (std::size_t k = 0; k < 4; ++k)
        comparison->detectors[k].rankByFpr95 = comparison->detectors[k].rankByAuroc = ranks[k];
    ComparedDetector failed;
    failed.spec = {"knn", {}};
    failed.label = specLabel(failed.spec);
    failed.error = Error{ErrorCode::InvalidArgument, "KNN looks for neighbour 50 among 20 training images."};
    comparison->detectors.push_back(failed);
    return comparison;
}

template <class T>
T* part(const QWidget& parent, const char* name) {
    auto* found = parent.findChild<T*>(QLatin1String(name));
    if (found == nullptr) qFatal("there is no '%s'", name);
    return found;
}

}  // namespace dicescope::testing
