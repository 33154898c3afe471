#include "ui/compare/compare_charts.h"

#include <QCoreApplication>
#include <QLocale>
#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

#include "core/metrics/histogram.h"
#include "core/metrics/roc_curve.h"
#include "ui/compare/comparison_columns.h"
#include "ui/panels/metric_text.h"

namespace dicescope {
namespace {

constexpr std::size_t kBins = 100;
constexpr double kTail = 0.001;   // share of the scores beyond each end of what counts as usual
constexpr double kFarFactor = 4;  // ends this much further apart than the usual ones are left out
constexpr unsigned kRocPixels = 2000;

struct Text {
    Q_DECLARE_TR_FUNCTIONS(dicescope::CompareCharts)
};

struct NamedScores {
    QString name;
    ChartColor color;
    std::span<const double> scores;
};

std::vector<NamedScores> setsOf(const Comparison& comparison, const ComparedDetector& detector,
                                const QString& idName) {
    std::vector<NamedScores> sets{{idName, {ChartColor::Role::Id}, detector.idScores}};
    for (std::size_t s = 0; s < detector.oodScores.size(); ++s) {
        sets.push_back({QString::fromStdString(comparison.oodNames[s]),
                        {ChartColor::Role::Ood, static_cast<int>(s)},
                        detector.oodScores[s]});
    }
    return sets;
}

struct Range {
    double low = 0;
    double high = 1;
};

/// Of all finite scores; of the usual ones where the others are so far away that nothing would be seen.
Range rangeOf(const std::vector<NamedScores>& sets) {
    std::vector<double> all;
    for (const NamedScores& set : sets)
        std::ranges::copy_if(set.scores, std::back_inserter(all), [](double s) { return std::isfinite(s); });
    if (all.empty()) return {};
    const auto at = [&](double share) {
        const auto k = static_cast<std::ptrdiff_t>(share * static_cast<double>(all.size() - 1));
        std::nth_element(all.begin(), all.begin() + k, all.end());
        return all[static_cast<std::size_t>(k)];
    };
    const Range usual{at(kTail), at(1 - kTail)};
    const auto [low, high] = std::ranges::minmax(all);
    if (low == high) return {low - 0.5, high + 0.5};
    const double width = usual.high - usual.low;
    if (!(width > 0) || !std::isfinite(width)) return {low, high};
    const double reach = kFarFactor / 2 * width;
    return {std::max(low, usual.low - reach), std::min(high, usual.high + reach)};
}

/// Histograms are counted in float32, which would not tell apart scores that lie close together far from 0
/// and does not reach the largest: scores are brought to 0..1 first.
Result<Histogram> countScaled(std::span<const double> scores, const Range& range) {
    const double width = range.high / 2 - range.low / 2;  // half of it: the whole may be infinite
    std::vector<float> scaled;
    scaled.reserve(scores.size());
    for (const double score : scores)
        scaled.push_back(static_cast<float>(std::clamp((score / 2 - range.low / 2) / width, -1.0, 2.0)));
    return histogram(scaled, {0, 1, kBins});
}

ChartSeries densityOf(const NamedScores& set, const Range& range, const Histogram& counted) {
    ChartSeries series{.name = set.name, .color = set.color, .shape = SeriesShape::Steps, .x = {}, .y = {}};
    const std::vector<double> density = counted.density();
    for (std::size_t i = 0; i <= density.size(); ++i) {
        const double edge = counted.bins.edge(i);
        series.x.push_back(range.low * (1 - edge) + range.high * edge);
        series.y.push_back(i < density.size() ? density[i] / (range.high - range.low) : 0);
    }
    return series;
}

QString beyondText(std::uint64_t beyond, std::uint64_t total) {
    if (beyond == 0) return {};
    const double percent = 100.0 * static_cast<double>(beyond) / static_cast<double>(total);
    return Text::tr(" · %1 % of the scores lie beyond").arg(QLocale::c().toString(percent, 'g', 2));
}

Result<ChartData> histogramChart(const Comparison& comparison, const ComparedDetector& detector,
                                 const std::vector<NamedScores>& sets, const Job& job) {
    ChartData chart;
    const Range range = rangeOf(sets);
    std::uint64_t beyond = 0;
    std::uint64_t total = 0;
    for (const NamedScores& set : sets) {
        if (job.stopRequested()) return cancelled();
        const auto counted = countScaled(set.scores, range);
        if (!counted) return forwardError(counted);
        beyond += counted->underflow + counted->overflow;
        total += counted->total;
        chart.series.push_back(densityOf(set, range, *counted));
    }
    chart.x.label = Text::tr("score of %1").arg(QString::fromStdString(detector.label));
    chart.y = {.label = Text::tr("density"), .range = {}, .fromZero = true};
    chart.caption = QString::fromStdString(detector.label) + beyondText(beyond, total);
    chart.marks = {
        {detector.average.threshold,
         Text::tr("threshold (TPR %1 %)").arg(QString::number(100 * comparison.tprLevel, 'g', 9))}};
    return chart;
}

ChartSeries straightLine(const QString& name, std::vector<double> y) {
    return {.name = name,
            .color = {ChartColor::Role::Faint},
            .shape = SeriesShape::Line,
            .x = {0, 1},
            .y = std::move(y),
            .dashed = true};
}

Result<ChartData> rocChart(const Comparison& comparison, const ComparedDetector& detector,
                           const std::vector<NamedScores>& sets, const Job& job) {
    ChartData chart;
    const RocView view{.width = kRocPixels, .height = kRocPixels};
    chart.series.push_back(straightLine(Text::tr("chance"), {0, 1}));
    chart.series.push_back(
        straightLine(Text::tr("TPR %1 %").arg(QString::number(100 * comparison.tprLevel, 'g', 9)),
                     {comparison.tprLevel, comparison.tprLevel}));
    for (std::size_t s = 1; s < sets.size(); ++s) {
        if (job.stopRequested()) return cancelled();
        const auto curve = rocCurve(sets.front().scores, sets[s].scores);
        if (!curve) return forwardError(curve);
        const auto thin = thinForView(*curve, view);
        if (!thin) return forwardError(thin);
        ChartSeries series{.name = sets[s].name, .color = sets[s].color, .x = {}, .y = {}};
        for (const RocPoint& point : *thin) {
            series.x.push_back(point.fpr);
            series.y.push_back(point.tpr);
        }
        chart.series.push_back(std::move(series));
    }
    chart.x = {.label = Text::tr("FPR (OOD accepted)"), .range = {{0, 1}}};
    chart.y = {.label = Text::tr("TPR (ID accepted)"), .range = {{0, 1}}};
    chart.caption = Text::tr("%1 · average AUROC %2, %3 %4")
                        .arg(QString::fromStdString(detector.label), percentText(detector.average.auroc),
                             fprName(comparison.tprLevel), percentText(detector.average.fpr95));
    return chart;
}

}  // namespace

Result<DetectorCharts> detectorCharts(const Comparison& comparison, const ComparedDetector& detector,
                                      const QString& idName, const Job& job) {
    if (!hasNumbers(detector)) return DetectorCharts{};
    const std::vector<NamedScores> sets = setsOf(comparison, detector, idName);
    auto counted = histogramChart(comparison, detector, sets, job);
    if (!counted) return forwardError(counted);
    auto roc = rocChart(comparison, detector, sets, job);
    if (!roc) return forwardError(roc);
    return DetectorCharts{std::move(*counted), std::move(*roc)};
}

}  // namespace dicescope
