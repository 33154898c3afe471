#pragma once

#include <QSortFilterProxyModel>
#include <QTableView>

#include "ui/base/theme.h"

namespace dicescope {

class ComparisonDelegate;
class ComparisonModel;

/// Sorts a ComparisonModel by any column, rows without a value last in either direction.
class ComparisonOrder : public QSortFilterProxyModel {
    Q_OBJECT

  public:
    using QSortFilterProxyModel::QSortFilterProxyModel;
    void sort(int column, Qt::SortOrder order) override;

  protected:
    [[nodiscard]] bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;

  private:
    Qt::SortOrder order_ = Qt::AscendingOrder;
};

/// The table of a comparison. Rank and name stay in place while the rest scrolls; a click on a header sorts;
/// Ctrl+C copies the selected rows, all without a selection. GUI thread.
class ComparisonTable : public QTableView {
    Q_OBJECT

  public:
    explicit ComparisonTable(ComparisonModel& model, QWidget* parent = nullptr);
    ~ComparisonTable() override;

    void setFilter(const QString& text);
    void setTheme(const Theme& theme);
    /// Row of the model that is current; -1: none.
    [[nodiscard]] int currentModelRow() const;
    void setCurrentModelRow(int row);
    void copyRows() const;

  signals:
    void currentModelRowChanged(int row);

  protected:
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    QModelIndex moveCursor(CursorAction action, Qt::KeyboardModifiers modifiers) override;
    void scrollTo(const QModelIndex& index, ScrollHint hint = EnsureVisible) override;

  private:
    void buildFrozen();
    void afterReset();
    void sortBy(int column, Qt::SortOrder order);
    void fitColumns();
    void placeFrozen();
    /// A sentence takes the place of all numbers of its row.
    void spanSentences();

    ComparisonModel& model_;
    ComparisonOrder* order_;
    ComparisonDelegate* delegate_;
    QTableView* frozen_;  ///< over the left edge: the columns that do not scroll
};

}  // namespace dicescope
