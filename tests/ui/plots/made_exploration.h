#pragma once

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "core/analysis/exploration.h"

/// An exploration made up for looking at and measuring plots: normal scores, OOD sets ever easier with their
/// index and with p, the ROC curves as staircases. It is not complete (no sweep belongs to it).
namespace dicescope::testing {

struct Made {
    std::vector<std::string> ood{"near"};
    std::vector<double> levels{};  ///< 0, 1, ..., 100 where empty
    std::size_t bins = 100;
    std::size_t rocPoints = 500;
    BinRange range = BinRange::AllRows;
    ScoreKind score = ScoreKind::Energy;
};

inline double madeShift(std::size_t row, std::size_t rows, std::size_t set) {
    const double p = static_cast<double>(row + 1) / static_cast<double>(rows);
    return 1.0 + 0.4 * static_cast<double>(set) + 1.5 * p * p - (p > 0.93 ? 40 * (p - 0.93) : 0.0);
}

inline std::vector<std::uint32_t> madeCounts(const HistogramBins& bins, double mean, double spread,
                                             std::size_t samples) {
    const auto below = [&](double x) { return 0.5 * std::erfc(-(x - mean) / (spread * std::sqrt(2.0))); };
    std::vector<std::uint32_t> counts;
    for (std::size_t i = 0; i < bins.count; ++i) {
        const double share = below(bins.edge(i + 1)) - below(bins.edge(i));
        counts.push_back(static_cast<std::uint32_t>(std::lround(share * static_cast<double>(samples))));
    }
    return counts;
}

/// The ROC curve of two normal distributions `shift` standard deviations apart, as a staircase.
inline std::vector<RocVertex> madeCurve(double shift, std::size_t points) {
    std::vector<RocVertex> curve{{0, 0}};
    const std::size_t steps = points / 2;
    for (std::size_t i = 0; i < steps; ++i) {
        const double threshold =
            4 + shift - (8 + shift) * static_cast<double>(i) / static_cast<double>(steps);
        const auto fpr = static_cast<float>(0.5 * std::erfc((threshold) / std::sqrt(2.0)));
        const auto tpr = static_cast<float>(0.5 * std::erfc((threshold - shift) / std::sqrt(2.0)));
        curve.push_back({fpr, curve.back().tpr});
        curve.push_back({fpr, tpr});
    }
    curve.push_back({1, 1});
    return curve;
}

inline void fillMadeRow(LevelMetrics& metrics, LevelCurves& curves, std::size_t row, std::size_t rows,
                        std::size_t rocPoints) {
    constexpr std::size_t kSamples = 10'000;
    const HistogramBins& bins = curves.bins[row];
    const double threshold = 12 - 1.645 * 2;
    curves.id.counts.push_back(madeCounts(bins, 12, 2, kSamples));
    for (std::size_t set = 0; set < metrics.ood.size(); ++set) {
        const double shift = std::max(0.05, madeShift(row, rows, set));
        const double mean = 12 - 2 * shift;
        curves.ood[set].counts.push_back(madeCounts(bins, mean, 2, kSamples));
        curves.rocs[set].curves.push_back(madeCurve(shift, rocPoints));
        OodMetrics values;
        values.fpr95 = 0.5 * std::erfc((threshold - mean) / (2 * std::sqrt(2.0)));
        values.auroc = 0.5 * std::erfc(-shift / 2);
        values.threshold = threshold;
        values.tpr = 0.95;
        metrics.ood[set].metrics.set(row, values);
    }
    std::vector<OodMetrics> all;
    for (const OodLevels& levels : metrics.ood) all.push_back(levels.metrics.at(row));
    metrics.average.set(row, averageMetrics(all));
}

inline std::shared_ptr<Exploration> madeExploration(Made made) {
    if (made.levels.empty()) {
        for (int p = 0; p <= 100; ++p) made.levels.push_back(p);
    }
    const std::size_t rows = made.levels.size() + 1;
    auto metrics = std::make_shared<LevelMetrics>();
    auto curves = std::make_shared<LevelCurves>();
    metrics->score = curves->score = made.score;
    metrics->levels = made.levels;
    metrics->hasDense = true;
    metrics->idName = "ID";
    metrics->average = MetricColumns(rows);
    curves->range = made.range;
    curves->id = {.name = "ID", .counts = {}, .samples = 10'000};
    for (const std::string& name : made.ood) {
        OodLevels levels;
        levels.name = name;
        levels.samples = 10'000;
        levels.metrics = MetricColumns(rows);
        metrics->ood.push_back(std::move(levels));
        curves->ood.push_back({.name = name, .counts = {}, .samples = 10'000});
        curves->rocs.push_back({.name = name, .curves = {}});
    }
    for (std::size_t row = 0; row < rows; ++row) {
        const double width = made.range == BinRange::AllRows ? 1.0 : 1.0 + static_cast<double>(row % 10) / 10;
        curves->bins.push_back({.low = 20 - 22 * width, .high = 20, .count = made.bins});
        fillMadeRow(*metrics, *curves, row, rows, made.rocPoints);
    }
    auto exploration = std::make_shared<Exploration>();
    exploration->sweep.levels = made.levels;
    exploration->view.score = made.score;
    exploration->samplesDone = exploration->samplesTotal = 1000;
    exploration->bestByFpr95 = bestLevel(*metrics, LevelCriterion::Fpr95);
    exploration->bestByAuroc = bestLevel(*metrics, LevelCriterion::Auroc);
    exploration->metrics = std::move(metrics);
    exploration->curves = std::move(curves);
    return exploration;
}

}  // namespace dicescope::testing
