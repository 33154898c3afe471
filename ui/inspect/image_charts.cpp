#include "ui/inspect/image_charts.h"
#include "ui/inspect/inspect_charts.h"

#include <QCoreApplication>
#include <QLocale>
#include <cmath>
#include <span>
#include <utility>

#include "core/metrics/histogram.h"
#include "ui/panels/panel_text.h"

namespace dicescope {
namespace {

struct ImageCharts {
    Q_DECLARE_TR_FUNCTIONS(ImageCharts)
};

constexpr std::size_t kBins = 80;

float scoreOf(const ImageRecord& record, ScoreSide side) {
    return side == ScoreSide::Dense ? record.dense : record.atLevel;
}

std::vector<std::vector<float>> scoresOfSets(const ImageList& list) {
    std::vector<std::vector<float>> scores(list.inspection->sets.size());
    for (const ImageRecord& record : list.table->records()) {
        const float score = scoreOf(record, list.query.filter.side);
        if (!std::isnan(score)) scores[record.set].push_back(score);
    }
    return scores;
}

ChartSeries densitySeries(const ImageList& list, std::size_t set, const Histogram& counted) {
    ChartSeries series;
    series.name = QString::fromStdString(list.inspection->sets[set].set->name);
    if (set == 0) {
        series.color = {ChartColor::Role::Id};
    } else {
        series.color = {ChartColor::Role::Ood, static_cast<int>(set) - 1};
    }
    series.shape = SeriesShape::Steps;
    for (std::size_t i = 0; i <= counted.bins.count; ++i) series.x.push_back(counted.bins.edge(i));
    series.y = counted.density();
    series.y.push_back(0);
    return series;
}

QString signedNumber(double value) {
    return QLocale::c().toString(value, 'f', 3);
}

/// Adds the bars of one side of the mask and returns where the next one may stand.
double addPart(WaterfallChart& chart, double place, const QString& name, ChartColor color,
               const WaterfallPart& part) {
    ChartSeries series{.name = name, .color = color, .shape = SeriesShape::Bars, .x = {}, .y = {}};
    std::vector<std::optional<std::size_t>> units;
    const auto add = [&](double value, const QString& label, const QString& tick,
                         std::optional<std::size_t> unit) {
        series.x.push_back(place);
        series.y.push_back(value);
        series.labels.push_back(label);
        units.push_back(unit);
        chart.data.x.ticks.emplace_back(place, tick);
        place += 1;
    };
    for (const ContributionTerm& term : part.largest)
        add(term.value, ImageCharts::tr("unit %1").arg(term.unit), QString::number(term.unit), term.unit);
    if (part.restCount > 0) {
        add(part.rest, ImageCharts::tr("the other %1 units").arg(countText(part.restCount)),
            ImageCharts::tr("rest"), {});
    }
    chart.data.series.push_back(std::move(series));
    chart.units.push_back(std::move(units));
    return place;
}

}  // namespace

ChartData scoreChart(const ImageList& list) {
    ChartData data;
    if (!list.inspection || !list.table) return data;
    const auto scores = scoresOfSets(list);
    const std::vector<std::span<const float>> views(scores.begin(), scores.end());
    const auto bins = commonBins(views, kBins);
    const QString title = rankingScoreTitle(list.inspection->exploration->view.score);
    const bool dense = list.query.filter.side == ScoreSide::Dense;
    data.caption = dense ? ImageCharts::tr("dense head") : rowLabel(*list.inspection, list.row);
    data.x.label = title;
    data.y = {.label = ImageCharts::tr("Density"), .fromZero = true};
    if (!bins) return data;
    for (std::size_t s = 0; s < scores.size(); ++s) {
        const auto counted = histogram(scores[s], *bins);
        if (counted && counted->total > 0) data.series.push_back(densitySeries(list, s, *counted));
    }
    return data;
}

std::vector<ChartMark> scoreMarks(const ImageList& list, std::optional<std::uint32_t> record) {
    std::vector<ChartMark> marks;
    if (!list.inspection || !list.table) return marks;
    const ScoreSide side = list.query.filter.side;
    if (const double threshold = list.table->threshold(side); std::isfinite(threshold))
        marks.push_back({threshold, ImageCharts::tr("threshold")});
    if (!record || *record >= list.table->records().size()) return marks;
    const auto score = static_cast<double>(scoreOf(list.record(*record), side));
    if (std::isfinite(score)) marks.push_back({score, ImageCharts::tr("this image")});
    return marks;
}

WaterfallChart waterfallChart(const Waterfall& waterfall, const QString& className) {
    WaterfallChart chart;
    chart.data.caption = ImageCharts::tr("%1: %2 = bias %3 + kept %4 + dropped %5")
                             .arg(className, signedNumber(waterfall.dense()), signedNumber(waterfall.bias),
                                  signedNumber(waterfall.kept.sum), signedNumber(waterfall.dropped.sum));
    chart.data.x.label = ImageCharts::tr("Unit");
    chart.data.y.label = ImageCharts::tr("Contribution");
    chart.data.series.push_back({.name = ImageCharts::tr("bias"),
                                 .color = {ChartColor::Role::Faint},
                                 .shape = SeriesShape::Bars,
                                 .x = {0},
                                 .y = {waterfall.bias},
                                 .labels = {ImageCharts::tr("bias")}});
    chart.units.push_back({std::nullopt});
    chart.data.x.ticks.emplace_back(0, ImageCharts::tr("bias"));
    const double next =
        addPart(chart, 1.5, ImageCharts::tr("kept"), {ChartColor::Role::Best}, waterfall.kept);
    addPart(chart, next + 0.5, ImageCharts::tr("dropped"), {ChartColor::Role::Worse}, waterfall.dropped);
    return chart;
}

}  // namespace dicescope
