#include "ui/panels/metrics_model.h"

#include <QStringList>
#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "ui/panels/metric_text.h"
#include "ui/panels/panel_text.h"

namespace dicescope {

namespace {

constexpr int kAverage = 0;  // first row; the OOD sets follow

struct MetricTraits {
    std::vector<double> MetricColumns::*column;
    bool lowerIsBetter;
    Interval MetricIntervals::*interval;  // null: the bootstrap does not speak of it
    int lines;
};

const MetricTraits& traits(MetricsModel::Metric metric) {
    static const std::array<MetricTraits, MetricsModel::MetricCount> kTraits{{
        {&MetricColumns::fpr95, true, &MetricIntervals::fpr95, 2},
        {&MetricColumns::fpr95OodPositive, true, nullptr, 2},
        {&MetricColumns::auroc, false, &MetricIntervals::auroc, 2},
        {&MetricColumns::auprIn, false, nullptr, 1},
        {&MetricColumns::auprOut, false, nullptr, 1},
    }};
    return kTraits.at(static_cast<std::size_t>(metric));
}

const MetricColumns& columnsOf(const Exploration& exploration, int set) {
    if (set == kAverage) return exploration.metrics->average;
    return exploration.metrics->ood[static_cast<std::size_t>(set - 1)].metrics;
}

bool sameSets(const ExplorationPtr& a, const ExplorationPtr& b) {
    if (!a || !b) return a == b;
    const auto& left = a->metrics->ood;
    const auto& right = b->metrics->ood;
    return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                      [](const OodLevels& x, const OodLevels& y) { return x.name == y.name; });
}

/// As many decimals as leave the interval narrow enough for its column.
QString intervalText(const Interval& interval) {
    constexpr double kWide = 0.0995;
    const int decimals = std::max(std::abs(interval.low), std::abs(interval.high)) < kWide ? 2 : 1;
    return QStringLiteral("[%1, %2]")
        .arg(pointsText(interval.low, decimals), pointsText(interval.high, decimals));
}

/// Full where better, hollow where worse, so that the colour is not the only sign of it.
QString arrow(double difference, int verdict) {
    if (verdict == 0) return {};
    if (difference < 0) return verdict > 0 ? QStringLiteral("▼ ") : QStringLiteral("▽ ");
    return verdict > 0 ? QStringLiteral("▲ ") : QStringLiteral("△ ");
}

bool roundsToNothing(double difference) {
    return std::abs(difference) < 0.5e-4;
}

}  // namespace

MetricsModel::MetricsModel(QObject* parent) : QAbstractItemModel(parent) {}

void MetricsModel::show(ExplorationPtr exploration, std::size_t row) {
    row = exploration ? std::min(row, exploration->denseRow()) : 0;
    if (exploration == exploration_ && row == row_) return;
    intervals_.reset();
    const int firstColumn = exploration == exploration_ ? Current : Name;
    const bool reset = !sameSets(exploration, exploration_);
    if (reset) beginResetModel();
    exploration_ = std::move(exploration);
    row_ = row;
    if (reset) {
        endResetModel();
    } else {
        announce(firstColumn);
    }
    emit headerDataChanged(Qt::Horizontal, Dense, Current);
}

void MetricsModel::setIntervals(const ExplorationPtr& exploration, std::size_t row,
                                const PairedIntervals& intervals, const BootstrapOptions& options) {
    if (!exploration || exploration != exploration_ || row != row_) return;
    if (intervals.difference.ood.size() != exploration->metrics->ood.size()) return;
    intervals_ = intervals;
    bootstrap_ = options;
    announce(Dense);
}

void MetricsModel::setPublished(std::vector<PublishedMetrics> published) {
    published_ = std::move(published);
    announce(Published);
}

void MetricsModel::setTheme(const Theme& theme) {
    theme_ = theme;
    announce(Name);
}

void MetricsModel::announce(int firstColumn) {
    const int sets = rowCount();
    if (sets == 0) return;
    emit dataChanged(index(0, firstColumn), index(sets - 1, ColumnCount - 1));
    for (int set = 0; set < sets; ++set) {
        const QModelIndex top = index(set, 0);
        emit dataChanged(index(0, firstColumn, top), index(MetricCount - 1, ColumnCount - 1, top));
    }
}

QModelIndex MetricsModel::index(int row, int column, const QModelIndex& parent) const {
    if (!hasIndex(row, column, parent)) return {};
    // The rows of the sets have id 0, those below set s have s + 1.
    return createIndex(row, column, parent.isValid() ? static_cast<quintptr>(parent.row()) + 1 : quintptr{0});
}

QModelIndex MetricsModel::parent(const QModelIndex& child) const {
    if (!child.isValid() || child.internalId() == 0) return {};
    return createIndex(static_cast<int>(child.internalId() - 1), 0, quintptr{0});
}

int MetricsModel::rowCount(const QModelIndex& parent) const {
    if (!exploration_) return 0;
    if (!parent.isValid()) return static_cast<int>(exploration_->metrics->ood.size()) + 1;
    return parent.internalId() == 0 && parent.column() == 0 ? MetricCount : 0;
}

int MetricsModel::columnCount(const QModelIndex&) const {
    return ColumnCount;
}

QString MetricsModel::setName(int set) const {
    if (set == kAverage) return tr("Average");
    return QString::fromStdString(exploration_->metrics->ood[static_cast<std::size_t>(set - 1)].name);
}

QString MetricsModel::metricName(Metric metric) const {
    switch (metric) {
        case Fpr:
            return tr("%1, ID positive").arg(fprName(exploration_->metrics->tprLevel));
        case FprOodPositive:
            return tr("%1, OOD positive").arg(fprName(exploration_->metrics->tprLevel));
        case Auroc:
            return tr("AUROC");
        case AuprIn:
            return tr("AUPR-IN");
        default:
            return tr("AUPR-OUT");
    }
}

const PublishedMetrics* MetricsModel::publishedOf(int set) const {
    const QString name = set == kAverage ? QString() : setName(set);
    const auto found = std::find_if(published_.begin(), published_.end(),
                                    [&](const PublishedMetrics& metrics) { return metrics.set == name; });
    return found == published_.end() ? nullptr : &*found;
}

std::optional<double> MetricsModel::value(int set, Metric metric, int column) const {
    const auto& values = columnsOf(*exploration_, set).*traits(metric).column;
    const std::size_t dense = exploration_->denseRow();
    switch (column) {
        case Dense:
            return values.at(dense);
        case Current:
            return values.at(row_);
        case Difference:
            if (row_ == dense) return std::nullopt;
            return values.at(row_) - values.at(dense);
        case Published: {
            const PublishedMetrics* published = publishedOf(set);
            if (published == nullptr) return std::nullopt;
            if (metric == Fpr) return published->fpr95;
            return metric == Auroc ? published->auroc : std::nullopt;
        }
        default:
            return std::nullopt;
    }
}

std::optional<Interval> MetricsModel::interval(int set, Metric metric, int column) const {
    const auto member = traits(metric).interval;
    if (!intervals_ || member == nullptr || row_ == exploration_->denseRow()) return std::nullopt;
    if (column != Dense && column != Current && column != Difference) return std::nullopt;
    const BootstrapIntervals& all = column == Current ? intervals_->first
                                    : column == Dense ? intervals_->second
                                                      : intervals_->difference;
    return (set == kAverage ? all.average : all.ood.at(static_cast<std::size_t>(set - 1))).*member;
}

int MetricsModel::verdict(int set, Metric metric) const {
    const auto difference = value(set, metric, Difference);
    if (!difference || roundsToNothing(*difference)) return 0;
    if (const auto range = interval(set, metric, Difference); range && range->low <= 0 && range->high >= 0)
        return 0;
    return (*difference < 0) == traits(metric).lowerIsBetter ? 1 : -1;
}

QString MetricsModel::valueText(int set, Metric metric, int column) const {
    const auto number = value(set, metric, column);
    if (!number) return column == Published && published_.empty() ? QString() : QStringLiteral("–");
    if (column != Difference) return percentText(*number);
    return arrow(*number, verdict(set, metric)) + pointsText(*number);
}

QColor MetricsModel::toneOf(int set, Metric metric, int column) const {
    if (column != Difference) return {};
    const int better = verdict(set, metric);
    return better > 0 ? theme_.best : better < 0 ? theme_.worse : QColor();
}

MetricsCell MetricsModel::setCell(int set, int column) const {
    MetricsCell cell;
    cell.lines = 2;
    cell.bold = set == kAverage;
    if (column != Name) {
        cell.first = valueText(set, Fpr, column);
        cell.second = valueText(set, Auroc, column);
        cell.firstColor = toneOf(set, Fpr, column);
        cell.secondColor = toneOf(set, Auroc, column);
        return cell;
    }
    const auto& ood = exploration_->metrics->ood;
    cell.first = setName(set);
    cell.second = set != kAverage   ? imagesText(ood[static_cast<std::size_t>(set - 1)].samples)
                  : ood.size() == 1 ? tr("1 OOD set")
                                    : tr("%1 OOD sets").arg(countText(ood.size()));
    cell.secondColor = theme_.faintText;
    cell.firstTag = fprName(exploration_->metrics->tprLevel);
    cell.secondTag = metricName(Auroc);
    if (set != kAverage) cell.swatch = theme_.ood(set - 1);
    return cell;
}

MetricsCell MetricsModel::metricCell(int set, Metric metric, int column) const {
    MetricsCell cell;
    cell.lines = traits(metric).lines;
    cell.smallSecond = true;
    cell.secondColor = theme_.faintText;
    if (column == Name) {
        const QStringList parts = metricName(metric).split(QStringLiteral(", "));
        cell.first = parts.value(0);
        cell.second = parts.value(1);
        return cell;
    }
    cell.first = valueText(set, metric, column);
    cell.firstColor = toneOf(set, metric, column);
    if (const auto range = interval(set, metric, Difference); range && column == Difference) {
        cell.second = intervalText(*range);
    }
    return cell;
}

QVariant MetricsModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || !exploration_) return {};
    const bool isSet = index.internalId() == 0;
    const int set = isSet ? index.row() : static_cast<int>(index.internalId() - 1);
    const auto metric = isSet ? Fpr : static_cast<Metric>(index.row());
    const int column = index.column();
    switch (role) {
        case CellRole:
            return QVariant::fromValue(isSet ? setCell(set, column) : metricCell(set, metric, column));
        case ValueRole: {
            const auto number = value(set, metric, column);
            return number ? QVariant(*number) : QVariant();
        }
        case Qt::DisplayRole:
            if (column == Name) return isSet ? setName(set) : metricName(metric);
            if (!isSet) return valueText(set, metric, column);
            return QString(valueText(set, Fpr, column) + QStringLiteral(" / ") +
                           valueText(set, Auroc, column));
        case Qt::ToolTipRole:
            return wrappedTip(toolTip(set, isSet ? std::nullopt : std::optional(metric), column));
        case Qt::TextAlignmentRole:
            return QVariant::fromValue(Qt::AlignVCenter | (column == Name ? Qt::AlignLeft : Qt::AlignRight));
        case Qt::DecorationRole:
            return isSet && set != kAverage && column == Name ? QVariant(theme_.ood(set - 1)) : QVariant();
        default:
            return {};
    }
}

QVariant MetricsModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    const bool dense = exploration_ && row_ == exploration_->denseRow();
    // All weights on clipped features are what the field calls ReAct.
    const bool clipped = exploration_ && exploration_->sweep.reactClip;
    if (role == Qt::TextAlignmentRole) {
        return QVariant::fromValue(Qt::AlignVCenter | (section == Name ? Qt::AlignLeft : Qt::AlignRight));
    }
    if (role == Qt::ToolTipRole) {
        switch (section) {
            case Name:
                return wrappedTip(tr("The OOD sets against the ID set, and their unweighted average."));
            case Dense:
                return wrappedTip(
                    clipped ? tr("ReAct: the head with all its weights on clipped features, in percent.")
                            : tr("The head with all its weights, in percent."));
            case Current:
                return wrappedTip(tr("At the current p, in percent."));
            case Difference:
                return wrappedTip(
                    tr("Current p minus dense, in percentage points. Full arrow: better. Hollow arrow: "
                       "worse. No arrow: no difference, or none that the interval is sure of."));
            case Published:
                return wrappedTip(tr("What was published, in percent."));
            default:
                return {};
        }
    }
    if (role != Qt::DisplayRole) return {};
    switch (section) {
        case Name:
            return tr("OOD set");
        case Dense:
            return clipped ? tr("ReAct") : tr("Dense");
        case Current:
            if (!exploration_) return tr("p");
            if (dense) return clipped ? tr("ReAct") : tr("Dense");
            return percentLevelText(exploration_->sweep.levels.at(row_));
        case Difference:
            return tr("Difference");
        case Published:
            return tr("Published");
        default:
            return {};
    }
}

}  // namespace dicescope
