#include "ui/inspect/image_picture.h"

#include <QClipboard>
#include <QContextMenuEvent>
#include <QFileDialog>
#include <QGuiApplication>
#include <QLinearGradient>
#include <QLocale>
#include <QMenu>
#include <QMessageBox>
#include <QPainter>
#include <QSaveFile>
#include <algorithm>
#include <utility>

#include "ui/base/theme.h"
#include "ui/inspect/map_overlay.h"

namespace dicescope {
namespace {

/// Finer than any map is seen; Qt scales it from here.
constexpr std::size_t kOverlayPixels = 256;
constexpr int kLinesHigh = 9;
constexpr int kFewestLinesHigh = 6;

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

QSize ImagePicture::sizeHint() const {
    return QSize(1, 1) * (fontMetrics().height() * kLinesHigh);
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

void ImagePicture::contextMenuEvent(QContextMenuEvent* event) {
    if (image_.isNull()) return;
    QMenu menu(this);
    menu.addAction(tr("&Copy picture"), this, [this] { QGuiApplication::clipboard()->setImage(picture()); });
    menu.addAction(tr("&Save picture…"), this, &ImagePicture::save);
    menu.exec(event->globalPos());
}

void ImagePicture::save() {
    auto* dialog = new QFileDialog(window(), tr("Save the picture"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setNameFilter(tr("Picture (*.png)"));
    dialog->setDefaultSuffix("png");
    connect(dialog, &QFileDialog::fileSelected, this, [this, shown = picture()](const QString& path) {
        // Written under a temporary name and renamed.
        QSaveFile file(path);
        if (file.open(QIODevice::WriteOnly) && shown.save(&file, "PNG") && file.commit()) return;
        QMessageBox::warning(
            window(), tr("Save the picture"),
            tr("'%1' could not be written: %2. Choose another folder.").arg(path, file.errorString()));
    });
    dialog->open();
}

void ImagePicture::paintEvent(QPaintEvent* /*event*/) {
    QPainter painter(this);
    const Theme theme = themeOf(palette());
    if (image_.isNull()) {
        painter.setPen(theme.faintText);
        painter.drawText(rect().adjusted(4, 4, -4, -4), static_cast<int>(Qt::AlignCenter) | Qt::TextWordWrap,
                         text_);
        return;
    }
    const int scaleHeight = map_ ? fontMetrics().height() * 2 : 0;
    QSize size = image_.size();
    size.scale(width(), height() - scaleHeight, Qt::KeepAspectRatio);
    const QRect place(QPoint((width() - size.width()) / 2, (height() - scaleHeight - size.height()) / 2),
                      size);
    // Enlarged pixels stay squares, a reduced picture is smooth.
    painter.setRenderHint(QPainter::SmoothPixmapTransform, size.width() < image_.width());
    painter.drawImage(place, image_);
    if (!map_) return;
    if (overlay_.isNull()) {
        const Matrix<float> fine =
            enlarged(std::as_const(*map_).view(), std::max(kOverlayPixels, map_->rows()),
                     std::max(kOverlayPixels, map_->cols()));
        overlay_ = overlayPicture(fine.view(), range_, opacity_);
    }
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    painter.drawImage(place, overlay_);
    drawScale(painter, place);
}

void ImagePicture::drawScale(QPainter& painter, const QRect& below) {
    const Theme theme = themeOf(palette());
    const int line = fontMetrics().height();
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
