#pragma once

#include <QPushButton>

namespace dicescope {

/// A small button with three dots that opens a menu; reachable by Tab, opened by Space.
class MoreButton : public QPushButton {
    Q_OBJECT

  public:
    MoreButton(const QString& objectName, const QString& purpose, QWidget* parent = nullptr);

    [[nodiscard]] QSize sizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;
};

}  // namespace dicescope
