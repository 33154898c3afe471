#include "ui/panels/set_list_model.h"

#include <QMimeData>
#include <QUrl>
#include <algorithm>
#include <utility>

#include "ui/panels/panel_text.h"

namespace dicescope {

SetListModel::SetListModel(SetRole role, QObject* parent) : QAbstractListModel(parent), role_(role) {}

QColor SetListModel::swatch(int row) const {
    return role_ == SetRole::Ood ? theme_.ood(row) : QColor();
}

QStringList SetListModel::names() const {
    QStringList names;
    for (const SetItem& item : items_) names << item.name;
    return names;
}

void SetListModel::setNamesElsewhere(std::function<QStringList()> names) {
    namesElsewhere_ = std::move(names);
}

void SetListModel::setTheme(const Theme& theme) {
    theme_ = theme;
    if (!items_.empty()) emit dataChanged(index(0), index(rowCount() - 1));
}

void SetListModel::setSources(const std::vector<NamedSource>& sources) {
    beginResetModel();
    items_.clear();
    for (const NamedSource& source : sources)
        items_.push_back({QString::fromStdString(source.name), source.path, {}, {}});
    endResetModel();
}

std::vector<NamedSource> SetListModel::sources() const {
    std::vector<NamedSource> sources;
    sources.reserve(items_.size());
    for (const SetItem& item : items_) sources.push_back({item.name.toStdString(), item.path});
    return sources;
}

void SetListModel::add(const std::vector<std::filesystem::path>& paths) {
    if (paths.empty()) return;
    for (const auto& path : paths) insert(rowCount(), {setNameFor(path, takenNames()), path, {}, {}});
    emit edited();
}

void SetListModel::addItem(const SetItem& item) {
    insert(rowCount(), item);
    emit edited();
}

void SetListModel::insert(int row, SetItem item) {
    beginInsertRows({}, row, row);
    items_.insert(items_.begin() + row, std::move(item));
    endInsertRows();
}

void SetListModel::setAllStates(SetState::Kind kind) {
    for (SetItem& item : items_) {
        item.state = {};
        item.state.kind = kind;
        if (kind == SetState::Kind::Waiting) item.runName = item.name;
    }
    if (!items_.empty()) emit dataChanged(index(0), index(rowCount() - 1));
}

int SetListModel::rowOfRun(const QString& runName) const {
    const auto found =
        std::ranges::find_if(items_, [&](const SetItem& item) { return item.runName == runName; });
    return found == items_.end() ? -1 : static_cast<int>(found - items_.begin());
}

void SetListModel::setState(int row, const SetState& state) {
    items_[static_cast<std::size_t>(row)].state = state;
    emit dataChanged(index(row), index(row));
}

int SetListModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(items_.size());
}

QVariant SetListModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const SetItem& set = item(index.row());
    QStringList words = {stateText(set), skippedText(set.state)};
    words.removeAll(QString());
    switch (role) {
        case Qt::DisplayRole:
        case Qt::EditRole:
            return set.name;
        case Qt::DecorationRole:
            return swatch(index.row());
        case Qt::ToolTipRole:
            if (set.state.kind != SetState::Kind::Idle) words.prepend(fromPath(set.path));
            return wrappedTip(set.name + QLatin1String(": ") + words.join(QLatin1String(" - ")));
        case Qt::AccessibleTextRole:
            return set.name + QLatin1String(", ") + words.join(QLatin1String(", "));
        default:
            return {};
    }
}

bool SetListModel::setData(const QModelIndex& index, const QVariant& value, int role) {
    if (role != Qt::EditRole || !checkIndex(index, CheckIndexOption::IndexIsValid)) return false;
    const QString name = value.toString().trimmed();
    SetItem& set = items_[static_cast<std::size_t>(index.row())];
    if (name == set.name) return true;
    if (const QString problem = setNameProblem(name, takenNames(index.row())); !problem.isEmpty()) {
        emit nameRefused(problem);
        return false;
    }
    set.name = name;
    emit dataChanged(index, index);
    emit edited();
    return true;
}

Qt::ItemFlags SetListModel::flags(const QModelIndex& index) const {
    if (!index.isValid()) return Qt::ItemIsDropEnabled;
    return Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsEditable | Qt::ItemIsDragEnabled |
           Qt::ItemNeverHasChildren;
}

bool SetListModel::moveRows(const QModelIndex& sourceParent, int sourceRow, int count,
                            const QModelIndex& destinationParent, int destinationChild) {
    if (sourceRow < 0 || count < 1 || sourceRow + count > rowCount() || destinationChild < 0 ||
        destinationChild > rowCount() ||
        !beginMoveRows(sourceParent, sourceRow, sourceRow + count - 1, destinationParent, destinationChild)) {
        return false;
    }
    const auto first = items_.begin() + sourceRow;
    const auto destination = items_.begin() + destinationChild;
    if (destinationChild < sourceRow) {
        std::rotate(destination, first, first + count);
    } else {
        std::rotate(first, first + count, destination);
    }
    endMoveRows();
    // The colours go with the places.
    emit dataChanged(index(0), index(rowCount() - 1), {Qt::DecorationRole});
    emit edited();
    return true;
}

bool SetListModel::removeRows(int row, int count, const QModelIndex& parent) {
    if (parent.isValid() || row < 0 || count < 1 || row + count > rowCount()) return false;
    beginRemoveRows({}, row, row + count - 1);
    items_.erase(items_.begin() + row, items_.begin() + row + count);
    endRemoveRows();
    if (!items_.empty()) emit dataChanged(index(0), index(rowCount() - 1), {Qt::DecorationRole});
    emit edited();
    return true;
}

QString SetListModel::rowMimeType() const {
    return QStringLiteral("application/x-dicescope-set-") + QString::fromUtf8(name(role_));
}

QStringList SetListModel::mimeTypes() const {
    return {rowMimeType(), QStringLiteral("text/uri-list")};
}

QMimeData* SetListModel::mimeData(const QModelIndexList& indexes) const {
    // No URLs: a file manager could take a move of them as one of the folders on the disk.
    if (indexes.isEmpty()) return nullptr;
    auto* data = new QMimeData;
    data->setData(rowMimeType(), QByteArray::number(indexes.first().row()));
    return data;
}

Qt::DropActions SetListModel::supportedDropActions() const {
    return Qt::MoveAction | Qt::CopyAction | Qt::LinkAction;
}

Qt::DropActions SetListModel::supportedDragActions() const {
    return Qt::MoveAction;
}

bool SetListModel::canDropMimeData(const QMimeData* data, Qt::DropAction /*action*/, int /*row*/,
                                   int /*column*/, const QModelIndex& /*parent*/) const {
    return data->hasUrls() || data->hasFormat(rowMimeType());
}

bool SetListModel::dropMimeData(const QMimeData* data, Qt::DropAction action, int row, int /*column*/,
                                const QModelIndex& parent) {
    // A row of this list is moved by the view, through moveRows().
    if (action == Qt::IgnoreAction || !data->hasUrls()) return false;
    int at = row >= 0 ? row : (parent.isValid() ? parent.row() : rowCount());
    const int before = rowCount();
    for (const QUrl& url : data->urls()) {
        if (!url.isLocalFile()) continue;
        const auto path = toPath(url.toLocalFile());
        insert(at++, {setNameFor(path, takenNames()), path, {}, {}});
    }
    if (rowCount() == before) return false;
    emit edited();
    return true;
}

QStringList SetListModel::takenNames(int exceptRow) const {
    QStringList taken = namesElsewhere_ ? namesElsewhere_() : QStringList();
    for (int row = 0; row < rowCount(); ++row) {
        if (row != exceptRow) taken << item(row).name;
    }
    return taken;
}

}  // namespace dicescope
