#pragma once

#include <QPushButton>

namespace dicescope {

/// A button that looks like a link: underlined, in the palette's link colour, without a frame.
class LinkButton : public QPushButton {
    Q_OBJECT

  public:
    explicit LinkButton(const QString& objectName, QWidget* parent = nullptr);

    [[nodiscard]] QSize sizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;
};

}  // namespace dicescope
