#include "ui/compare/comparison_text.h"

#include <QCoreApplication>
#include <QLocale>
#include <QStringList>

#include "ui/panels/metric_text.h"
#include "ui/panels/panel_text.h"

namespace dicescope {
namespace {

using Kind = ComparisonColumn::Kind;
using Over = ComparisonColumn::Over;

struct Text {
    Q_DECLARE_TR_FUNCTIONS(dicescope::ComparisonText)
};

QString joined(const std::vector<std::string>& names) {
    QStringList list;
    for (const std::string& name : names) list << QString::fromStdString(name);
    return list.join(QStringLiteral(", "));
}

QString setsName(const ComparisonColumn& column, const Comparison& comparison) {
    switch (column.over) {
        case Over::Average:
            return Text::tr("Average");
        case Over::Near:
            return Text::tr("Near");
        case Over::Far:
            return Text::tr("Far");
        case Over::Set:
            return QString::fromStdString(comparison.oodNames[column.set]);
    }
    return {};
}

QString baselineLabel(const Comparison& comparison) {
    return QString::fromStdString(comparison.detectors[*comparison.baseline].label);
}

QString differenceName(const ComparisonColumn& column, const Comparison& comparison) {
    const QString baseline = baselineLabel(comparison);
    if (column.over == Over::Average) return Text::tr("less %1").arg(baseline);
    return Text::tr("%1 less %2").arg(setsName(column, comparison), baseline);
}

QString setsTip(const ComparisonColumn& column, const Comparison& comparison) {
    switch (column.over) {
        case Over::Average:
            return Text::tr("Unweighted average over all OOD sets.");
        case Over::Near:
            return Text::tr("Unweighted average over the near OOD sets: %1.")
                .arg(joined(comparison.nearSets));
        case Over::Far:
            return Text::tr("Unweighted average over the far OOD sets: %1.").arg(joined(comparison.farSets));
        case Over::Set:
            return Text::tr("%1, %2.").arg(setsName(column, comparison),
                                           imagesText(comparison.oodCounts[column.set]));
    }
    return {};
}

QString metricTip(bool isFpr95, double tprLevel) {
    if (!isFpr95) {
        return Text::tr(
            "AUROC: how often an ID image has a higher score than an OOD image, ties one half. "
            "Higher is better.");
    }
    return Text::tr(
               "%1, ID positive: the share of OOD images at or above the threshold that %2 % of the ID "
               "images reach. Lower is better.")
        .arg(fprName(tprLevel), QString::number(tprLevel * 100, 'g', 9));
}

QString differenceTip(const ComparisonColumn& column, const Comparison& comparison) {
    return setsTip(column, comparison) + u' ' +
           Text::tr(
               "This detector less the baseline %1, in percentage points of %2. A triangle, full where "
               "better and hollow where worse, stands where the 95 % interval of the difference, on the "
               "same resampled images, excludes 0.")
               .arg(baselineLabel(comparison),
                    column.isFpr95() ? fprName(comparison.tprLevel) : Text::tr("AUROC"));
}

QString withInterval(const QString& value, const Interval* interval, bool points) {
    if (interval == nullptr) return value;
    const auto text = [&](double bound) { return points ? pointsText(bound) : percentText(bound); };
    return Text::tr("%1, 95 % interval %2 to %3").arg(value, text(interval->low), text(interval->high));
}

QString verdictText(int verdict) {
    if (verdict > 0) return Text::tr("better than the baseline");
    return verdict < 0 ? Text::tr("worse than the baseline") : Text::tr("not told apart from the baseline");
}

/// The arrow says which way the value went, full or hollow whether that is good: the colour is not the only
/// sign.
QString arrow(double difference, int verdict) {
    if (verdict == 0) return {};
    if (difference < 0) return verdict > 0 ? QStringLiteral("▼ ") : QStringLiteral("▽ ");
    return verdict > 0 ? QStringLiteral("▲ ") : QStringLiteral("△ ");
}

QString rankTip(const ComparedDetector& detector) {
    if (detector.rankByFpr95 == 0) return Text::tr("Ranks are known when all detectors are done.");
    return Text::tr("Rank %1 by the average FPR95, %2 by the average AUROC.")
        .arg(detector.rankByFpr95)
        .arg(detector.rankByAuroc);
}

}  // namespace

QString headerText(const ComparisonColumn& column, const Comparison& comparison) {
    const QString fpr = fprName(comparison.tprLevel);
    switch (column.kind) {
        case Kind::Rank:
            return QStringLiteral("#");
        case Kind::Detector:
            return Text::tr("Detector");
        case Kind::Fpr95:
            return setsName(column, comparison) + u'\n' + fpr;
        case Kind::Auroc:
            return setsName(column, comparison) + u'\n' + Text::tr("AUROC");
        case Kind::Fpr95Difference:
            return differenceName(column, comparison) + u'\n' + fpr;
        case Kind::AurocDifference:
            return differenceName(column, comparison) + u'\n' + Text::tr("AUROC");
        case Kind::FitSeconds:
            return Text::tr("Fit\ns");
        case Kind::ScoreSeconds:
            return Text::tr("Score\ns");
    }
    return {};
}

QString headerLine(const ComparisonColumn& column, const Comparison& comparison) {
    return headerText(column, comparison).replace(u'\n', u' ');
}

QString headerTip(const ComparisonColumn& column, const Comparison& comparison) {
    switch (column.kind) {
        case Kind::Rank:
            return wrappedTip(
                Text::tr("Rank by the average %1: 1 is the lowest.").arg(fprName(comparison.tprLevel)));
        case Kind::Detector:
            return wrappedTip(Text::tr("The detector and what differs from its defaults."));
        case Kind::Fpr95:
        case Kind::Auroc:
            return wrappedTip(setsTip(column, comparison) + u' ' +
                              metricTip(column.isFpr95(), comparison.tprLevel));
        case Kind::Fpr95Difference:
        case Kind::AurocDifference:
            return wrappedTip(differenceTip(column, comparison));
        case Kind::FitSeconds:
            return wrappedTip(
                Text::tr("Seconds to fit it on the training images. What several detectors "
                         "need counts where it is computed first; what an earlier run kept in the "
                         "cache counts as the time to read it."));
        case Kind::ScoreSeconds:
            return wrappedTip(
                Text::tr("Seconds to score all images, the logits included where they are "
                         "used."));
    }
    return {};
}

QString valueText(const ComparisonColumn& column, double value, int verdict) {
    if (column.kind == Kind::Rank) return QString::number(static_cast<int>(value));
    if (column.isMetric()) return percentText(value);
    if (column.isDifference()) return arrow(value, verdict) + pointsText(value);
    return QLocale::c().toString(value, 'f', value < 10 ? 2 : 0);
}

QString intervalText(const ComparisonColumn& column, const Interval& interval) {
    const auto text = [&](double bound) {
        return column.isDifference() ? pointsText(bound, 1) : percentText(bound, 1);
    };
    return QStringLiteral("[%1, %2]").arg(text(interval.low), text(interval.high));
}

QString cellTip(const ComparedDetector& detector, const ComparisonColumn& column,
                const Comparison& comparison) {
    const QString label = QString::fromStdString(detector.label);
    if (detector.error) return wrappedTip(QString::fromStdString(detector.error->message));
    if (column.kind == Kind::Detector) {
        const DetectorInfo* info = findDetector(detector.spec.id);
        return wrappedTip(QString::fromStdString(info != nullptr ? info->explanation : detector.label));
    }
    if (column.kind == Kind::Rank) return wrappedTip(rankTip(detector));
    const OodMetrics* metrics = metricsOf(detector, column);
    if (metrics == nullptr || (!column.isMetric() && !column.isDifference())) return {};
    const auto interval = intervalOf(detector, column);
    const Interval* known = interval ? &*interval : nullptr;
    QStringList lines;
    if (column.isDifference()) {
        if (known == nullptr) return {};
        lines << withInterval(pointsText(known->estimate), known, true)
              << verdictText(verdictOf(detector, column));
        return wrappedTip(setsTip(column, comparison) + u' ' + lines.join(QStringLiteral("; ")) + u'.');
    }
    lines << label + u'.' << setsTip(column, comparison);
    const double value = column.isFpr95() ? metrics->fpr95 : metrics->auroc;
    const QString metric =
        column.isFpr95() ? Text::tr("%1, ID positive").arg(fprName(comparison.tprLevel)) : Text::tr("AUROC");
    lines << Text::tr("%1: %2.").arg(metric, withInterval(percentText(value), known, false));
    lines << Text::tr("%1, OOD positive: %2. AUPR-IN %3, AUPR-OUT %4.")
                 .arg(fprName(comparison.tprLevel), percentText(metrics->fpr95OodPositive),
                      percentText(metrics->auprIn), percentText(metrics->auprOut));
    return wrappedTip(lines.join(u' '));
}

}  // namespace dicescope
