#pragma once

#include <QStyledItemDelegate>
#include <utility>

#include "ui/base/theme.h"

namespace dicescope {

/// Draws a cell of a ComparisonModel: the number, and its interval fainter beside it, so that numbers and
/// intervals stand below each other; or the sentence of a row without numbers. GUI thread.
class ComparisonDelegate : public QStyledItemDelegate {
    Q_OBJECT

  public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void setTheme(const Theme& theme) { theme_ = theme; }
    /// The part of the view in which sentences are drawn, wherever it is scrolled to: x of its edges.
    void setSight(int left, int right) { sight_ = {left, right}; }
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

  private:
    Theme theme_ = lightTheme();
    std::pair<int, int> sight_;
};

}  // namespace dicescope
