#include "ui/panels/metrics_delegate.h"

#include <QApplication>
#include <QPainter>
#include <algorithm>

#include "ui/panels/metrics_model.h"

namespace dicescope {

namespace {

/// Draws one cell. Works in left-to-right coordinates of the cell and mirrors at the end.
class CellPainter {
  public:
    CellPainter(QPainter& painter, const QStyleOptionViewItem& option, const MetricsCell& cell)
        : painter_(painter),
          option_(option),
          cell_(cell),
          plain_(option.font),
          bold_(option.font),
          small_(MetricsDelegate::smallFont(option.font)) {
        bold_.setBold(cell.bold);
        const bool selected = (option.state & QStyle::State_Selected) != 0;
        const bool active = (option.state & QStyle::State_Active) != 0;
        // On the selection's background only its own text colour is sure to be readable.
        keepsColors_ = !selected;
        text_ = option.palette.color(active ? QPalette::Active : QPalette::Inactive,
                                     selected ? QPalette::HighlightedText : QPalette::Text);
        const QFontMetrics metrics(option.font);
        const int margin = MetricsDelegate::margin(metrics);
        inner_ = option.rect.adjusted(margin, 0, -margin, 0);
        lineHeight_ = metrics.height();
        top_ = inner_.top() + (inner_.height() - cell.lines * lineHeight_) / 2;
    }

    void paintNumbers() {
        drawAtEnd(0, cell_.first, bold_, cell_.firstColor);
        drawAtEnd(1, cell_.second, cell_.smallSecond ? small_ : bold_, cell_.secondColor);
    }

    /// The name comes first: tags are left out where they do not fit beside it, and then what would stand
    /// before the second of them.
    void paintName() {
        int left = 0;
        if (cell_.swatch.isValid()) left = paintSwatch();
        const QFontMetrics small(small_);
        const int gap = small.averageCharWidth() + 1;  // widths are rounded
        const int room = inner_.width() - left;
        const int firstTag = small.horizontalAdvance(cell_.firstTag) + gap;
        const bool tagged = !cell_.firstTag.isEmpty() &&
                            QFontMetrics(bold_).horizontalAdvance(cell_.first) + firstTag <= room;
        drawAtStart(0, left, room - (tagged ? firstTag : 0), cell_.first, bold_, cell_.firstColor);
        const int secondTag = tagged ? small.horizontalAdvance(cell_.secondTag) + gap : 0;
        if (small.horizontalAdvance(cell_.second) + secondTag < room || !tagged) {
            drawAtStart(1, left, room - secondTag, cell_.second, small_, cell_.secondColor);
        }
        if (!tagged) return;
        drawAtEnd(0, cell_.firstTag, small_, cell_.secondColor);
        drawAtEnd(1, cell_.secondTag, small_, cell_.secondColor);
    }

  private:
    int paintSwatch() {
        const int side = QFontMetrics(plain_).ascent() * 3 / 4;
        const QRect square(inner_.left(), top_ + (lineHeight_ - side) / 2, side, side);
        painter_.fillRect(QStyle::visualRect(option_.direction, inner_, square), cell_.swatch);
        return side + lineHeight_ / 3;
    }

    void draw(const QRect& place, Qt::Alignment side, const QString& text, const QFont& font,
              const QColor& color) {
        painter_.setFont(font);
        painter_.setPen(keepsColors_ && color.isValid() ? color : text_);
        painter_.drawText(QStyle::visualRect(option_.direction, inner_, place),
                          static_cast<int>(side | Qt::AlignVCenter), text);
    }

    void drawAtStart(int line, int left, int room, const QString& text, const QFont& font,
                     const QColor& color) {
        if (text.isEmpty() || room <= 0) return;
        const QRect place(inner_.left() + left, top_ + line * lineHeight_, room, lineHeight_);
        draw(place, QStyle::visualAlignment(option_.direction, Qt::AlignLeft),
             QFontMetrics(font).elidedText(text, Qt::ElideRight, room), font, color);
    }

    void drawAtEnd(int line, const QString& text, const QFont& font, const QColor& color) {
        if (text.isEmpty()) return;
        const QRect place(inner_.left(), top_ + line * lineHeight_, inner_.width(), lineHeight_);
        draw(place, QStyle::visualAlignment(option_.direction, Qt::AlignRight), text, font, color);
    }

    QPainter& painter_;
    const QStyleOptionViewItem& option_;
    const MetricsCell& cell_;
    QFont plain_;
    QFont bold_;
    QFont small_;
    QColor text_;
    bool keepsColors_ = true;
    QRect inner_;
    int lineHeight_ = 0;
    int top_ = 0;
};

}  // namespace

QFont MetricsDelegate::smallFont(const QFont& font) {
    constexpr double kScale = 0.88;
    QFont small = font;
    if (font.pointSizeF() > 0) {
        small.setPointSizeF(font.pointSizeF() * kScale);
    } else {
        small.setPixelSize(std::max(1, static_cast<int>(font.pixelSize() * kScale)));
    }
    return small;
}

int MetricsDelegate::margin(const QFontMetrics& metrics) {
    return std::max(2, metrics.height() / 4);
}

QSize MetricsDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const auto cell = index.data(MetricsModel::CellRole).value<MetricsCell>();
    const QFontMetrics metrics(option.font);
    const int text = metrics.horizontalAdvance(cell.first) + metrics.horizontalAdvance(cell.firstTag);
    return {text + 4 * margin(metrics), cell.lines * metrics.height() + margin(metrics) + 2};
}

void MetricsDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                            const QModelIndex& index) const {
    const QWidget* widget = option.widget;
    QStyle* style = widget != nullptr ? widget->style() : QApplication::style();
    style->drawPrimitive(QStyle::PE_PanelItemViewItem, &option, painter, widget);
    const auto cell = index.data(MetricsModel::CellRole).value<MetricsCell>();
    painter->save();
    CellPainter cellPainter(*painter, option, cell);
    if (index.column() == MetricsModel::Name) {
        cellPainter.paintName();
    } else {
        cellPainter.paintNumbers();
    }
    painter->restore();
}

}  // namespace dicescope
