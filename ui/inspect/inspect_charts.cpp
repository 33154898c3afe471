#include "ui/inspect/inspect_charts.h"

#include <QCoreApplication>
#include <QLocale>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/metrics/score_kind.h"

namespace dicescope {
namespace {

constexpr std::size_t kBins = 80;

struct Text {
    Q_DECLARE_TR_FUNCTIONS(dicescope::InspectCharts)
};

std::vector<double> iota(std::size_t count) {
    std::vector<double> values(count);
    std::iota(values.begin(), values.end(), 0.0);
    return values;
}

std::vector<float> finite(const std::vector<float>& values) {
    std::vector<float> kept;
    std::ranges::copy_if(values, std::back_inserter(kept), [](float value) { return std::isfinite(value); });
    return kept;
}

ChartSeries densitySeries(const QString& name, ChartColor color, const Histogram& histogram) {
    ChartSeries series{.name = name, .color = color, .shape = SeriesShape::Steps, .x = {}, .y = {}};
    const std::vector<double> density = histogram.density();
    for (std::size_t i = 0; i < density.size(); ++i) {
        series.x.push_back(histogram.bins.edge(i));
        series.y.push_back(density[i]);
    }
    series.x.push_back(histogram.bins.edge(density.size()));
    series.y.push_back(0);
    return series;
}

void addProfile(ChartData& chart, const QString& name, ChartColor color, const ProfileLine& line,
                const std::vector<QString>& labels) {
    const std::vector<double> x = iota(line.mean.size());
    ChartSeries band{.name = name, .color = color, .shape = SeriesShape::Band, .x = x, .y = {}};
    for (std::size_t i = 0; i < x.size(); ++i) {
        band.y.push_back(line.mean[i] - line.sd[i]);
        band.y2.push_back(line.mean[i] + line.sd[i]);
    }
    chart.series.push_back(std::move(band));
    chart.series.push_back({.name = name,
                            .color = color,
                            .shape = SeriesShape::Line,
                            .x = x,
                            .y = line.mean,
                            .y2 = {},
                            .labels = labels});
}

/// p of every level, and of the dense head a step before the first.
struct RowPlaces {
    std::vector<double> x;  ///< the dense head first
    std::vector<std::size_t> rows;
};
RowPlaces rowPlaces(const Inspection& inspection) {
    const std::vector<double>& levels = inspection.plan.levels;
    RowPlaces places;
    const double step = levels.size() > 1 ? levels[1] - levels[0] : 1;
    places.x.push_back(levels.front() - step);
    places.rows.push_back(levels.size());
    for (std::size_t row = 0; row < levels.size(); ++row) {
        places.x.push_back(levels[row]);
        places.rows.push_back(row);
    }
    return places;
}

/// kind: what is drawn, for readings; empty: nothing to be told apart.
ChartSeries overRows(const Inspection& inspection, const QString& name, ChartColor color,
                     const std::vector<double>& values, const QString& kind = {}) {
    const RowPlaces places = rowPlaces(inspection);
    ChartSeries series{.name = name, .color = color, .shape = SeriesShape::Line, .x = places.x, .y = {}};
    for (const std::size_t row : places.rows) {
        series.y.push_back(values[row]);
        const QString label = rowLabel(inspection, row);
        series.labels.push_back(kind.isEmpty() ? label : kind + QStringLiteral(" · ") + label);
    }
    return series;
}

ChartAxis levelAxis() {
    return {.label = Text::tr("p (% of weights dropped; the dense head one step before)")};
}

}  // namespace

QString rowLabel(const Inspection& inspection, std::size_t row) {
    if (row >= inspection.plan.levels.size()) return Text::tr("dense head");
    return Text::tr("p = %1 %")
        .arg(QLocale().toString(inspection.plan.levels[row], 'g', QLocale::FloatingPointShortest));
}

QStringList setNames(const Inspection& inspection) {
    QStringList names;
    for (const InspectedSet& set : inspection.sets) names << QString::fromStdString(set.set->name);
    return names;
}

QStringList classTitles(const Inspection& inspection) {
    QStringList names;
    for (std::size_t c = 0; c < inspection.head().classes(); ++c)
        names << QString::fromStdString(inspection.className(c));
    return names;
}

ChartColor setColor(std::size_t set) {
    if (set == 0) return {ChartColor::Role::Id};
    return {ChartColor::Role::Ood, static_cast<int>(set) - 1};
}

ChartData profileChart(const Inspection& inspection, const ClassProfile& profile, std::size_t oodSet,
                       std::span<const std::uint8_t> kept) {
    ChartData chart;
    const QStringList names = setNames(inspection);
    std::vector<QString> labels;
    for (const std::uint32_t unit : profile.units) labels.push_back(Text::tr("unit %1").arg(unit));
    if (oodSet < profile.ood.size()) {
        addProfile(chart, names[static_cast<int>(oodSet) + 1], setColor(oodSet + 1), profile.ood[oodSet],
                   labels);
    }
    addProfile(chart, names.front(), setColor(0), profile.id, labels);
    ChartSeries marks{.name = Text::tr("kept"),
                      .color = {ChartColor::Role::Current},
                      .shape = SeriesShape::Points,
                      .x = {},
                      .y = {}};
    for (std::size_t i = 0; i < kept.size(); ++i) {
        if (kept[i] == 0) continue;
        marks.x.push_back(static_cast<double>(i));
        marks.y.push_back(profile.id.mean[i]);
        marks.labels.push_back(labels[i]);
    }
    const std::size_t count = marks.x.size();
    chart.series.push_back(std::move(marks));
    chart.x.label = Text::tr("units in the order of their mean ID contribution");
    chart.y.label = Text::tr("contribution w·h (mean ± sd)");
    chart.caption = Text::tr("%1 · %2 of %3 weights kept")
                        .arg(QString::fromStdString(inspection.className(profile.classIndex)))
                        .arg(count)
                        .arg(profile.units.size());
    return chart;
}

ChartData logitChart(const Inspection& inspection, const LogitColumns& logits) {
    const struct {
        const std::vector<float>& values;
        std::size_t set;
        bool masked;
    } parts[] = {{logits.idDense, 0, false},
                 {logits.oodDense, logits.oodSet + 1, false},
                 {logits.idMasked, 0, true},
                 {logits.oodMasked, logits.oodSet + 1, true}};
    ChartData chart;
    const QStringList names = setNames(inspection);
    std::vector<std::vector<float>> columns;
    for (const auto& part : parts) columns.push_back(finite(part.values));
    const std::vector<std::span<const float>> views(columns.begin(), columns.end());
    const auto bins = commonBins(views, kBins);
    if (!bins) return chart;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const auto counted = histogram(columns[i], *bins);
        if (!counted || columns[i].empty()) continue;
        const QString& name = names[static_cast<int>(parts[i].set)];
        auto series =
            densitySeries(parts[i].masked ? Text::tr("%1, %2").arg(name, rowLabel(inspection, logits.row))
                                          : Text::tr("%1, dense").arg(name),
                          setColor(parts[i].set), *counted);
        series.dashed = !parts[i].masked;
        series.faint = !parts[i].masked;
        chart.series.push_back(std::move(series));
    }
    chart.x.label =
        Text::tr("logit of %1").arg(QString::fromStdString(inspection.className(logits.classIndex)));
    chart.y = {.label = Text::tr("density"), .range = {}, .fromZero = true};
    chart.caption = Text::tr("dense against %1").arg(rowLabel(inspection, logits.row));
    return chart;
}

ChartData unitChart(const Inspection& inspection, std::size_t unit, const UnitHistograms& histograms) {
    ChartData chart;
    const QStringList names = setNames(inspection);
    for (std::size_t s = 0; s < histograms.sets.size(); ++s) {
        chart.series.push_back(densitySeries(names[static_cast<int>(s)], setColor(s), histograms.sets[s]));
    }
    chart.x.label = Text::tr("activation of unit %1").arg(unit);
    chart.y = {.label = Text::tr("density"), .range = {}, .fromZero = true};
    chart.caption = Text::tr("all images, exact zeros included");
    return chart;
}

ChartData varianceChart(const Inspection& inspection, const QString& what,
                        const std::vector<TheoryColumns>& sets) {
    ChartData chart;
    for (const TheoryColumns& set : sets) {
        const bool isMeasured = !set.measured.variance.empty();
        if (isMeasured) {
            chart.series.push_back(
                overRows(inspection, set.set, set.color, set.measured.variance, Text::tr("measured")));
        }
        auto full = overRows(inspection, set.set, set.color, set.predicted.full, Text::tr("full covariance"));
        full.faint = isMeasured;
        auto independent = overRows(inspection, set.set, set.color, set.predicted.independent,
                                    Text::tr("independent units"));
        independent.dashed = true;
        chart.series.push_back(std::move(full));
        chart.series.push_back(std::move(independent));
    }
    chart.x = levelAxis();
    chart.y = {.label = Text::tr("variance of the output"), .range = {}, .fromZero = true};
    chart.caption = Text::tr("%1 · dashed: as if units were independent").arg(what);
    return chart;
}

ChartData meanChart(const Inspection& inspection, const QString& what,
                    const std::vector<TheoryColumns>& sets) {
    ChartData chart;
    for (const TheoryColumns& set : sets)
        chart.series.push_back(overRows(inspection, set.set, set.color, set.predicted.mean));
    chart.x = levelAxis();
    chart.y.label = Text::tr("mean of the output");
    chart.caption = what;
    return chart;
}

ChartData gapChart(const Inspection& inspection) {
    ChartData chart;
    const auto meanMaxLogit = [](const SweepResult& swept) {
        std::vector<double> means(swept.rows());
        const std::vector<std::size_t> samples = usableSamples(swept);
        for (std::size_t row = 0; row < means.size(); ++row) {
            const auto values = swept.maxLogitAt(row);
            for (const std::size_t sample : samples) means[row] += static_cast<double>(values[sample]);
            means[row] /= static_cast<double>(samples.size());
        }
        return means;
    };
    const std::vector<double> id = meanMaxLogit(inspection.swept(0));
    const QStringList names = setNames(inspection);
    for (std::size_t s = 1; s < inspection.sets.size(); ++s) {
        const std::vector<double> gap = meanGap(id, meanMaxLogit(inspection.swept(s)));
        chart.series.push_back(overRows(inspection, names[static_cast<int>(s)], setColor(s), gap));
    }
    chart.x = levelAxis();
    chart.y.label = Text::tr("gap of the largest logit");
    chart.caption = Text::tr("mean over the ID images less mean over the OOD images");
    return chart;
}

}  // namespace dicescope
