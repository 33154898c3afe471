#include "ui/compare/comparison_delegate.h"

#include <QApplication>
#include <QPainter>
#include <algorithm>

#include "ui/compare/comparison_model.h"

namespace dicescope {
namespace {

int marginOf(const QFontMetrics& metrics) {
    return std::max(3, metrics.height() / 3);
}

/// Room of the widest usual interval of a column.
int intervalWidth(const QFontMetrics& metrics, bool difference) {
    return metrics.horizontalAdvance(difference ? QStringLiteral("[+88.8, +88.8]")
                                                : QStringLiteral("[88.8, 88.8]"));
}

bool isDifference(const QModelIndex& index) {
    return index.data(ComparisonModel::DifferenceRole).toBool();
}

/// The first column of numbers takes the sentence of rows without any; it spans the rest.
bool isSentence(const QModelIndex& index) {
    constexpr int kFirstNumber = 2;
    return index.column() == kFirstNumber && !index.data(ComparisonModel::SentenceRole).toString().isEmpty();
}

}  // namespace

QSize ComparisonDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const {
    QFont bold = option.font;
    bold.setBold(true);
    const QFontMetrics metrics(bold);
    int width = metrics.horizontalAdvance(index.data(ComparisonModel::NumberRole).toString());
    const QVariant interval = index.data(ComparisonModel::IntervalRole);
    if (interval.isValid()) {
        const QFontMetrics plain(option.font);
        width += plain.averageCharWidth() + std::max(intervalWidth(plain, isDifference(index)),
                                                     plain.horizontalAdvance(interval.toString()));
    }
    return {width + 2 * marginOf(metrics), metrics.height() * 3 / 2};
}

void ComparisonDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                               const QModelIndex& index) const {
    QStyleOptionViewItem plain = option;
    initStyleOption(&plain, index);
    plain.text.clear();
    QStyle* style = option.widget != nullptr ? option.widget->style() : QApplication::style();
    style->drawControl(QStyle::CE_ItemViewItem, &plain, painter, option.widget);

    const bool selected = (option.state & QStyle::State_Selected) != 0;
    const bool active = (option.state & QStyle::State_Active) != 0;
    const QColor text = plain.palette.color(active ? QPalette::Active : QPalette::Inactive,
                                            selected ? QPalette::HighlightedText : QPalette::Text);
    const QFontMetrics metrics(option.font);
    QRect room = option.rect.adjusted(marginOf(metrics), 0, -marginOf(metrics), 0);
    const auto draw = [&](const QFont& font, const QColor& color, Qt::Alignment side, const QString& words) {
        painter->setFont(font);
        painter->setPen(selected ? text : color);
        painter->drawText(room, static_cast<int>(side | Qt::AlignVCenter),
                          QFontMetrics(font).elidedText(words, Qt::ElideRight, room.width()));
    };
    painter->save();
    if (isSentence(index)) {
        room.setLeft(std::max(room.left(), sight_.first + marginOf(metrics)));
        room.setRight(std::min(room.right(), sight_.second - marginOf(metrics)));
        draw(option.font, theme_.faintText, Qt::AlignLeft,
             index.data(ComparisonModel::SentenceRole).toString());
        painter->restore();
        return;
    }
    const QVariant interval = index.data(ComparisonModel::IntervalRole);
    if (interval.isValid()) {
        draw(option.font, theme_.faintText, Qt::AlignRight, interval.toString());
        room.setRight(room.right() - metrics.averageCharWidth() -
                      std::max(intervalWidth(metrics, isDifference(index)),
                               metrics.horizontalAdvance(interval.toString())));
    }
    const QVariant color = index.data(Qt::ForegroundRole);
    const auto side = Qt::Alignment(index.data(Qt::TextAlignmentRole).toInt()) & Qt::AlignHorizontal_Mask;
    draw(plain.font, color.isValid() ? color.value<QColor>() : text, side,
         index.data(ComparisonModel::NumberRole).toString());
    painter->restore();
}

}  // namespace dicescope
