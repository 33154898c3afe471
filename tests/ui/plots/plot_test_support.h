#pragma once

#include <qcustomplot.h>

#include <QApplication>
#include <QPixmap>
#include <QTest>
#include <QWheelEvent>
#include <string>
#include <vector>

#include "tests/ui/plots/made_exploration.h"
#include "ui/plots/plot_view.h"

/// Plots on the offscreen screen, and what a user does to them.
namespace dicescope::testing {

/// Shows one row and lets the event loop turn until it is drawn.
inline void showRow(PlotView& plot, const ExplorationPtr& exploration, std::size_t row) {
    plot.resize(600, 400);
    plot.show();
    QVERIFY(QTest::qWaitForWindowExposed(&plot));
    plot.show(exploration, row);
    QApplication::processEvents();
}

inline QCustomPlot& canvasOf(const PlotFrame& plot) {
    return *plot.findChild<QCustomPlot*>(QStringLiteral("plotCanvas"));
}

inline QCPAxis* axisOf(const PlotFrame& plot, QCPAxis::AxisType type, int rect = 0) {
    return canvasOf(plot).axisRect(rect)->axis(type);
}

/// The graph of that name; null where there is none.
inline QCPGraph* graphNamed(const PlotFrame& plot, const QString& name, int skip = 0) {
    const QCustomPlot& canvas = canvasOf(plot);
    for (int i = 0; i < canvas.graphCount(); ++i) {
        if (canvas.graph(i)->name() == name && skip-- == 0) return canvas.graph(i);
    }
    return nullptr;
}

inline QPoint pixelOf(const PlotFrame& plot, double x, double y, int rect = 0) {
    return QPointF(axisOf(plot, QCPAxis::atBottom, rect)->coordToPixel(x),
                   axisOf(plot, QCPAxis::atLeft, rect)->coordToPixel(y))
        .toPoint();
}

inline void wheel(QWidget& widget, QPoint position, int steps) {
    QWheelEvent event(position, widget.mapToGlobal(position), {}, QPoint(0, 120 * steps), Qt::NoButton,
                      Qt::NoModifier, Qt::NoScrollPhase, false);
    QApplication::sendEvent(&widget, &event);
    QApplication::processEvents();
}

/// QTest leaves the button down after the second press.
inline void doubleClick(QWidget& widget, QPoint position) {
    QTest::mouseDClick(&widget, Qt::LeftButton, {}, position);
    QTest::mouseRelease(&widget, Qt::LeftButton, {}, position);
    QApplication::processEvents();
}

inline void hover(QWidget& widget, QPoint position) {
    QTest::mouseMove(&widget, position + QPoint(1, 0));
    QTest::mouseMove(&widget, position);
    QApplication::processEvents();
}

inline void drag(QWidget& widget, QPoint from, QPoint to) {
    QTest::mousePress(&widget, Qt::LeftButton, {}, from);
    // Mouse events of QTest carry no buttons in a move: sent as the window system does.
    for (const QPoint position : {from + (to - from) / 2, to}) {
        QMouseEvent move(QEvent::MouseMove, position, widget.mapToGlobal(position), Qt::NoButton,
                         Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(&widget, &move);
    }
    QTest::mouseRelease(&widget, Qt::LeftButton, {}, to);
    QApplication::processEvents();
}

inline QImage pictureOf(QWidget& widget) {
    return widget.grab().toImage();
}

}  // namespace dicescope::testing
