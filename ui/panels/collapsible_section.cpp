#include "ui/panels/collapsible_section.h"

#include <QStyleOptionFocusRect>
#include <QStylePainter>
#include <QToolButton>
#include <QVBoxLayout>

namespace dicescope {
namespace {

/// Looks like the other headings, with an arrow: no frame, flush left.
class HeadingButton : public QToolButton {
  public:
    using QToolButton::QToolButton;

  protected:
    void paintEvent(QPaintEvent* /*event*/) override {
        QStylePainter painter(this);
        const int side = fontMetrics().height() * 2 / 3;
        QStyleOption arrow;
        arrow.initFrom(this);
        arrow.rect = QRect(0, (height() - side) / 2, side, side);
        painter.drawPrimitive(isChecked() ? QStyle::PE_IndicatorArrowDown : QStyle::PE_IndicatorArrowRight,
                              arrow);
        const QRect words = rect().adjusted(side * 3 / 2, 0, 0, 0);
        painter.drawItemText(words, static_cast<int>(Qt::AlignLeft | Qt::AlignVCenter), palette(),
                             isEnabled(), text(), QPalette::WindowText);
        if (!hasFocus()) return;
        QStyleOptionFocusRect focus;
        focus.initFrom(this);
        painter.drawPrimitive(QStyle::PE_FrameFocusRect, focus);
    }
};

}  // namespace

CollapsibleSection::CollapsibleSection(const QString& title, const QString& objectName, QWidget* content,
                                       QWidget* parent)
    : QWidget(parent), heading_(new HeadingButton(this)), content_(content) {
    heading_->setObjectName(objectName);
    heading_->setCheckable(true);
    heading_->setToolButtonStyle(Qt::ToolButtonTextOnly);
    heading_->setFocusPolicy(Qt::StrongFocus);
    heading_->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    QFont font = heading_->font();
    font.setBold(true);
    heading_->setFont(font);
    setTitle(title);

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(heading_);
    layout->addWidget(content_);
    connect(heading_, &QToolButton::toggled, this, &CollapsibleSection::setUnfolded);
    setUnfolded(false);
}

void CollapsibleSection::setUnfolded(bool unfolded) {
    heading_->setChecked(unfolded);
    heading_->setAccessibleDescription(unfolded ? tr("unfolded") : tr("folded"));
    content_->setVisible(unfolded);
}

bool CollapsibleSection::isUnfolded() const {
    return heading_->isChecked();
}

void CollapsibleSection::setTitle(const QString& title) {
    heading_->setText(title);
    heading_->setAccessibleName(title);
}

}  // namespace dicescope
