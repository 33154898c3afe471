#pragma once

#include <QWidget>

class QLineEdit;
class QToolButton;
class QSortFilterProxyModel;
class QTreeView;

namespace dicescope {

class DetectorListModel;

/// The list of detectors with a filter and buttons to check, add and remove. Space checks the current row,
/// Del removes a further one. GUI thread.
class DetectorList : public QWidget {
    Q_OBJECT

  public:
    explicit DetectorList(QWidget* parent = nullptr);

    [[nodiscard]] DetectorListModel& detectors() const { return *model_; }
    /// Row of the current detector in detectors(); -1: none.
    [[nodiscard]] int currentRow() const;
    void setCurrentRow(int row);

  signals:
    void currentChanged();  ///< another row is current, or the settings of this one are others

  protected:
    void changeEvent(QEvent* event) override;

  private:
    void build();
    void sizeColumns();
    void enableButtons();
    void duplicateCurrent();
    void removeCurrent();

    DetectorListModel* model_;
    QSortFilterProxyModel* proxy_;
    QLineEdit* filter_;
    QTreeView* tree_;
    QToolButton* quick_;
    QToolButton* none_;
    QToolButton* duplicate_;
    QToolButton* remove_;
};

}  // namespace dicescope
