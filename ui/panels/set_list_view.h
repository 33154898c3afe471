#pragma once

#include <QListView>

namespace dicescope {

class SetDelegate;
class SetListModel;

/// The list of a SetListModel: as high as its rows, up to a limit; rows are dragged to reorder them and
/// folders are dropped onto it. Its actions (rename F2, remove Del, move Alt+Up and Alt+Down, skipped files)
/// act on the current row and are enabled where they can.
class SetListView : public QListView {
    Q_OBJECT

  public:
    explicit SetListView(SetListModel* sets, QWidget* parent = nullptr);

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

  signals:
    void skippedRequested(int row);

  protected:
    void mouseMoveEvent(QMouseEvent* event) override;
    void changeEvent(QEvent* event) override;

  private:
    void addActions();
    QAction* addKeyAction(const QString& name, const QString& text, const QKeySequence& keys,
                          void (SetListView::*act)());
    void enableActions();
    void renameCurrent();
    void removeCurrent();
    void moveCurrentUp();
    void moveCurrentDown();
    void moveCurrent(int step);
    void showSkipped();

    SetListModel* sets_;
    SetDelegate* delegate_;
    QAction* rename_ = nullptr;
    QAction* remove_ = nullptr;
    QAction* up_ = nullptr;
    QAction* down_ = nullptr;
    QAction* skipped_ = nullptr;
};

}  // namespace dicescope
