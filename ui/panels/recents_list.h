#pragma once

#include <QListView>

namespace dicescope {

class RecentsModel;

/// The list of recent sessions in two lines each; a click or Enter opens one. As high as its rows.
class RecentsList : public QListView {
    Q_OBJECT

  public:
    explicit RecentsList(RecentsModel* recents, QWidget* parent = nullptr);

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

  signals:
    void opened(const QString& path);

  protected:
    void keyPressEvent(QKeyEvent* event) override;

  private:
    void open(const QModelIndex& index);
};

}  // namespace dicescope
