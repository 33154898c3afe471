#include <QHBoxLayout>
#include <QPainter>
#include <QPainterPath>
#include <cmath>

#include "ui/plots/plot_title_row_internal.h"

namespace dicescope {
namespace {

constexpr int kIconSide = 16;
constexpr int kIconScale = 4;  // drawn that much larger, for high resolutions

QIcon drawnIcon(const QColor& color, const QPainterPath& path) {
    QPixmap pixmap(kIconSide * kIconScale, kIconSide * kIconScale);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.scale(kIconScale, kIconScale);
    painter.setPen(QPen(color, 1.5, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.drawPath(path);
    return QIcon(pixmap);
}

// Four corners, pointing outwards, or inwards where the plot is maximised.
QPainterPath cornersPath(bool inwards) {
    QPainterPath path;
    for (const QPointF corner : {QPointF(-1, -1), QPointF(1, -1), QPointF(1, 1), QPointF(-1, 1)}) {
        const QPointF centre(8, 8);
        const QPointF tip = centre + corner * (inwards ? 2 : 5.5);
        const double arm = inwards ? 3.5 : -3.5;
        path.moveTo(tip + QPointF(corner.x() * arm, 0));
        path.lineTo(tip);
        path.lineTo(tip + QPointF(0, corner.y() * arm));
    }
    return path;
}

// An arrow that goes round.
QPainterPath resetPath() {
    QPainterPath path;
    const QRectF circle(3, 3, 10, 10);
    path.arcMoveTo(circle, 60);
    path.arcTo(circle, 60, 290);
    path.moveTo(11.5, 0.8);
    path.lineTo(10.6, 3.8);
    path.lineTo(13.6, 4.8);
    return path;
}

QToolButton* newButton(const char* objectName, QWidget* parent) {
    auto* button = new QToolButton(parent);
    button->setObjectName(QLatin1String(objectName));
    button->setAutoRaise(true);
    button->setFocusPolicy(Qt::TabFocus);
    return button;
}

}  // namespace

ReadingLabel::ReadingLabel(QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("plotReading"));
    setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
}

void ReadingLabel::setText(const QString& text, const QColor& color) {
    if (text == text_ && color == color_) return;
    text_ = text;
    color_ = color;
    update();
}

QSize ReadingLabel::sizeHint() const {
    return {fontMetrics().averageCharWidth() * 20, fontMetrics().height()};
}

void ReadingLabel::paintEvent(QPaintEvent* /*event*/) {
    QPainter painter(this);
    painter.setPen(color_);
    painter.drawText(rect(), Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                     fontMetrics().elidedText(text_, Qt::ElideRight, width()));
}

PlotTitleRow::PlotTitleRow(const QString& title, QWidget* parent)
    : QWidget(parent),
      layout_(new QHBoxLayout(this)),
      title_(new QLabel(title, this)),
      reading_(new ReadingLabel(this)),
      progress_(new QLabel(this)),
      reset_(newButton("resetButton", this)),
      maximise_(newButton("maximiseButton", this)) {
    title_->setObjectName(QStringLiteral("plotTitle"));
    title_->setTextFormat(Qt::PlainText);
    QFont bold = title_->font();
    bold.setBold(true);
    title_->setFont(bold);
    progress_->setObjectName(QStringLiteral("plotProgress"));
    progress_->setToolTip(tr("The share of the images that the values shown are computed from so far."));
    progress_->hide();
    reset_->setAccessibleName(tr("Reset view of %1").arg(title));
    reset_->setToolTip(tr("Show the whole ranges again (Home, or a double click in the plot)"));
    const int margin = fontMetrics().averageCharWidth() / 2;
    layout_->setContentsMargins(margin, 0, 0, 0);
    layout_->setSpacing(fontMetrics().averageCharWidth());
    layout_->addWidget(title_);
    layout_->addWidget(reading_, 1);
    layout_->addWidget(progress_);
    layout_->addWidget(reset_);
    layout_->addWidget(maximise_);
    setMaximised(false);
}

void PlotTitleRow::addBeforeButtons(QWidget* widget) {
    layout_->insertWidget(layout_->indexOf(reset_), widget);
}

void PlotTitleRow::setProgress(double share) {
    const bool whole = share >= 1;
    // Rounded down, so that 100 % is not said before it is true.
    if (!whole) progress_->setText(tr("%1 % of images").arg(std::floor(share * 100)));
    progress_->setVisible(!whole);
}

void PlotTitleRow::setMaximised(bool maximised) {
    maximised_ = maximised;
    const QString name = maximised ? tr("Restore %1") : tr("Maximise %1");
    maximise_->setAccessibleName(name.arg(title_->text()));
    maximise_->setToolTip(maximised ? tr("Show all plots again") : tr("Let this plot fill the window"));
    refreshIcons();
}

void PlotTitleRow::refreshIcons() {
    if (!iconColor_.isValid()) return;
    maximise_->setIcon(drawnIcon(iconColor_, cornersPath(maximised_)));
    reset_->setIcon(drawnIcon(iconColor_, resetPath()));
}

void PlotTitleRow::applyTheme(const Theme& theme) {
    iconColor_ = theme.text;
    refreshIcons();
    QPalette faint = progress_->palette();
    faint.setColor(QPalette::WindowText, theme.faintText);
    progress_->setPalette(faint);
}

}  // namespace dicescope
