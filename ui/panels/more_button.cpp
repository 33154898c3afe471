#include "ui/panels/more_button.h"

#include <QMenu>
#include <QStyleOptionButton>
#include <QStylePainter>

#include "ui/panels/icons.h"
#include "ui/panels/panel_text.h"

namespace dicescope {

MoreButton::MoreButton(const QString& objectName, const QString& purpose, QWidget* parent)
    : QPushButton(parent) {
    setObjectName(objectName);
    setAccessibleName(purpose);
    setToolTip(wrappedTip(purpose));
    setIcon(symbolicIcon(QStringLiteral("more")));
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setMenu(new QMenu(this));
}

QSize MoreButton::sizeHint() const {
    const int height = QPushButton::sizeHint().height();
    return {height, height};
}

void MoreButton::paintEvent(QPaintEvent* /*event*/) {
    // As a push button, without the arrow that a menu adds: the dots say it.
    QStylePainter painter(this);
    QStyleOptionButton option;
    initStyleOption(&option);
    option.features &= ~QStyleOptionButton::HasMenu;
    painter.drawControl(QStyle::CE_PushButton, option);
}

}  // namespace dicescope
