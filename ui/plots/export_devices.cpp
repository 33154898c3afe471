#include "ui/plots/export_devices.h"

#include <QBuffer>
#include <QPageSize>
#include <QPdfWriter>
#include <QSvgGenerator>
#include <cmath>

namespace dicescope {
namespace {

constexpr double kPointsPerInch = 72;
constexpr double kMetresPerInch = 0.0254;
constexpr int kPdfResolution = 1200;

}  // namespace

QImage imageOf(QSize size, int dpi, const PaintOnto& paint) {
    const double scale = dpi / kPointsPerInch;
    QImage image((QSizeF(size) * scale).toSize(), QImage::Format_RGB32);
    image.setDotsPerMeterX(static_cast<int>(std::lround(dpi / kMetresPerInch)));
    image.setDotsPerMeterY(image.dotsPerMeterX());
    image.fill(Qt::white);
    paint(image, scale, false);
    return image;
}

QByteArray pdfOf(QSize size, const QString& title, const PaintOnto& paint) {
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    QPdfWriter writer(&buffer);
    writer.setCreator(QStringLiteral("DiceScope"));
    writer.setTitle(title);
    writer.setResolution(kPdfResolution);
    writer.setPageSize(QPageSize(QSizeF(size), QPageSize::Point, QString(), QPageSize::ExactMatch));
    writer.setPageMargins(QMarginsF());
    paint(writer, kPdfResolution / kPointsPerInch, true);
    return bytes;
}

QByteArray svgOf(QSize size, const QString& title, const PaintOnto& paint) {
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setSize(size);
    generator.setViewBox(QRect(QPoint(), size));
    generator.setResolution(static_cast<int>(kPointsPerInch));
    // Written as it is into the document.
    generator.setTitle(title.toHtmlEscaped());
    paint(generator, 1, true);
    return bytes;
}

}  // namespace dicescope
