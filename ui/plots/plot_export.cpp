#include <algorithm>
#include <cmath>
#include <limits>

#include "ui/plots/export_devices.h"
#include "ui/plots/plot_canvas_internal.h"
#include "ui/plots/plot_export_internal.h"

namespace dicescope {
namespace {

PaintOnto painting(PlotCanvas& canvas, QSize size) {
    return [&canvas, size](QPaintDevice& device, double scale, bool vector) {
        QCPPainter painter;
        if (!painter.begin(&device)) return;
        painter.setMode(QCPPainter::pmVectorized, vector);
        painter.setMode(QCPPainter::pmNoCaching);
        painter.setMode(QCPPainter::pmNonCosmetic);
        painter.scale(scale, scale);
        canvas.fitTo(size);
        canvas.toPainter(&painter, size.width(), size.height());
    };
}

// The corner points of a graph as it is drawn: steps written out.
QVector<QPointF> corners(const QCPGraph& graph) {
    QVector<QPointF> points;
    for (const QCPGraphData& datum : *graph.data()) {
        if (graph.lineStyle() == QCPGraph::lsStepLeft && !points.isEmpty())
            points.append({datum.key, points.last().y()});
        points.append({datum.key, datum.value});
    }
    return points;
}

double spread(const QCPAxis& axis, double value) {
    if (axis.scaleType() != QCPAxis::stLogarithmic) return value;
    return value > 0 ? std::log10(value) : std::log10(axis.range().lower) - 10;
}
double unspread(const QCPAxis& axis, double value) {
    return axis.scaleType() == QCPAxis::stLogarithmic ? std::pow(10.0, value) : value;
}

struct Window {
    double left, right, bottom, top;
};

// Liang and Barsky's line clipping; false where nothing is left.
bool clip(QPointF& from, QPointF& to, const Window& window) {
    const QPointF d = to - from;
    double enter = 0;
    double leave = 1;
    const auto edge = [&](double p, double q) {
        if (p == 0) return q >= 0;
        (p < 0 ? enter : leave) = p < 0 ? std::max(enter, q / p) : std::min(leave, q / p);
        return enter <= leave;
    };
    if (!edge(-d.x(), from.x() - window.left) || !edge(d.x(), window.right - from.x()) ||
        !edge(-d.y(), from.y() - window.bottom) || !edge(d.y(), window.top - from.y()))
        return false;
    const QPointF start = from;
    from = start + enter * d;
    to = start + leave * d;
    return true;
}

QVector<QCPGraphData> clippedLine(const QCPGraph& graph, const Window& window) {
    const QCPAxis& x = *graph.keyAxis();
    const QCPAxis& y = *graph.valueAxis();
    const auto plot = [&](QPointF point) { return QPointF(spread(x, point.x()), spread(y, point.y())); };
    const auto datum = [&](QPointF point) {
        return QCPGraphData(unspread(x, point.x()), unspread(y, point.y()));
    };
    const auto points = corners(graph);
    QVector<QCPGraphData> seen;
    QPointF last;
    for (qsizetype i = 1; i < points.size(); ++i) {
        QPointF from = plot(points[i - 1]);
        QPointF to = plot(points[i]);
        if (!clip(from, to, window)) continue;
        if (!seen.isEmpty() && from != last)
            seen.append(QCPGraphData(seen.last().key, std::numeric_limits<double>::quiet_NaN()));
        if (seen.isEmpty() || from != last) seen.append(datum(from));
        seen.append(datum(to));
        last = to;
    }
    return seen;
}

// Below a function: its corners moved into the window, which is the same area there.
QVector<QCPGraphData> clampedArea(const QCPGraph& graph, const Window& window) {
    QVector<QCPGraphData> seen;
    for (const QPointF& point : corners(graph))
        seen.append({std::clamp(point.x(), window.left, window.right),
                     std::clamp(point.y(), window.bottom, window.top)});
    return seen;
}

bool isInside(const QCPGraph& graph, const QCPGraphData& datum) {
    return graph.keyAxis()->range().contains(datum.key) && graph.valueAxis()->range().contains(datum.value);
}

bool startsInside(const QCPGraph& graph) {
    return !graph.data()->isEmpty() && isInside(graph, *graph.data()->constBegin());
}

QVector<QCPGraphData> pointsInside(const QCPGraph& graph) {
    QVector<QCPGraphData> seen;
    for (const QCPGraphData& datum : *graph.data()) {
        if (isInside(graph, datum)) seen.append(datum);
    }
    return seen;
}

// QSvgGenerator knows no clipping: what reaches past the axes must not be there.
void cutToAxes(QCPGraph& graph) {
    const QCPAxis& x = *graph.keyAxis();
    const QCPAxis& y = *graph.valueAxis();
    const Window window{spread(x, x.range().lower), spread(x, x.range().upper), spread(y, y.range().lower),
                        spread(y, y.range().upper)};
    const bool filled = graph.brush().style() != Qt::NoBrush;
    const bool line = graph.lineStyle() != QCPGraph::lsNone;
    const auto seen = !line    ? pointsInside(graph)
                      : filled ? clampedArea(graph, window)
                               : clippedLine(graph, window);
    // What marks the first point must not mark where the line is cut.
    if (line && !startsInside(graph)) graph.setScatterStyle(QCPScatterStyle::ssNone);
    graph.data()->set(seen, true);
    if (line) graph.setLineStyle(QCPGraph::lsLine);
    graph.setAdaptiveSampling(false);
}

}  // namespace

QImage canvasImage(PlotCanvas& canvas, QSize size, int dpi) {
    return imageOf(size, dpi, painting(canvas, size));
}

QByteArray canvasPdf(PlotCanvas& canvas, QSize size, const QString& title) {
    return pdfOf(size, title, painting(canvas, size));
}

QByteArray canvasSvg(PlotCanvas& canvas, QSize size, const QString& title) {
    for (int i = 0; i < canvas.graphCount(); ++i) cutToAxes(*canvas.graph(i));
    return svgOf(size, title, painting(canvas, size));
}

}  // namespace dicescope
