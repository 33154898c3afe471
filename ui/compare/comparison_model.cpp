#include "ui/compare/comparison_model.h"

#include <QFont>
#include <QStringList>
#include <algorithm>
#include <utility>

#include "ui/compare/comparison_text.h"
#include "ui/panels/metric_text.h"

namespace dicescope {
namespace {

using Kind = ComparisonColumn::Kind;

QString exactPercent(double fraction) {
    return QString::number(fraction * 100, 'f', 4);
}

QString exactText(const ComparisonColumn& column, double value) {
    if (column.isMetric() || column.isDifference()) return exactPercent(value);
    return column.kind == Kind::Rank ? QString::number(static_cast<int>(value))
                                     : QString::number(value, 'f', 3);
}

}  // namespace

ComparisonModel::ComparisonModel(QObject* parent) : QAbstractTableModel(parent) {}

void ComparisonModel::setComparison(ComparisonPtr comparison, bool running) {
    beginResetModel();
    comparison_ = std::move(comparison);
    running_ = running;
    detectors_.clear();
    columns_.clear();
    if (comparison_) {
        columns_ = columnsOf(*comparison_);
        for (const ComparedDetector& detector : comparison_->detectors)
            detectors_.emplace_back(comparison_, &detector);
    }
    findBest();
    endResetModel();
}

void ComparisonModel::setDetector(std::size_t index, ComparedDetectorPtr detector) {
    if (index >= detectors_.size()) return;
    detectors_[index] = std::move(detector);
    findBest();
    // The best of a column may be another, and a baseline fills the differences of all.
    emit dataChanged(this->index(0, 0), this->index(rowCount() - 1, columnCount() - 1));
}

void ComparisonModel::setTheme(const Theme& theme) {
    theme_ = theme;
    if (rowCount() > 0) emit dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
}

void ComparisonModel::findBest() {
    best_.assign(columns_.size(), std::nullopt);
    for (std::size_t c = 0; c < columns_.size(); ++c) {
        if (!columns_[c].isMetric()) continue;
        for (const ComparedDetectorPtr& detector : detectors_) {
            const auto here = valueOf(*detector, columns_[c], nullptr);
            if (!here) continue;
            const bool better = !best_[c] || (columns_[c].isFpr95() ? *here < *best_[c] : *here > *best_[c]);
            if (better) best_[c] = here;
        }
    }
}

const ComparedDetector* ComparisonModel::baselineFor(int row) const {
    const auto& baseline = comparison_->baseline;
    if (!baseline || static_cast<std::size_t>(row) == *baseline) return nullptr;
    return detectors_[*baseline].get();
}

std::optional<double> ComparisonModel::value(int row, int column) const {
    return valueOf(*detector(row), this->column(column), baselineFor(row));
}

QVariant ComparisonModel::sortValue(int row, int column) const {
    if (this->column(column).kind == Kind::Detector) return QString::fromStdString(detector(row)->label);
    const auto here = value(row, column);
    return here ? QVariant(*here) : QVariant();
}

bool ComparisonModel::hasIntervals(const ComparisonColumn& column) const {
    return comparison_->bootstrap > 0 && column.isAverage() && (column.isMetric() || column.isDifference());
}

QString ComparisonModel::number(int row, int column) const {
    const ComparisonColumn& shown = this->column(column);
    if (shown.kind == Kind::Detector) return QString::fromStdString(detector(row)->label);
    const auto here = value(row, column);
    if (!here) return {};
    return valueText(shown, *here, verdictOf(*detector(row), shown));
}

QString ComparisonModel::interval(int row, int column) const {
    const auto here = intervalOf(*detector(row), this->column(column));
    return here ? intervalText(this->column(column), *here) : QString();
}

QString ComparisonModel::sentence(int row) const {
    const ComparedDetector& shown = *detector(row);
    if (shown.error) return QString::fromStdString(shown.error->message);
    if (hasNumbers(shown)) return {};
    return running_ ? tr("still to come…") : tr("not computed: the run was stopped before");
}

/// Colour only where the interval of the difference excludes 0.
QVariant ComparisonModel::color(int row, int column) const {
    if (!this->column(column).isDifference()) return {};
    const int verdict = verdictOf(*detector(row), this->column(column));
    if (verdict == 0) return {};
    return verdict > 0 ? theme_.best : theme_.worse;
}

int ComparisonModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(detectors_.size());
}

int ComparisonModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(columns_.size());
}

QVariant ComparisonModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const int row = index.row();
    const int column = index.column();
    const ComparisonColumn& shown = this->column(column);
    switch (role) {
        case Qt::DisplayRole: {
            const QString text = number(row, column);
            const QString bounds = hasIntervals(shown) ? interval(row, column) : QString();
            return bounds.isEmpty() ? text : text + u' ' + bounds;
        }
        case NumberRole:
            return number(row, column);
        case IntervalRole:
            return hasIntervals(shown) ? QVariant(interval(row, column)) : QVariant();
        case ValueRole:
            return sortValue(row, column);
        case DifferenceRole:
            return shown.isDifference();
        case SentenceRole:
            return sentence(row);
        case Qt::ToolTipRole:
            return cellTip(*detector(row), shown, *comparison_);
        case Qt::ForegroundRole:
            return color(row, column);
        case Qt::FontRole: {
            const auto& best = best_[static_cast<std::size_t>(column)];
            if (!best || value(row, column) != best) return {};
            QFont bold;
            bold.setBold(true);
            return bold;
        }
        case Qt::TextAlignmentRole:
            return static_cast<int>((shown.kind == Kind::Detector ? Qt::AlignLeft : Qt::AlignRight) |
                                    Qt::AlignVCenter);
        default:
            return {};
    }
}

QVariant ComparisonModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount()) return {};
    const ComparisonColumn& shown = column(section);
    if (role == Qt::DisplayRole) return headerText(shown, *comparison_);
    if (role == Qt::ToolTipRole) return headerTip(shown, *comparison_);
    if (role == Qt::TextAlignmentRole)
        return static_cast<int>((shown.kind == Kind::Detector ? Qt::AlignLeft : Qt::AlignRight) |
                                Qt::AlignVCenter);
    return {};
}

QString ComparisonModel::tabSeparated(const std::vector<int>& rows) const {
    if (!comparison_) return {};
    QStringList lines;
    QStringList header;
    for (const ComparisonColumn& shown : columns_) {
        const QString name = headerLine(shown, *comparison_);
        header << name;
        if (hasIntervals(shown)) header << tr("%1 low").arg(name) << tr("%1 high").arg(name);
    }
    lines << header.join(u'\t');
    for (const int row : rows) {
        QStringList cells;
        for (int c = 0; c < columnCount(); ++c) {
            const auto here = value(row, c);
            cells << (column(c).kind == Kind::Detector ? number(row, c)
                      : here                           ? exactText(column(c), *here)
                                                       : QString());
            if (!hasIntervals(column(c))) continue;
            const auto bounds = intervalOf(*detector(row), column(c));
            cells << (bounds ? exactPercent(bounds->low) : QString())
                  << (bounds ? exactPercent(bounds->high) : QString());
        }
        if (const QString why = sentence(row); !why.isEmpty()) cells << why;
        lines << cells.join(u'\t');
    }
    return lines.join(u'\n') + u'\n';
}

}  // namespace dicescope
