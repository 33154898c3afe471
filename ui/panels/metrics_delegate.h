#pragma once

#include <QStyledItemDelegate>

namespace dicescope {

/// Draws the MetricsCells of a MetricsModel: numbers at the right edge, a second line below where the row has
/// one.
class MetricsDelegate : public QStyledItemDelegate {
    Q_OBJECT

  public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

    /// The font of tags and of second lines that explain.
    [[nodiscard]] static QFont smallFont(const QFont& font);
    /// Space left and right of a cell's text.
    [[nodiscard]] static int margin(const QFontMetrics& metrics);
};

}  // namespace dicescope
