#pragma once

#include <QAbstractTableModel>
#include <QSortFilterProxyModel>
#include <span>
#include <vector>

#include "core/features/feature_set.h"

namespace dicescope {

/// Skipped files as a table of path and reason. Never changes.
class SkippedFilesModel : public QAbstractTableModel {
    Q_OBJECT

  public:
    enum Column { Path, Reason, ColumnCount };

    explicit SkippedFilesModel(std::span<const SkippedFile> files, QObject* parent = nullptr);

    [[nodiscard]] const SkippedFile& file(int row) const { return files_[static_cast<std::size_t>(row)]; }
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  private:
    std::vector<SkippedFile> files_;
};

/// Sorts a SkippedFilesModel by path in natural order ("img2" before "img10") or by reason, and keeps the
/// rows that hold a text in either column.
class SkippedFilesFilter : public QSortFilterProxyModel {
    Q_OBJECT

  public:
    explicit SkippedFilesFilter(SkippedFilesModel* files, QObject* parent = nullptr);

    void setText(const QString& text);

  protected:
    [[nodiscard]] bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;
    [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

  private:
    SkippedFilesModel* files_;
    QString text_;
};

}  // namespace dicescope
