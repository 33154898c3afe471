#include "ui/inspect/thumbnail_model.h"

#include <algorithm>
#include <utility>

#include "ui/panels/panel_text.h"

namespace dicescope {
namespace {

bool sameImages(const ImageList& a, const ImageList& b) {
    return a.inspection && b.inspection && a.inspection->inputs == b.inspection->inputs;
}

bool sameRecords(const ImageList& a, const ImageList& b) {
    return a.records && b.records && *a.records == *b.records;
}

}  // namespace

ThumbnailModel::ThumbnailModel(QObject* parent) : QAbstractTableModel(parent), theme_(lightTheme()) {}

void ThumbnailModel::setList(ImageList list) {
    const bool kept = sameImages(list_, list);
    if (kept && sameRecords(list_, list)) {
        list_ = std::move(list);
        if (list_.size() > 0) emit dataChanged(index(0, 0), index(rowCount() - 1, columns_ - 1));
        return;
    }
    beginResetModel();
    list_ = std::move(list);
    if (!kept) {
        thumbnails_.clear();
        reasons_.clear();
    }
    positions_.assign(list_.table ? list_.table->records().size() : 0, -1);
    for (std::size_t i = 0; i < list_.size(); ++i)
        positions_[(*list_.records)[i]] = static_cast<std::int32_t>(i);
    wanted_.clear();
    firstVisible_ = 0;
    lastVisible_ = -1;
    endResetModel();
}

void ThumbnailModel::setColumns(int columns) {
    columns = std::max(1, columns);
    if (columns == columns_) return;
    beginResetModel();
    columns_ = columns;
    firstVisible_ = 0;
    lastVisible_ = -1;
    endResetModel();
}

void ThumbnailModel::setTheme(const Theme& theme) {
    theme_ = theme;
    if (list_.size() > 0) emit dataChanged(index(0, 0), index(rowCount() - 1, columns_ - 1));
}

int ThumbnailModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : (static_cast<int>(list_.size()) + columns_ - 1) / columns_;
}

int ThumbnailModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : columns_;
}

Qt::ItemFlags ThumbnailModel::flags(const QModelIndex& index) const {
    return positionOf(index) < 0 ? Qt::NoItemFlags
                                 : Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemNeverHasChildren;
}

QVariant ThumbnailModel::data(const QModelIndex& index, int role) const {
    const auto at = recordAt(index);
    if (!at) return {};
    const ImageRecord& record = list_.record(*at);
    switch (role) {
        case Qt::DisplayRole:
            return sortedValueText(list_, *at);
        case Qt::DecorationRole:
            if (const QPixmap* pixmap = thumbnail(*at)) return *pixmap;
            return {};
        case Qt::ToolTipRole:
        case Qt::AccessibleTextRole: {
            const AcceptanceMark mark = acceptanceMark(record, list_.query.filter.side);
            QStringList lines{tr("%1, image %2").arg(setTitle(list_, record)).arg(record.row + 1)};
            const QString file = fromPath(imageFile(*list_.inspection, record));
            if (role == Qt::ToolTipRole && !file.isEmpty()) lines << file;
            if (record.label >= 0) lines << tr("Class: %1").arg(classTitle(*list_.inspection, record.label));
            lines << tr("Predicted: %1").arg(classTitle(*list_.inspection, record.predicted));
            if (!mark.meaning.isEmpty()) lines << mark.meaning;
            if (const QString why = reason(*at); !why.isEmpty()) lines << why;
            return role == Qt::AccessibleTextRole ? QVariant(lines.join(QStringLiteral(", ")))
                                                  : QVariant(lines.join(QLatin1Char('\n')));
        }
        default:
            return {};
    }
}

int ThumbnailModel::positionOf(const QModelIndex& index) const {
    if (!index.isValid()) return -1;
    const int position = index.row() * columns_ + index.column();
    return position < static_cast<int>(list_.size()) ? position : -1;
}

QModelIndex ThumbnailModel::indexAt(int position) const {
    if (position < 0 || position >= static_cast<int>(list_.size())) return {};
    return index(position / columns_, position % columns_);
}

std::optional<std::uint32_t> ThumbnailModel::recordAt(const QModelIndex& index) const {
    const int position = positionOf(index);
    if (position < 0) return std::nullopt;
    return (*list_.records)[static_cast<std::size_t>(position)];
}

QModelIndex ThumbnailModel::indexOf(std::uint32_t record) const {
    return indexAt(record < positions_.size() ? positions_[record] : -1);
}

void ThumbnailModel::setThumbnail(std::uint32_t record, const QImage& image) {
    const int bytes = static_cast<int>(std::min<qsizetype>(image.sizeInBytes(), kCacheBytes));
    thumbnails_.insert(record, new QPixmap(QPixmap::fromImage(image)), bytes);
    reasons_.remove(record);
    changed(record);
}

void ThumbnailModel::setReason(std::uint32_t record, const QString& reason) {
    reasons_.insert(record, reason);
    changed(record);
}

void ThumbnailModel::clearThumbnails() {
    thumbnails_.clear();
    reasons_.clear();
    wanted_.clear();
    if (list_.size() > 0) emit dataChanged(index(0, 0), index(rowCount() - 1, columns_ - 1));
    askForMissing();
}

void ThumbnailModel::changed(std::uint32_t record) {
    if (const QModelIndex at = indexOf(record); at.isValid()) emit dataChanged(at, at);
}

void ThumbnailModel::setVisibleRows(int first, int last) {
    first = std::max(first, 0);
    last = std::min(last, rowCount() - 1);
    if (first == firstVisible_ && last == lastVisible_) return;
    firstVisible_ = first;
    lastVisible_ = last;
    askForMissing();
}

void ThumbnailModel::askForMissing() {
    QVector<quint32> missing;
    const auto add = [&](int firstRow, int lastRow) {
        const int begin = std::max(firstRow, 0) * columns_;
        const int end = std::min((lastRow + 1) * columns_, static_cast<int>(list_.size()));
        for (int i = begin; i < end; ++i) {
            const std::uint32_t record = (*list_.records)[static_cast<std::size_t>(i)];
            if (!thumbnails_.contains(record) && !reasons_.contains(record)) missing << record;
        }
    };
    const int screenful = lastVisible_ - firstVisible_ + 1;
    add(firstVisible_, lastVisible_);
    add(lastVisible_ + 1, lastVisible_ + screenful);
    add(firstVisible_ - screenful, firstVisible_ - 1);
    if (std::ranges::equal(missing, wanted_)) return;  // QList's own == reads a null pointer of empty ones
    wanted_ = missing;
    emit thumbnailsWanted(wanted_);
}

}  // namespace dicescope
