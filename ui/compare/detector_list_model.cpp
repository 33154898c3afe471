#include "ui/compare/detector_list_model.h"

#include <QFont>
#include <algorithm>
#include <utility>

#include "ui/panels/panel_text.h"

namespace dicescope {

DetectorListModel::DetectorListModel(QObject* parent) : QAbstractTableModel(parent), rows_(registryRows()) {}

std::vector<DetectorListModel::Row> DetectorListModel::registryRows() {
    std::vector<Row> rows;
    rows.reserve(allDetectors().size());
    for (const DetectorInfo& info : allDetectors())
        rows.push_back({.spec = {info.id, {}}, .text = info.id, .checked = !isSlow(info.cost)});
    return rows;
}

void DetectorListModel::announce() {
    if (rows_.empty()) return;
    emit dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
    emit checkedChanged();
}

void DetectorListModel::announceEdit() {
    emit checkedChanged();
    emit edited();
}

void DetectorListModel::setSupply(const DetectorSupply& supply, const DetectorWork& work) {
    supply_ = supply;
    work_ = work;
    announce();
}

/// Gives a row the settings that its text leaves open; whether it became another.
bool DetectorListModel::fill(Row& row) const {
    auto spec = parseDetectorSpec(row.text, defaults_);
    if (!spec || !checkDetectorSpec(*spec) || *spec == row.spec) return false;
    row.spec = std::move(*spec);
    return true;
}

void DetectorListModel::setDefaults(const DetectorValues& defaults) {
    defaults_ = defaults;
    bool changed = false;
    for (Row& row : rows_) changed |= fill(row);
    if (changed) announce();
}

void DetectorListModel::setChoice(const std::optional<DetectorChoice>& choice) {
    if (choice == this->choice()) return;
    beginResetModel();
    rows_ = registryRows();
    if (choice) {
        for (Row& row : rows_) {
            row.checked = false;
            row.text.clear();
        }
        for (const std::string& text : choice->checked) place(text, true, choice);
        for (const std::string& text : choice->unchecked) place(text, false, choice);
    }
    for (Row& row : rows_) {
        if (row.text.empty()) row.text = row.spec.id;
        (void)fill(row);
    }
    endResetModel();
    emit checkedChanged();
}

// The row of the registry is that without settings, where there is one.
void DetectorListModel::place(const std::string& text, bool checked,
                              const std::optional<DetectorChoice>& choice) {
    const auto spec = parseDetectorSpec(text);
    if (!spec) return;
    const auto isListed = [&](const std::string& other) {
        return std::ranges::count(choice->checked, other) + std::ranges::count(choice->unchecked, other) > 0;
    };
    auto row = std::ranges::find(rows_, spec->id, [](const Row& each) { return each.spec.id; });
    if (row->text.empty() && (text == spec->id || !isListed(spec->id))) {
        row->spec = *spec;
        row->text = text;
        row->checked = checked;
        return;
    }
    do ++row;
    while (row != rows_.end() && row->further);
    rows_.insert(row, {.spec = *spec, .text = text, .checked = checked, .further = true});
}

std::optional<DetectorChoice> DetectorListModel::choice() const {
    DetectorChoice choice;
    bool asAtFirst = true;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
        const Row& row = rows_[i];
        const bool plain = !row.further && row.text == row.spec.id;
        asAtFirst &= plain && row.checked == !isSlow(findDetector(row.spec.id)->cost);
        const bool beforeFurther = i + 1 < rows_.size() && rows_[i + 1].further;
        if (row.checked) {
            choice.checked.push_back(row.text);
        } else if (!plain || beforeFurther) {
            choice.unchecked.push_back(row.text);
        }
    }
    return asAtFirst ? std::nullopt : std::optional(std::move(choice));
}

const DetectorSpec& DetectorListModel::spec(int row) const {
    return at(row).spec;
}

QString DetectorListModel::reason(int row) const {
    return whyUnavailable(at(row).spec, supply_);
}

void DetectorListModel::setSpec(int row, DetectorSpec spec) {
    Row& changed = rows_[static_cast<std::size_t>(row)];
    changed.spec = withoutDefaults(std::move(spec));
    const std::string before = std::exchange(changed.text, settledText(changed.spec));
    if (!isElsewhere(row, before)) emit textChanged(before, changed.text);
    emit dataChanged(index(row, 0), index(row, ColumnCount - 1));
    announceEdit();
}

/// Whether another row, compared like this one or more so, has the text.
bool DetectorListModel::isElsewhere(int row, const std::string& text) const {
    for (int other = 0; other < rowCount(); ++other) {
        if (other != row && at(other).text == text && at(other).checked >= at(row).checked) return true;
    }
    return false;
}

int DetectorListModel::duplicate(int row) {
    Row copy{.spec = at(row).spec, .text = {}, .checked = true, .further = true};
    const auto isThere = [&](const DetectorSpec& spec) {
        return std::ranges::find(rows_, spec, &Row::spec) != rows_.end();
    };
    for (const DetectorVariant& variant : findDetector(copy.spec.id)->variants) {
        const DetectorSpec other = withoutDefaults({copy.spec.id, variant.values});
        if (isThere(other)) continue;
        copy.spec = other;
        break;
    }
    copy.text = settledText(copy.spec);
    int place = row + 1;
    while (place < rowCount() && at(place).further) ++place;
    beginInsertRows({}, place, place);
    rows_.insert(rows_.begin() + place, std::move(copy));
    endInsertRows();
    announceEdit();
    return place;
}

bool DetectorListModel::canRemove(int row) const {
    return row >= 0 && row < rowCount() && at(row).further;
}

void DetectorListModel::remove(int row) {
    if (!canRemove(row)) return;
    beginRemoveRows({}, row, row);
    rows_.erase(rows_.begin() + row);
    endRemoveRows();
    announceEdit();
}

void DetectorListModel::checkQuick() {
    for (Row& row : rows_) row.checked = !isSlow(findDetector(row.spec.id)->cost);
    announce();
    emit edited();
}

void DetectorListModel::checkNone() {
    for (Row& row : rows_) row.checked = false;
    announce();
    emit edited();
}

std::vector<CheckedDetector> DetectorListModel::checkedDetectors() const {
    std::vector<CheckedDetector> checked;
    for (const Row& row : rows_) {
        if (!row.checked || !whyUnavailable(row.spec, supply_).isEmpty()) continue;
        const auto alike = std::ranges::find(checked, row.spec, &CheckedDetector::spec);
        if (alike == checked.end()) {
            checked.push_back({row.spec, row.text});
        } else {
            alike->otherTexts.push_back(row.text);
        }
    }
    return checked;
}

std::vector<DetectorSpec> DetectorListModel::checkedSpecs() const {
    std::vector<DetectorSpec> specs;
    for (CheckedDetector& detector : checkedDetectors()) specs.push_back(std::move(detector.spec));
    return specs;
}

double DetectorListModel::secondsOf(const DetectorSpec& spec) const {
    return work_.samples == 0 ? -1 : estimateSeconds(spec, work_);
}

int DetectorListModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

int DetectorListModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QString DetectorListModel::text(const Row& row, int column) const {
    const DetectorInfo& info = *findDetector(row.spec.id);
    if (column == Name) return QString::fromStdString(specLabel(row.spec));
    if (column == Need) return shortNeedText(needOf(row.spec));
    if (info.cost == DetectorCost::Model) return tr("long");
    if (!isSlow(info.cost)) return tr("quick");
    const double seconds = secondsOf(row.spec);
    return seconds < 0 || !whyUnavailable(row.spec, supply_).isEmpty() ? tr("slow") : durationText(seconds);
}

QString DetectorListModel::toolTip(const Row& row) const {
    const DetectorInfo& info = *findDetector(row.spec.id);
    QStringList lines;
    if (const QString why = whyUnavailable(row.spec, supply_); !why.isEmpty()) lines << why;
    lines << QString::fromStdString(info.explanation) << tr("Needs %1.").arg(needText(needOf(row.spec)))
          << costText(info.cost);
    if (std::ranges::count(rows_, row.spec, &Row::spec) > 1)
        lines << tr("Another row has the same settings; they are compared once.");
    return wrappedTip(lines.join(u' '));
}

QVariant DetectorListModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const Row& row = at(index.row());
    switch (role) {
        case Qt::DisplayRole:
            return text(row, index.column());
        case Qt::ToolTipRole:
            return toolTip(row);
        case Qt::CheckStateRole:
            if (index.column() != Name) return {};
            return row.checked && reason(index.row()).isEmpty() ? Qt::Checked : Qt::Unchecked;
        case Qt::TextAlignmentRole:
            return static_cast<int>((index.column() == Time ? Qt::AlignRight : Qt::AlignLeft) |
                                    Qt::AlignVCenter);
        case ReasonRole:
            return reason(index.row());
        case SearchRole: {
            const DetectorInfo& info = *findDetector(row.spec.id);
            return QString::fromStdString(specLabel(row.spec) + " " + info.id + " " + info.citation.authors +
                                          " " + info.citation.title + " " + info.citation.venue);
        }
        default:
            return {};
    }
}

bool DetectorListModel::setData(const QModelIndex& index, const QVariant& value, int role) {
    if (role != Qt::CheckStateRole || !(flags(index) & Qt::ItemIsUserCheckable)) return false;
    rows_[static_cast<std::size_t>(index.row())].checked = value.toInt() == Qt::Checked;
    emit dataChanged(index, index, {Qt::CheckStateRole});
    announceEdit();
    return true;
}

QVariant DetectorListModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole)
        return static_cast<int>((section == Time ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    const bool tip = role == Qt::ToolTipRole;
    if (role != Qt::DisplayRole && !tip) return {};
    switch (section) {
        case Name:
            return tip ? tr("Checked detectors are compared") : tr("Detector");
        case Need:
            return tip ? wrappedTip(tr("What it needs besides the features that are scored: the mean feature "
                                       "of ID training images, their features, their classes (labels), or "
                                       "the model itself"))
                       : tr("Needs");
        case Time:
            return tip ? wrappedTip(tr("An estimate for this machine where it is more than a moment"))
                       : tr("Time");
        default:
            return {};
    }
}

Qt::ItemFlags DetectorListModel::flags(const QModelIndex& index) const {
    if (!index.isValid()) return Qt::NoItemFlags;
    Qt::ItemFlags flags = Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemNeverHasChildren;
    if (index.column() == Name && reason(index.row()).isEmpty()) flags |= Qt::ItemIsUserCheckable;
    return flags;
}

}  // namespace dicescope
