#pragma once

#include <QImage>
#include <QString>
#include <QWidget>
#include <optional>

#include "core/base/matrix.h"
#include "ui/base/theme.h"
#include "ui/plots/exportable.h"

namespace dicescope {

/// An image as large as there is room, pixels kept sharp, with a map over it and the scale of its colours
/// below. The context menu copies it as it is shown, and asks to export it. GUI thread.
class ImagePicture : public QWidget, public Exportable {
    Q_OBJECT

  public:
    explicit ImagePicture(QWidget* parent = nullptr);

    void setImage(const QImage& image);
    /// Stands in the place of an image: that it is being read, or why it cannot be.
    void setText(const QString& text);
    /// A map over the whole image; nothing for none. range: half the width of the colour scale, > 0.
    void setMap(std::optional<Matrix<float>> map, double range);
    void setOpacity(double opacity);  ///< 0..1
    /// What the image and its map are: stands above the exported picture, which may leave the screen's words
    /// behind.
    void setCaption(const QString& caption);

    /// What is shown, at twice the size on screen.
    [[nodiscard]] QImage picture();
    [[nodiscard]] bool hasMap() const { return map_.has_value(); }
    [[nodiscard]] QString exportName() const override;
    [[nodiscard]] QString title() const override;
    [[nodiscard]] bool isEmpty() const override { return image_.isNull(); }
    [[nodiscard]] QImage image(QSize size, int dpi) const override;
    [[nodiscard]] QByteArray pdf(QSize size) const override;
    [[nodiscard]] QByteArray svg(QSize size) const override;
    /// The values of the map.
    [[nodiscard]] std::function<QByteArray()> numbers() const override;

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

  signals:
    void exportRequested();  ///< from the context menu

  protected:
    void paintEvent(QPaintEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

  private:
    void paintExported(QPaintDevice& device, double scale, QSize size) const;
    /// The image with its map into an area; enlarged: pixels are repeated, because not every reader of files
    /// keeps them sharp.
    void draw(QPainter& painter, const QRect& area, const Theme& theme, bool enlarged) const;
    void drawScale(QPainter& painter, const QRect& below, const Theme& theme) const;

    QImage image_;
    QString text_;
    QString caption_;
    std::optional<Matrix<float>> map_;
    double range_ = 1;
    double opacity_ = 0.6;
    mutable QImage overlay_;  ///< of the map; null where it must be made anew
};

}  // namespace dicescope
