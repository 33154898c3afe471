#pragma once

#include <QByteArray>
#include <QImage>
#include <QSize>
#include <QString>

namespace dicescope {

class PlotCanvas;

/// Draws a canvas that is not on screen; `size` in points, which are the canvas's pixels.
[[nodiscard]] QImage canvasImage(PlotCanvas& canvas, QSize size, int dpi);
[[nodiscard]] QByteArray canvasPdf(PlotCanvas& canvas, QSize size, const QString& title);
/// Cuts the graphs' data to what is seen, so the canvas is of no further use.
[[nodiscard]] QByteArray canvasSvg(PlotCanvas& canvas, QSize size, const QString& title);

}  // namespace dicescope
