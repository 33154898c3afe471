#include "ui/inspect/image_picture.h"

#include <QClipboard>
#include <QContextMenuEvent>
#include <QGuiApplication>
#include <QLinearGradient>
#include <QLocale>
#include <QMenu>
#include <QPainter>
#include <algorithm>
#include <utility>

#include "ui/inspect/map_overlay.h"
#include "ui/inspect/matrix_csv.h"
#include "ui/plots/export_devices.h"

namespace dicescope {
namespace {

/// Finer than any map is seen; Qt scales it from here.
constexpr std::size_t kOverlayPixels = 256;
constexpr int kFewestLinesHigh = 9;
constexpr int kExportFontPoints = 9;
/// As wide at least are pictures in files.
constexpr int kExportPixels = 512;

/// The whole factor that takes a width beyond `pixels`.
int timesUntil(int pixels, int width) {
    return 1 + pixels / std::max(1, width);
}

}  // namespace

ImagePicture::ImagePicture(QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("imagePicture"));
    setAccessibleName(tr("Image as the model sees it"));
    setToolTip(tr("The image as the model sees it: resized and cropped."));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
}

void ImagePicture::setImage(const QImage& image) {
    image_ = image;
    text_.clear();
    update();
}

void ImagePicture::setText(const QString& text) {
    image_ = {};
    text_ = text;
    update();
}

void ImagePicture::setMap(std::optional<Matrix<float>> map, double range) {
    map_ = std::move(map);
    range_ = range;
    overlay_ = {};
    update();
}

void ImagePicture::setOpacity(double opacity) {
    opacity_ = opacity;
    overlay_ = {};
    update();
}

void ImagePicture::setCaption(const QString& caption) {
    caption_ = caption;
}

QSize ImagePicture::sizeHint() const {
    return QSize(1, 1) * (fontMetrics().height() * kFewestLinesHigh);
}

QSize ImagePicture::minimumSizeHint() const {
    return QSize(1, 1) * (fontMetrics().height() * kFewestLinesHigh);
}

QImage ImagePicture::picture() {
    constexpr int kScale = 2;
    QImage picture(size() * kScale, QImage::Format_RGB32);
    picture.setDevicePixelRatio(kScale);
    picture.fill(palette().color(QPalette::Window));
    render(&picture);
    return picture;
}

QString ImagePicture::exportName() const {
    return QStringLiteral("activationMap");
}

QString ImagePicture::title() const {
    return tr("Image") + (caption_.isEmpty() ? QString() : QStringLiteral(" · ") + caption_);
}

QImage ImagePicture::image(QSize size, int dpi) const {
    return imageOf(size, dpi,
                   [&](QPaintDevice& device, double scale, bool) { paintExported(device, scale, size); });
}

QByteArray ImagePicture::pdf(QSize size) const {
    return pdfOf(size, accessibleName(),
                 [&](QPaintDevice& device, double scale, bool) { paintExported(device, scale, size); });
}

QByteArray ImagePicture::svg(QSize size) const {
    return svgOf(size, accessibleName(),
                 [&](QPaintDevice& device, double scale, bool) { paintExported(device, scale, size); });
}

std::function<QByteArray()> ImagePicture::numbers() const {
    if (!map_) return {};
    return [map = *map_] { return matrixCsv(map.view()); };
}

void ImagePicture::paintExported(QPaintDevice& device, double scale, QSize size) const {
    QPainter painter(&device);
    painter.scale(scale, scale);
    // In pixels of the scaled painter, which are points, so that no device's resolution plays a part.
    QFont own = font();
    own.setPixelSize(kExportFontPoints);
    painter.setFont(own);
    const Theme theme = lightTheme();
    const QFontMetrics metrics(own);
    const QRect heading(0, 0, size.width(), metrics.height() * 3 / 2);
    painter.setPen(theme.text);
    painter.drawText(heading, static_cast<int>(Qt::AlignCenter),
                     metrics.elidedText(caption_, Qt::ElideRight, size.width()));
    draw(painter, QRect(QPoint(0, heading.height()), QPoint(size.width(), size.height()) - QPoint(1, 1)),
         theme, true);
}

void ImagePicture::contextMenuEvent(QContextMenuEvent* event) {
    if (image_.isNull()) return;
    QMenu menu(this);
    menu.addAction(tr("&Copy picture"), this, [this] { QGuiApplication::clipboard()->setImage(picture()); });
    menu.addAction(tr("&Export…"), this, &ImagePicture::exportRequested);
    menu.exec(event->globalPos());
}

void ImagePicture::paintEvent(QPaintEvent* /*event*/) {
    QPainter painter(this);
    const Theme theme = themeOf(palette());
    if (!image_.isNull()) return draw(painter, rect(), theme, false);
    painter.setPen(theme.faintText);
    painter.drawText(rect().adjusted(4, 4, -4, -4), static_cast<int>(Qt::AlignCenter) | Qt::TextWordWrap,
                     text_);
}

void ImagePicture::draw(QPainter& painter, const QRect& area, const Theme& theme, bool enlarged) const {
    const int scaleHeight = map_ ? QFontMetrics(painter.font()).height() * 2 : 0;
    QSize size = image_.size();
    size.scale(area.width(), area.height() - scaleHeight, Qt::KeepAspectRatio);
    const QRect place(area.topLeft() + QPoint((area.width() - size.width()) / 2,
                                              (area.height() - scaleHeight - size.height()) / 2),
                      size);
    const bool reduced = size.width() < image_.width();
    QImage shown = image_;
    if (enlarged && !reduced)
        shown = image_.scaled(image_.size() * timesUntil(kExportPixels, image_.width()));
    // Enlarged pixels stay squares, a reduced picture is smooth.
    painter.setRenderHint(QPainter::SmoothPixmapTransform, reduced);
    painter.drawImage(place, shown);
    if (!map_) return;
    if (overlay_.isNull()) {
        const Matrix<float> fine =
            dicescope::enlarged(std::as_const(*map_).view(), std::max(kOverlayPixels, map_->rows()),
                                std::max(kOverlayPixels, map_->cols()));
        overlay_ = overlayPicture(fine.view(), range_, opacity_);
    }
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    painter.drawImage(place, overlay_);
    drawScale(painter, place, theme);
}

void ImagePicture::drawScale(QPainter& painter, const QRect& below, const Theme& theme) const {
    const int line = QFontMetrics(painter.font()).height();
    const QRect bar(below.left(), below.bottom() + 1 + line / 4, below.width(), line / 2);
    QLinearGradient gradient(bar.topLeft(), bar.topRight());
    const auto clear = [](QColor colour) {
        colour.setAlpha(0);
        return colour;
    };
    gradient.setColorAt(0, overlayColour(false));
    gradient.setColorAt(0.4999, clear(overlayColour(false)));
    gradient.setColorAt(0.5, clear(overlayColour(true)));
    gradient.setColorAt(1, overlayColour(true));
    painter.fillRect(bar, gradient);
    painter.setPen(theme.faintText);
    const QRect words(bar.left(), bar.bottom() + 2, bar.width(), line);
    const QString limit = QLocale::c().toString(range_, 'g', 3);
    painter.drawText(words, static_cast<int>(Qt::AlignLeft | Qt::AlignTop), QStringLiteral("−") + limit);
    painter.drawText(words, static_cast<int>(Qt::AlignHCenter | Qt::AlignTop), QStringLiteral("0"));
    painter.drawText(words, static_cast<int>(Qt::AlignRight | Qt::AlignTop), QLatin1Char('+') + limit);
}

}  // namespace dicescope
