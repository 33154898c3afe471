#pragma once

#include <QStyledItemDelegate>

namespace dicescope {

/// Draws one cell of a ThumbnailModel. All measures come from the font.
class ThumbnailDelegate : public QStyledItemDelegate {
    Q_OBJECT

  public:
    using QStyledItemDelegate::QStyledItemDelegate;

    /// The side of the square that thumbnails lie in, and the size of a cell around it.
    [[nodiscard]] static int side(const QFontMetrics& metrics);
    [[nodiscard]] static QSize cell(const QFontMetrics& metrics);

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

}  // namespace dicescope
