#pragma once

#include <QByteArray>
#include <QImage>
#include <QSize>
#include <QString>
#include <functional>

class QPaintDevice;

namespace dicescope {

/// Paints onto a device of which one point is `scale` units; vector: better shapes and text than pixels.
using PaintOnto = std::function<void(QPaintDevice& device, double scale, bool vector)>;

// What is painted as a file of that size in points of 1/72 inch. GUI thread, because of the fonts.

/// On white.
[[nodiscard]] QImage imageOf(QSize size, int dpi, const PaintOnto& paint);
[[nodiscard]] QByteArray pdfOf(QSize size, const QString& title, const PaintOnto& paint);
[[nodiscard]] QByteArray svgOf(QSize size, const QString& title, const PaintOnto& paint);

}  // namespace dicescope
