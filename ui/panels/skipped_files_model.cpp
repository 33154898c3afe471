#include "ui/panels/skipped_files_model.h"

#include "core/images/image_folder.h"

namespace dicescope {

SkippedFilesModel::SkippedFilesModel(std::span<const SkippedFile> files, QObject* parent)
    : QAbstractTableModel(parent), files_(files.begin(), files.end()) {}

int SkippedFilesModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(files_.size());
}

int SkippedFilesModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant SkippedFilesModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole) return {};
    const SkippedFile& skipped = file(index.row());
    const QString text = QString::fromStdString(index.column() == Path ? skipped.path : skipped.reason);
    // Only rich text wraps in a tool tip.
    return role == Qt::DisplayRole ? text
                                   : QLatin1String("<qt>") + text.toHtmlEscaped() + QLatin1String("</qt>");
}

QVariant SkippedFilesModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) return {};
    return section == Path ? tr("File") : tr("Reason");
}

SkippedFilesFilter::SkippedFilesFilter(SkippedFilesModel* files, QObject* parent)
    : QSortFilterProxyModel(parent), files_(files) {
    setSourceModel(files);
}

void SkippedFilesFilter::setText(const QString& text) {
    text_ = text.trimmed();
    invalidateRowsFilter();
}

bool SkippedFilesFilter::lessThan(const QModelIndex& left, const QModelIndex& right) const {
    const SkippedFile& a = files_->file(left.row());
    const SkippedFile& b = files_->file(right.row());
    if (left.column() == SkippedFilesModel::Reason && a.reason != b.reason) return a.reason < b.reason;
    return naturalLess(a.path, b.path);
}

bool SkippedFilesFilter::filterAcceptsRow(int row, const QModelIndex& /*parent*/) const {
    if (text_.isEmpty()) return true;
    const SkippedFile& skipped = files_->file(row);
    return QString::fromStdString(skipped.path).contains(text_, Qt::CaseInsensitive) ||
           QString::fromStdString(skipped.reason).contains(text_, Qt::CaseInsensitive);
}

}  // namespace dicescope
