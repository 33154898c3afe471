#include <QHelpEvent>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "ui/plots/plot_canvas_internal.h"
#include "ui/plots/plot_legend_internal.h"

namespace dicescope {
namespace {

constexpr double kSmallestZoom = 1e-4;  // of the home range; beyond it tick labels get longer than the plot
constexpr double kKeyZoom = 0.8;
constexpr double kKeyPan = 0.1;
constexpr double kClickDistance = 3;  // pixels, as QCustomPlot has it
constexpr double kMarkSize = 9;

// An axis in the coordinates in which it is evenly spaced.
double spread(const QCPAxis* axis, double value) {
    return axis->scaleType() == QCPAxis::stLogarithmic ? std::log10(value) : value;
}
double unspread(const QCPAxis* axis, double value) {
    return axis->scaleType() == QCPAxis::stLogarithmic ? std::pow(10.0, value) : value;
}

}  // namespace

PlotCanvas::PlotCanvas(CanvasEvents& events, QWidget* parent) : QCustomPlot(parent), events_(events) {
    setObjectName(QStringLiteral("plotCanvas"));
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setInteractions(QCP::iRangeDrag | QCP::iRangeZoom);
    setPlottingHint(QCP::phFastPolylines);
    emptyText_ = new QCPItemText(this);
    emptyText_->position->setType(QCPItemPosition::ptViewportRatio);
    emptyText_->position->setCoords(0.5, 0.5);
    emptyText_->setClipToAxisRect(false);
    emptyText_->setLayer(moving());
    mark_ = new QCPItemTracer(this);
    mark_->setStyle(QCPItemTracer::tsCircle);
    mark_->setSize(kMarkSize);
    mark_->setBrush(Qt::NoBrush);
    mark_->setVisible(false);
    mark_->setLayer(moving());
    // Only now, as items are made for axes that are there.
    plotLayout()->clear();
    plotLayout()->setRowSpacing(2);
    legend_ = new PlotLegend(this);
    plotLayout()->addElement(0, 0, legend_);
    plotLayout()->setRowStretchFactor(0, 0.001);
    connect(this, &QCustomPlot::afterReplot, this, [this] { axesChanged_ = false; });
}

QCPAxisRect* PlotCanvas::addAxisRect() {
    auto* rect = new QCPAxisRect(this);
    rect->setLayer(QStringLiteral("background"));
    for (QCPAxis* axis : rect->axes()) {
        axis->setLayer(QStringLiteral("axes"));
        axis->grid()->setLayer(QStringLiteral("grid"));
        axis->setNumberFormat(QStringLiteral("g"));
        axis->setLabelPadding(2);
    }
    plotLayout()->addElement(plotLayout()->rowCount(), 0, rect);
    return rect;
}

void PlotCanvas::addAxis(QCPAxis* axis, bool anchored) {
    const std::size_t index = axes_.size();
    axes_.push_back({axis, axis->range(), anchored, false});
    connect(axis, qOverload<const QCPRange&>(&QCPAxis::rangeChanged), this,
            [this, index](const QCPRange& range) {
                axesChanged_ = true;
                if (!settingRange_) constrain(axes_[index], range);
            });
}

void PlotCanvas::setQuietly(QCPAxis* axis, const QCPRange& range) {
    settingRange_ = true;
    axis->setRange(range);
    settingRange_ = false;
}

void PlotCanvas::constrain(Zoomable& zoomable, QCPRange range) {
    const QCPAxis* axis = zoomable.axis;
    const double low = spread(axis, zoomable.home.lower);
    const double high = spread(axis, zoomable.home.upper);
    const double size = std::clamp(spread(axis, range.upper) - spread(axis, range.lower),
                                   kSmallestZoom * (high - low), high - low);
    const double start = zoomable.anchored ? low : std::clamp(spread(axis, range.lower), low, high - size);
    zoomable.zoomed = size < (1 - 1e-9) * (high - low);
    setQuietly(zoomable.axis, zoomable.zoomed ? QCPRange(unspread(axis, start), unspread(axis, start + size))
                                              : zoomable.home);
}

void PlotCanvas::setHome(QCPAxis* axis, const QCPRange& home) {
    for (Zoomable& zoomable : axes_) {
        if (zoomable.axis != axis) continue;
        zoomable.home = home;
        if (!zoomable.zoomed) setQuietly(axis, home);
    }
}

bool PlotCanvas::isZoomed(const QCPAxis* axis) const {
    return std::any_of(axes_.begin(), axes_.end(),
                       [&](const Zoomable& zoomable) { return zoomable.axis == axis && zoomable.zoomed; });
}

void PlotCanvas::resetAxes() {
    for (const Zoomable& zoomable : axes_) resetAxis(zoomable.axis);
}

void PlotCanvas::resetAxis(QCPAxis* axis) {
    for (Zoomable& zoomable : axes_) {
        if (zoomable.axis != axis) continue;
        zoomable.zoomed = false;
        setQuietly(axis, zoomable.home);
    }
}

void PlotCanvas::copyZoom(const PlotCanvas& other) {
    for (std::size_t i = 0; i < axes_.size(); ++i) {
        axes_[i].zoomed = other.axes_[i].zoomed;
        if (axes_[i].zoomed) setQuietly(axes_[i].axis, other.axes_[i].axis->range());
    }
}

void PlotCanvas::applyTheme(const Theme& theme, const QFont& font) {
    setBackground(QBrush(theme.background));
    focusColor_ = theme.id;
    const QPen line(theme.faintText, 1);
    for (QCPAxisRect* rect : axisRects()) {
        for (QCPAxis* axis : rect->axes()) {
            axis->setBasePen(line);
            axis->setTickPen(line);
            axis->setSubTickPen(line);
            axis->setTickLabelColor(theme.text);
            axis->setLabelColor(theme.text);
            axis->setTickLabelFont(font);
            axis->setLabelFont(font);
            axis->grid()->setPen(QPen(theme.grid, 1));
            axis->grid()->setZeroLinePen(Qt::NoPen);
        }
    }
    for (int i = 0; i < itemCount(); ++i) {
        auto* text = qobject_cast<QCPItemText*>(item(i));
        if (text == nullptr) continue;
        text->setFont(font);
        text->setColor(theme.text);
    }
    emptyText_->setColor(theme.faintText);
    legend_->setLook(font, theme.text, theme.faintText);
    fitMargins(font);
    fitTicks();
}

void PlotCanvas::setEmptyText(const QString& text) {
    emptyText_->setText(text);
    emptyText_->setVisible(!text.isEmpty());
    for (QCPAxisRect* rect : axisRects()) rect->setVisible(text.isEmpty());
}

bool PlotCanvas::markPoint(int axisRectIndex, QPointF point, const QColor& color) {
    const bool visible = axisRectIndex >= 0;
    if (visible == mark_->visible() && (!visible || mark_->position->coords() == point)) return false;
    mark_->setVisible(visible);
    if (!visible) return true;
    QCPAxisRect* rect = axisRect(axisRectIndex);
    mark_->setClipAxisRect(rect);
    mark_->position->setAxisRect(rect);
    mark_->position->setAxes(rect->axis(QCPAxis::atBottom), rect->axis(QCPAxis::atLeft));
    mark_->position->setCoords(point);
    mark_->setPen(QPen(color, 2));
    return true;
}

void PlotCanvas::addHeading(const QString& text, const QFont& font, const QColor& color) {
    plotLayout()->insertRow(0);
    auto* heading = new QCPTextElement(this, text, font);
    heading->setTextColor(color);
    heading->setLayer(QStringLiteral("legend"));
    plotLayout()->addElement(0, 0, heading);
}

void PlotCanvas::fitTo(QSize size) {
    setViewport(QRect(QPoint(), size));
    fitTicks();
}

void PlotCanvas::redraw(bool everything) {
    if (everything || axesChanged_) {
        replot(rpQueuedRefresh);
    } else {
        moving()->replot();
    }
}

// Room for what tick labels usually need, so that the axes stay where they are while the labels change; and
// for the half of a label that reaches past an axis at its ends.
void PlotCanvas::fitMargins(const QFont& font) {
    const QFontMetrics metrics(font);
    const int left =
        metrics.height() + metrics.horizontalAdvance(QStringLiteral("0.0000")) + metrics.height() / 2;
    const int ends = metrics.height() / 3;
    for (QCPAxisRect* rect : axisRects())
        rect->setMinimumMargins(QMargins(left, ends, 2 * metrics.averageCharWidth(), ends));
}

// As many ticks as their labels leave room for.
void PlotCanvas::fitTicks() {
    const int rects = axisRectCount();
    if (rects == 0) return;
    const QFontMetrics metrics(axisRect(0)->axis(QCPAxis::atBottom)->tickLabelFont());
    const auto fitted = [](int pixels, int label) { return std::clamp(pixels / label, 2, 6); };
    for (QCPAxisRect* rect : axisRects()) {
        rect->axis(QCPAxis::atBottom)
            ->ticker()
            ->setTickCount(fitted(viewport().width(), 9 * metrics.averageCharWidth()));
        rect->axis(QCPAxis::atLeft)
            ->ticker()
            ->setTickCount(fitted(viewport().height() / rects, 3 * metrics.height()));
    }
}

bool PlotCanvas::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QCustomPlot::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const QString text = events_.toolTip(help->pos());
    // An empty text hides the last tip.
    QToolTip::showText(help->globalPos(), text, this);
    return true;
}

void PlotCanvas::paintEvent(QPaintEvent* event) {
    events_.settle();
    QCustomPlot::paintEvent(event);
    if (!hasFocus()) return;
    QPainter painter(this);
    painter.setPen(QPen(focusColor_, 1));
    painter.drawRect(rect().adjusted(0, 0, -1, -1));
}

void PlotCanvas::resizeEvent(QResizeEvent* event) {
    fitTo(size());
    QCustomPlot::resizeEvent(event);
}

void PlotCanvas::mousePressEvent(QMouseEvent* event) {
    pressed_ = event->button() == Qt::LeftButton;
    pressedAt_ = event->position();
    events_.settle();
    grabbed_ = pressed_ && events_.grab(pressedAt_);
    if (grabbed_) {
        events_.drag(pressedAt_);
    } else if (pressed_) {
        QCustomPlot::mousePressEvent(event);
    }
}

void PlotCanvas::mouseMoveEvent(QMouseEvent* event) {
    if (grabbed_) {
        events_.drag(event->position());
    } else {
        QCustomPlot::mouseMoveEvent(event);
        if (event->buttons() == Qt::NoButton) events_.hover(event->position());
    }
}

void PlotCanvas::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || !pressed_) return;
    pressed_ = false;
    if (grabbed_) {
        grabbed_ = false;
        return;
    }
    QCustomPlot::mouseReleaseEvent(event);
    if ((event->position() - pressedAt_).manhattanLength() <= kClickDistance)
        events_.click(event->position());
}

void PlotCanvas::mouseDoubleClickEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return;
    if (legend_->entryAt(event->position()) >= 0) {
        events_.click(event->position());
    } else {
        events_.reset(true);
    }
}

void PlotCanvas::leaveEvent(QEvent* event) {
    events_.leave();
    QCustomPlot::leaveEvent(event);
}

void PlotCanvas::contextMenuEvent(QContextMenuEvent* event) {
    events_.contextMenu(event->globalPos());
}

void PlotCanvas::zoomBy(double factor) {
    for (const Zoomable& zoomable : axes_) {
        const QCPRange range = zoomable.axis->range();
        const double middle = (spread(zoomable.axis, range.lower) + spread(zoomable.axis, range.upper)) / 2;
        zoomable.axis->scaleRange(factor, unspread(zoomable.axis, middle));
    }
    redraw(true);
}

void PlotCanvas::panBy(double horizontal, double vertical) {
    for (const Zoomable& zoomable : axes_) {
        QCPAxis* axis = zoomable.axis;
        const double share = axis->orientation() == Qt::Horizontal ? horizontal : vertical;
        const double low = spread(axis, axis->range().lower);
        const double high = spread(axis, axis->range().upper);
        const double step = share * (high - low);
        axis->setRange(unspread(axis, low + step), unspread(axis, high + step));
    }
    redraw(true);
}

void PlotCanvas::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
        case Qt::Key_Plus:
        case Qt::Key_Equal:
            return zoomBy(kKeyZoom);
        case Qt::Key_Minus:
            return zoomBy(1 / kKeyZoom);
        case Qt::Key_Left:
            return panBy(-kKeyPan, 0);
        case Qt::Key_Right:
            return panBy(kKeyPan, 0);
        case Qt::Key_Up:
            return panBy(0, kKeyPan);
        case Qt::Key_Down:
            return panBy(0, -kKeyPan);
        case Qt::Key_Home:
            return events_.reset(false);
        default:
            QCustomPlot::keyPressEvent(event);
    }
}

}  // namespace dicescope
