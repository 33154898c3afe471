#pragma once

#include <QImage>
#include <QString>
#include <QWidget>
#include <optional>

#include "core/base/matrix.h"

namespace dicescope {

/// An image as large as there is room, pixels kept sharp, with a map over it and the scale of its colours
/// below. The context menu copies and saves it as it is shown. GUI thread.
class ImagePicture : public QWidget {
    Q_OBJECT

  public:
    explicit ImagePicture(QWidget* parent = nullptr);

    void setImage(const QImage& image);
    /// Stands in the place of an image: that it is being read, or why it cannot be.
    void setText(const QString& text);
    /// A map over the whole image; nothing for none. range: half the width of the colour scale, > 0.
    void setMap(std::optional<Matrix<float>> map, double range);
    void setOpacity(double opacity);  ///< 0..1

    /// What is shown, at twice the size on screen.
    [[nodiscard]] QImage picture();
    [[nodiscard]] bool hasMap() const { return map_.has_value(); }
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

  private:
    void save();
    void drawScale(QPainter& painter, const QRect& below);

    QImage image_;
    QString text_;
    std::optional<Matrix<float>> map_;
    double range_ = 1;
    double opacity_ = 0.6;
    QImage overlay_;  ///< of the map; null where it must be made anew
};

}  // namespace dicescope
