#pragma once

#include <QColor>
#include <QWidget>

namespace dicescope {

/// A small square in the colour that a set has in the plots; hollow for one that is not plotted.
class Swatch : public QWidget {
    Q_OBJECT

  public:
    explicit Swatch(QWidget* parent = nullptr);

    void setColour(const QColor& colour, bool hollow);
    [[nodiscard]] QSize sizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    QColor colour_;
    bool hollow_ = false;
};

}  // namespace dicescope
