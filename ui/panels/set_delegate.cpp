#include "ui/panels/set_delegate.h"

#include <QApplication>
#include <QLineEdit>
#include <QMouseEvent>
#include <QPainter>

#include "ui/panels/icons.h"
#include "ui/panels/set_list_model.h"

namespace dicescope {
namespace {

/// Where the parts of one row are; all measures come from the font.
struct RowLayout {
    QRect swatch;
    QRect name;
    QRect state;
    QRect bar;

    explicit RowLayout(const QStyleOptionViewItem& option) {
        const int line = option.fontMetrics.height();
        const int gap = gapOf(option);
        const QRect inner = option.rect.adjusted(gap, gap, -gap, -gap);
        const int side = line * 2 / 3;
        swatch = {inner.left(), inner.top() + (line - side) / 2, side, side};
        name = {swatch.right() + 1 + gap * 2, inner.top(), inner.right() - swatch.right() - gap * 2, line};
        state = name.translated(0, line);
        bar = {name.left(), state.bottom() + 1 + gap / 2, name.width(), gap};
    }

    static int gapOf(const QStyleOptionViewItem& option) { return qMax(3, option.fontMetrics.height() / 5); }
};

const SetListModel& setsOf(const QModelIndex& index) {
    return *static_cast<const SetListModel*>(index.model());
}

void drawSwatch(QPainter* painter, const QRect& rect, const QColor& colour, const QColor& outline) {
    painter->setPen(colour.isValid() ? QPen(colour.darker(130)) : QPen(outline));
    painter->setBrush(colour.isValid() ? QBrush(colour) : QBrush(Qt::NoBrush));
    painter->drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), 2, 2);
}

/// A share below 0 (not known) fills the bar with a faint tone.
void drawBar(QPainter* painter, const QRect& rect, double share, const QPalette& palette,
             const QColor& track) {
    const QRectF whole(rect);
    QRectF done = whole;
    if (share >= 0) done.setWidth(whole.width() * qBound(0.0, share, 1.0));
    QColor fill = palette.color(QPalette::Highlight);
    if (share < 0) fill.setAlphaF(0.35F);
    const qreal radius = whole.height() / 2;
    painter->setPen(Qt::NoPen);
    painter->setBrush(track);
    painter->drawRoundedRect(whole, radius, radius);
    painter->setBrush(fill);
    painter->drawRoundedRect(done, radius, radius);
}

void drawText(QPainter* painter, const QRect& rect, const QColor& colour, const QString& text) {
    painter->setPen(colour);
    painter->drawText(rect, static_cast<int>(Qt::AlignLeft | Qt::AlignVCenter),
                      painter->fontMetrics().elidedText(text, Qt::ElideMiddle, rect.width()));
}

}  // namespace

void SetDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                        const QModelIndex& index) const {
    const SetListModel& sets = setsOf(index);
    const SetItem& item = sets.item(index.row());
    const Theme& theme = sets.theme();
    const bool selected = (option.state & QStyle::State_Selected) != 0;
    const QPalette::ColorGroup group =
        (option.state & QStyle::State_Active) != 0 ? QPalette::Active : QPalette::Inactive;
    const QColor strong = option.palette.color(group, selected ? QPalette::HighlightedText : QPalette::Text);
    const QColor faint = selected ? strong : theme.faintText;
    RowLayout layout(option);

    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const QStyle* style = option.widget != nullptr ? option.widget->style() : QApplication::style();
    style->drawPrimitive(QStyle::PE_PanelItemViewItem, &option, painter, option.widget);
    drawSwatch(painter, layout.swatch, sets.swatch(index.row()), faint);
    drawText(painter, layout.name, strong, item.name);

    if (item.state.kind == SetState::Kind::Failed) {
        const QColor colour = selected ? strong : theme.worse;
        const QRect icon(layout.state.topLeft(), QSize(layout.state.height(), layout.state.height()));
        symbolicIcon(QStringLiteral("failure"), colour).paint(painter, icon.adjusted(1, 1, -1, -1));
        layout.state.setLeft(icon.right() + RowLayout::gapOf(option));
        drawText(painter, layout.state, colour, stateText(item));
    } else {
        const QRect link = skippedRect(option, index);
        if (!link.isEmpty()) layout.state.setRight(link.left() - RowLayout::gapOf(option));
        drawText(painter, layout.state, faint, stateText(item));
        QFont underlined = option.font;
        underlined.setUnderline(true);
        painter->setFont(underlined);
        drawText(painter, link, selected ? strong : option.palette.color(QPalette::Link),
                 skippedText(item.state));
    }
    if (item.state.kind == SetState::Kind::Reading)
        drawBar(painter, layout.bar, readShare(item.state), option.palette, theme.grid);
    if ((option.state & QStyle::State_HasFocus) != 0 && !selected) {
        QStyleOptionFocusRect focus;
        focus.QStyleOption::operator=(option);
        style->drawPrimitive(QStyle::PE_FrameFocusRect, &focus, painter, option.widget);
    }
    painter->restore();
}

QSize SetDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& /*index*/) const {
    // The bar has its place in every state, so that rows keep their height while sets are read.
    const int gap = RowLayout::gapOf(option);
    return {option.fontMetrics.averageCharWidth() * 12, option.fontMetrics.height() * 2 + gap * 3 + gap / 2};
}

QRect SetDelegate::skippedRect(const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const SetItem& item = setsOf(index).item(index.row());
    const QString text = skippedText(item.state);
    if (text.isEmpty()) return {};
    const QRect line = RowLayout(option).state;
    const int gap = RowLayout::gapOf(option) * 2;
    const int wanted = option.fontMetrics.horizontalAdvance(text) + 1;
    const int before = option.fontMetrics.horizontalAdvance(stateText(item)) + gap;
    const int left = qMin(line.left() + before, line.right() - wanted);
    return {qMax(line.left(), left), line.top(), qMin(wanted, line.width()), line.height()};
}

QWidget* SetDelegate::createEditor(QWidget* parent, const QStyleOptionViewItem& /*option*/,
                                   const QModelIndex& /*index*/) const {
    auto* editor = new QLineEdit(parent);
    editor->setObjectName(QStringLiteral("setNameEdit"));
    editor->setAccessibleName(tr("Name of the set"));
    return editor;
}

void SetDelegate::updateEditorGeometry(QWidget* editor, const QStyleOptionViewItem& option,
                                       const QModelIndex& /*index*/) const {
    const RowLayout layout(option);
    const int height = qMin(editor->sizeHint().height(), option.rect.height());
    editor->setGeometry(layout.name.left(), option.rect.top(), option.rect.right() - layout.name.left(),
                        height);
}

bool SetDelegate::editorEvent(QEvent* event, QAbstractItemModel* model, const QStyleOptionViewItem& option,
                              const QModelIndex& index) {
    if (event->type() == QEvent::MouseButtonRelease || event->type() == QEvent::MouseButtonDblClick) {
        const auto* mouse = static_cast<QMouseEvent*>(event);
        QStyleOptionViewItem placed = option;
        initStyleOption(&placed, index);
        if (mouse->button() == Qt::LeftButton &&
            skippedRect(placed, index).contains(mouse->position().toPoint())) {
            if (event->type() == QEvent::MouseButtonRelease) emit skippedClicked(index);
            return true;
        }
    }
    return QStyledItemDelegate::editorEvent(event, model, option, index);
}

}  // namespace dicescope
