#include "ui/panels/sparsity_groove.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <QToolTip>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>
#include <utility>

#include "ui/base/theme.h"
#include "ui/panels/metric_text.h"
#include "ui/panels/panel_text.h"

namespace dicescope {

/// Where things lie, from the font's size, for a left-to-right layout; x() mirrors it where needed.
struct SparsityGroove::Layout {
    explicit Layout(const SparsityGroove& groove) : width(groove.width()) {
        const QFontMetricsF metrics(groove.font());
        const double em = metrics.height();
        const double denseWidth = metrics.horizontalAdvance(denseText());
        const double zeroWidth = metrics.horizontalAdvance(QStringLiteral("0"));
        radius = 0.42 * em;
        mark = 0.34 * em;
        markY = mark + 1;
        grooveY = markY + mark + 0.1 * em + radius;
        tickTop = grooveY + radius + 0.12 * em;
        tickBottom = tickTop + 0.3 * em;
        chosenY = tickTop + mark;
        labelTop = tickTop + 2 * mark;
        height = labelTop + em;
        stopX = std::max(radius + 2, denseWidth / 2 + 1);
        zeroX = stopX + std::max(2 * em, (denseWidth + zeroWidth) / 2 + 0.5 * em);
        fullX =
            std::max(zeroX + 1, width - std::max(radius + 2, metrics.horizontalAdvance(fullText()) / 2 + 1));
        rightToLeft = groove.isRightToLeft();
    }

    static QString denseText() { return SparsityGroove::tr("dense"); }
    static QString fullText() { return percentLevelText(100, 0); }

    [[nodiscard]] double x(double leftToRight) const {
        return rightToLeft ? width - leftToRight : leftToRight;
    }
    [[nodiscard]] double percentX(double p) const { return x(zeroX + p / 100 * (fullX - zeroX)); }

    double width;
    double radius;  ///< of the handle
    double mark;    ///< half the size of a mark
    double markY;   ///< middle of the triangle for the best level
    double grooveY;
    double tickTop;
    double tickBottom;
    double chosenY;  ///< middle of the diamond for the chosen level
    double labelTop;
    double height;
    double stopX;  ///< the dense head
    double zeroX;  ///< p = 0
    double fullX;  ///< p = 100
    bool rightToLeft;
};

namespace {

QPolygonF triangle(QPointF middle, double half) {
    return {{middle + QPointF(-half, -half), middle + QPointF(half, -half), middle + QPointF(0, half)}};
}

QPolygonF diamond(QPointF middle, double half) {
    return {{middle + QPointF(-half, 0), middle + QPointF(0, -half), middle + QPointF(half, 0),
             middle + QPointF(0, half)}};
}

}  // namespace

struct SparsityGroove::Painter {
    Painter(const SparsityGroove& widget, QPainter& target)
        : groove(widget), painter(target), layout(widget), theme(themeOf(widget.palette())) {
        painter.setRenderHint(QPainter::Antialiasing);
        enabled = groove.isEnabled();
        text = groove.palette().color(enabled ? QPalette::Active : QPalette::Disabled, QPalette::WindowText);
        faint = enabled ? theme.faintText : text;
        accent = enabled ? theme.current : text;
    }

    void groovePart(double from, double to, const QColor& color) {
        const double half = layout.radius * 0.28;
        const QRectF part(QPointF(std::min(from, to), layout.grooveY - half),
                          QPointF(std::max(from, to), layout.grooveY + half));
        painter.setPen(Qt::NoPen);
        painter.setBrush(color);
        painter.drawRoundedRect(part, half, half);
    }

    void paintGroove() {
        QColor track = text;
        track.setAlphaF(0.22F);
        groovePart(layout.percentX(0), layout.percentX(100), track);
        const int value = groove.value();
        if (value >= 0 && enabled) {
            QColor dropped = accent;
            dropped.setAlphaF(0.55F);
            groovePart(layout.percentX(0), groove.pointOf(value).x(), dropped);
        }
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(faint, 1.2));
        const double ring = layout.radius * 0.6;
        painter.drawEllipse(QPointF(layout.x(layout.stopX), layout.grooveY), ring, ring);
    }

    void paintLabel(double x, const QString& label) {
        const double half = groove.fontMetrics().horizontalAdvance(label);
        painter.drawText(QRectF(x - half, layout.labelTop, 2 * half, layout.height - layout.labelTop),
                         Qt::AlignHCenter | Qt::AlignTop, label);
    }

    void paintScale() {
        painter.setPen(QPen(faint, 1));
        for (int p = 0; p <= 100; p += 10) {
            const double x = layout.percentX(p);
            painter.drawLine(QPointF(x, layout.tickTop), QPointF(x, layout.tickBottom));
        }
        painter.setPen(text);
        paintLabel(layout.x(layout.stopX), Layout::denseText());
        const double room = (layout.fullX - layout.zeroX) / 100;
        const QFontMetricsF metrics(groove.font());
        // Labels at every tick where they fit, else at every second or fifth, else at the ends.
        const double widest = metrics.horizontalAdvance(Layout::fullText()) + metrics.height() * 0.4;
        int step = 10;
        while (step < 100 && room * step < widest) step = step == 10 ? 20 : step == 20 ? 50 : 100;
        for (int p = 0; p < 100; p += step) paintLabel(layout.percentX(p), QString::number(p));
        paintLabel(layout.percentX(100), Layout::fullText());
    }

    void paintMarks() {
        // The rim of background keeps a mark apart from a tick that it covers.
        painter.setPen(QPen(groove.palette().color(QPalette::Window), 1));
        if (groove.best_) {
            painter.setBrush(enabled ? theme.best : text);
            painter.drawPolygon(triangle({groove.pointOf(*groove.best_).x(), layout.markY}, layout.mark));
        }
        if (groove.chosen_) {
            painter.setBrush(text);
            painter.drawPolygon(diamond({groove.pointOf(*groove.chosen_).x(), layout.chosenY}, layout.mark));
        }
    }

    void paintHandle() {
        const QPointF middle = groove.pointOf(groove.value());
        const bool lit = enabled && (groove.isSliderDown() || groove.underMouse());
        painter.setPen(QPen(groove.palette().color(QPalette::Window), 1.5));
        painter.setBrush(lit ? accent.lighter(115) : accent);
        painter.drawEllipse(middle, layout.radius, layout.radius);
        if (!groove.hasFocus()) return;
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(groove.palette().color(QPalette::Highlight), 2));
        painter.drawEllipse(middle, layout.radius + 1, layout.radius + 1);
    }

    const SparsityGroove& groove;
    QPainter& painter;
    Layout layout;
    Theme theme;
    bool enabled = true;
    QColor text;
    QColor faint;
    QColor accent;
};

SparsityGroove::SparsityGroove(QWidget* parent) : QAbstractSlider(parent) {
    setOrientation(Qt::Horizontal);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAttribute(Qt::WA_Hover);
    setRange(kDense, kDense);
}

void SparsityGroove::setLevels(std::vector<double> levels) {
    levels_ = std::move(levels);
    best_.reset();
    chosen_.reset();
    setRange(kDense, static_cast<int>(levels_.size()) - 1);
    setPageStep(std::max(1, nearest(10) - nearest(0)));
    update();
}

void SparsityGroove::setMarks(std::optional<int> best, std::optional<int> chosen) {
    if (best == best_ && chosen == chosen_) return;
    best_ = best;
    chosen_ = chosen;
    update();
}

int SparsityGroove::nearest(double p) const {
    if (levels_.empty()) return kDense;
    const auto above = std::lower_bound(levels_.begin(), levels_.end(), p);
    if (above == levels_.begin()) return 0;
    const auto index = static_cast<int>(above - levels_.begin());
    if (above == levels_.end()) return index - 1;
    return *above - p < p - *(above - 1) ? index : index - 1;
}

int SparsityGroove::moved(double percent) const {
    if (levels_.empty()) return kDense;
    if (value() == kDense) return percent > 0 ? 0 : kDense;
    if (value() == 0 && percent < 0) return kDense;
    const int current = value();
    int next = nearest(levels_[static_cast<std::size_t>(current)] + percent);
    if (next == current) next += percent > 0 ? 1 : -1;
    return std::clamp(next, 0, maximum());
}

QSize SparsityGroove::sizeHint() const {
    return {40 * fontMetrics().height(), minimumSizeHint().height()};
}

QSize SparsityGroove::minimumSizeHint() const {
    return {14 * fontMetrics().height(), static_cast<int>(std::ceil(Layout(*this).height)) + 1};
}

QPointF SparsityGroove::pointOf(int value) const {
    const Layout layout(*this);
    if (value < 0 || value >= static_cast<int>(levels_.size())) {
        return {layout.x(layout.stopX), layout.grooveY};
    }
    return {layout.percentX(levels_[static_cast<std::size_t>(value)]), layout.grooveY};
}

int SparsityGroove::valueAt(double x) const {
    const Layout layout(*this);
    const double leftToRight = layout.x(x);
    if (leftToRight < (layout.stopX + layout.zeroX) / 2) return kDense;
    return nearest(100 * (leftToRight - layout.zeroX) / (layout.fullX - layout.zeroX));
}

std::optional<int> SparsityGroove::markAt(QPointF point) const {
    const Layout layout(*this);
    const auto near = [&](std::optional<int> mark, double y) {
        if (!mark) return false;
        const QPointF distance = point - QPointF(pointOf(*mark).x(), y);
        return std::max(std::abs(distance.x()), std::abs(distance.y())) <= layout.mark + 1;
    };
    if (near(best_, layout.markY)) return best_;
    if (near(chosen_, layout.chosenY)) return chosen_;
    return std::nullopt;
}

QString SparsityGroove::toolTipAt(QPointF point) const {
    const auto textOf = [this](int value) {
        return value < 0 ? tr("dense") : percentLevelText(levels_[static_cast<std::size_t>(value)]);
    };
    if (const auto mark = markAt(point)) {
        const bool upper = point.y() < Layout(*this).grooveY;
        if (upper && mark == best_) {
            return tr("Best p: %1. Found by looking at the reported sets themselves, so it is a bound and "
                      "not a "
                      "result.")
                .arg(textOf(*mark));
        }
        return tr("Chosen p: %1, the best one on the sets that p is chosen on.").arg(textOf(*mark));
    }
    if (levels_.empty()) return tr("There is no sweep yet.");
    return tr("p: the percentage of the head's weights that are dropped, the lowest in the ranking first. "
              "Here: %1")
        .arg(textOf(valueAt(point.x())));
}

bool SparsityGroove::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        QToolTip::showText(help->globalPos(), wrappedTip(toolTipAt(help->pos())), this);
        return true;
    }
    return QAbstractSlider::event(event);
}

void SparsityGroove::paintEvent(QPaintEvent*) {
    QPainter target(this);
    Painter painter(*this, target);
    painter.paintGroove();
    painter.paintScale();
    painter.paintMarks();
    painter.paintHandle();
}

void SparsityGroove::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) {
        event->ignore();
        return;
    }
    setSliderDown(true);
    // A mark covers several fine levels; a click on it means the marked one.
    setValue(markAt(event->position()).value_or(valueAt(event->position().x())));
    update();
}

void SparsityGroove::mouseMoveEvent(QMouseEvent* event) {
    if (isSliderDown()) setValue(valueAt(event->position().x()));
}

void SparsityGroove::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return;
    setSliderDown(false);
    update();
}

void SparsityGroove::keyPressEvent(QKeyEvent* event) {
    const int forward = isRightToLeft() ? -1 : 1;
    const auto step = [this](int levels) { setValue(std::clamp(value() + levels, minimum(), maximum())); };
    switch (event->key()) {
        case Qt::Key_Right:
            return step(forward);
        case Qt::Key_Left:
            return step(-forward);
        case Qt::Key_Up:
            return step(1);
        case Qt::Key_Down:
            return step(-1);
        case Qt::Key_PageUp:
            return setValue(moved(10));
        case Qt::Key_PageDown:
            return setValue(moved(-10));
        case Qt::Key_Home:
            return setValue(minimum());
        case Qt::Key_End:
            return setValue(maximum());
        default:
            event->ignore();
    }
}

void SparsityGroove::wheelEvent(QWheelEvent* event) {
    constexpr int kNotch = QWheelEvent::DefaultDeltasPerStep;
    const QPoint angle = event->angleDelta();
    // Qt counts scrolling to the right as negative.
    const int sideways = isRightToLeft() ? angle.x() : -angle.x();
    const int delta = std::abs(angle.x()) > std::abs(angle.y()) ? sideways : angle.y();
    if ((delta > 0) != (wheelRest_ > 0)) wheelRest_ = 0;
    wheelRest_ += delta;
    setValue(std::clamp(value() + wheelRest_ / kNotch, minimum(), maximum()));
    wheelRest_ %= kNotch;
    event->accept();
}

}  // namespace dicescope
