#include "ui/panels/swatch.h"

#include <QPainter>

namespace dicescope {

Swatch::Swatch(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void Swatch::setColour(const QColor& colour, bool hollow) {
    colour_ = colour;
    hollow_ = hollow;
    update();
}

QSize Swatch::sizeHint() const {
    const int side = fontMetrics().height() * 2 / 3;
    return {side, side};
}

void Swatch::paintEvent(QPaintEvent* /*event*/) {
    if (!colour_.isValid()) return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(hollow_ ? QPen(colour_, 2) : QPen(colour_.darker(130)));
    painter.setBrush(hollow_ ? QBrush(Qt::NoBrush) : QBrush(colour_));
    const qreal inset = hollow_ ? 1 : 0.5;
    painter.drawRoundedRect(QRectF(rect()).adjusted(inset, inset, -inset, -inset), 2, 2);
}

}  // namespace dicescope
