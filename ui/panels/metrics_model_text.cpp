// What MetricsModel says in words and as text to copy.
#include <QSet>
#include <QStringList>
#include <cmath>
#include <utility>

#include "ui/panels/metric_text.h"
#include "ui/panels/metrics_model.h"
#include "ui/panels/panel_text.h"

namespace dicescope {

namespace {

/// For spreadsheets: a decimal point, an ordinary minus, no unit.
QString plainPercent(double fraction) {
    return QString::number(fraction * 100, 'f', 2);
}

QString plainPercent(const std::optional<double>& fraction) {
    return fraction ? plainPercent(*fraction) : QString();
}

}  // namespace

QString MetricsModel::differenceTip(int set, Metric metric) const {
    const auto difference = value(set, metric, Difference);
    if (!difference) return tr("The dense head is shown: there is no difference.");
    const QString points = percentText(std::abs(*difference));
    const int better = verdict(set, metric);
    QString text = *difference < 0 ? tr("%1 points lower than with the dense head").arg(points)
                                   : tr("%1 points higher than with the dense head").arg(points);
    text += better > 0 ? tr(": better.") : better < 0 ? tr(": worse.") : tr(".");
    const auto range = interval(set, metric, Difference);
    if (!range) return text;
    text += tr(" Interval %1 to %2 (%3 bootstrap resamples, %4 %).")
                .arg(pointsText(range->low), pointsText(range->high), countText(bootstrap_.resamples),
                     QString::number(bootstrap_.confidence * 100));
    if (range->low <= 0 && range->high >= 0)
        text += tr(" It holds 0: these images do not tell the two apart.");
    return text;
}

QString MetricsModel::toolTip(int set, std::optional<Metric> metric, int column) const {
    if (column == Name && !metric) return setName(set);
    if (column == Name) {
        const QString level = QString::number(exploration_->metrics->tprLevel * 100, 'g', 9);
        switch (*metric) {
            case Fpr:
                return tr("Share of OOD images that are accepted at the threshold that accepts %1 % of the "
                          "ID images. ID "
                          "is the positive class, as in the paper. Lower is better.")
                    .arg(level);
            case FprOodPositive:
                return tr("Share of ID images that are rejected at the threshold that catches %1 % of the "
                          "OOD images. OOD "
                          "is the positive class: the convention of OpenOOD and pytorch-ood. Lower is "
                          "better.")
                    .arg(level);
            case Auroc:
                return tr("Probability that an ID image scores higher than an OOD image. Higher is better.");
            case AuprIn:
                return tr("Average precision with ID as the positive class. Higher is better.");
            default:
                return tr("Average precision with OOD as the positive class. Higher is better.");
        }
    }
    if (column == Published) {
        const PublishedMetrics* published = publishedOf(set);
        return published != nullptr ? published->source : QString();
    }
    if (column == Difference && metric) return differenceTip(set, *metric);
    if (column == Difference) {
        return tr("%1: %2 AUROC: %3")
            .arg(fprName(exploration_->metrics->tprLevel), differenceTip(set, Fpr),
                 differenceTip(set, Auroc));
    }
    if (!metric) return {};
    const auto range = interval(set, *metric, column);
    if (!range) return {};
    return tr("Interval %1 to %2 (%3 bootstrap resamples, %4 %).")
        .arg(percentText(range->low), percentText(range->high), countText(bootstrap_.resamples),
             QString::number(bootstrap_.confidence * 100));
}

QString MetricsModel::tabSeparated(const QModelIndexList& selection) const {
    if (!exploration_) return {};
    QSet<std::pair<int, int>> wanted;  // set and metric
    for (const QModelIndex& index : selection) {
        if (index.internalId() != 0) wanted.insert({static_cast<int>(index.internalId() - 1), index.row()});
        for (int metric = 0; index.internalId() == 0 && metric < MetricCount; ++metric) {
            wanted.insert({index.row(), metric});
        }
    }
    const bool dense = row_ == exploration_->denseRow();
    const QString current = dense ? tr("dense") : tr("p=%1").arg(exploration_->sweep.levels.at(row_));
    QStringList lines{
        QStringList{tr("set"), tr("metric"), tr("dense"), current, tr("difference"), tr("low"), tr("high")}
            .join(u'\t')};
    for (int set = 0; set < rowCount(); ++set) {
        for (int row = 0; row < MetricCount; ++row) {
            if (!wanted.isEmpty() && !wanted.contains({set, row})) continue;
            const auto metric = static_cast<Metric>(row);
            const auto range = interval(set, metric, Difference);
            lines << QStringList{setName(set),
                                 metricName(metric),
                                 plainPercent(value(set, metric, Dense)),
                                 plainPercent(value(set, metric, Current)),
                                 plainPercent(value(set, metric, Difference)),
                                 range ? plainPercent(range->low) : QString(),
                                 range ? plainPercent(range->high) : QString()}
                         .join(u'\t');
        }
    }
    return lines.join(u'\n') + u'\n';
}

}  // namespace dicescope
