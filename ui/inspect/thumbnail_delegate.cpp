#include "ui/inspect/thumbnail_delegate.h"

#include <QPainter>
#include <algorithm>

#include "ui/inspect/thumbnail_model.h"
#include "ui/panels/icons.h"

namespace dicescope {
namespace {

constexpr double kSideInLines = 7.5;

int gapOf(const QFontMetrics& metrics) {
    return std::max(3, metrics.height() / 4);
}

/// Where the parts of one cell are.
struct CellLayout {
    QRect whole;  // what is lit where the cell is selected
    QRect picture;
    QRect bar;
    QRect value;
    QRect prediction;

    CellLayout(const QRect& rect, const QFontMetrics& metrics) {
        const int gap = gapOf(metrics);
        const int side = ThumbnailDelegate::side(metrics);
        const QSize size = ThumbnailDelegate::cell(metrics);
        whole =
            QRect(rect.left() + (rect.width() - size.width()) / 2, rect.top(), size.width(), size.height())
                .adjusted(1, 1, -1, -1);
        picture = {whole.left() + (whole.width() - side) / 2, whole.top() + gap - 1, side, side};
        bar = {picture.left(), picture.bottom() + 1, side, std::max(3, gap * 2 / 3)};
        value = {picture.left(), bar.bottom() + 1 + gap / 2, side + gap - 1, metrics.height()};
        prediction = value.translated(0, metrics.height());
    }
};

QColor setColour(const Theme& theme, const ImageRecord& record) {
    return record.inDistribution ? theme.id : theme.ood(static_cast<int>(record.set) - 1);
}

void drawElided(QPainter* painter, const QRect& rect, Qt::Alignment alignment, const QString& text) {
    painter->drawText(rect, static_cast<int>(alignment | Qt::AlignVCenter),
                      painter->fontMetrics().elidedText(text, Qt::ElideRight, rect.width()));
}

void drawPicture(QPainter* painter, const QRect& rect, const ThumbnailModel& model, std::uint32_t record) {
    const Theme& theme = model.theme();
    if (const QPixmap* pixmap = model.thumbnail(record)) {
        QSizeF size = pixmap->size();
        size.scale(rect.size(), Qt::KeepAspectRatio);
        // Below the square's edge, next to the bar of the set.
        painter->drawPixmap(QRectF(rect.left() + (rect.width() - size.width()) / 2,
                                   rect.bottom() + 1 - size.height(), size.width(), size.height()),
                            *pixmap, QRectF(pixmap->rect()));
        return;
    }
    QColor empty = theme.grid;
    empty.setAlpha(120);
    painter->fillRect(rect, empty);
    const QString reason = model.reason(record);
    if (reason.isEmpty()) return;
    const int line = painter->fontMetrics().height();
    symbolicIcon(QStringLiteral("warning"), theme.worse)
        .paint(painter, QRect(rect.center().x() - line / 2, rect.top() + line / 2, line, line));
    painter->setPen(theme.faintText);
    painter->drawText(rect.adjusted(4, line * 2 - line / 2, -4, -2),
                      static_cast<int>(Qt::AlignHCenter | Qt::AlignTop) | Qt::TextWordWrap, reason);
}

void drawCaption(QPainter* painter, const CellLayout& layout, const ThumbnailModel& model,
                 std::uint32_t index, const QColor& strong, bool selected) {
    const Theme& theme = model.theme();
    const ImageRecord& record = model.list().record(index);
    const QString value = sortedValueText(model.list(), index);
    painter->setPen(strong);
    drawElided(painter, layout.value, Qt::AlignLeft, value);
    const AcceptanceMark mark = acceptanceMark(record, model.list().query.filter.side);
    if (!mark.text.isEmpty()) {
        const QFontMetrics metrics = painter->fontMetrics();
        const int taken = metrics.horizontalAdvance(value) + metrics.averageCharWidth() / 2;
        painter->setPen(selected ? strong : mark.wrong ? theme.worse : theme.best);
        drawElided(painter, layout.value.adjusted(taken, 0, 0, 0), Qt::AlignRight, mark.text);
    }
    painter->setPen(selected ? strong : theme.faintText);
    drawElided(painter, layout.prediction, Qt::AlignLeft,
               classTitle(*model.list().inspection, record.predicted));
}

}  // namespace

int ThumbnailDelegate::side(const QFontMetrics& metrics) {
    return static_cast<int>(metrics.height() * kSideInLines);
}

QSize ThumbnailDelegate::cell(const QFontMetrics& metrics) {
    const int gap = gapOf(metrics);
    return {side(metrics) + 2 * gap + 2,
            side(metrics) + std::max(3, gap * 2 / 3) + 2 * metrics.height() + 2 * gap + gap / 2};
}

void ThumbnailDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                              const QModelIndex& index) const {
    const auto& model = *static_cast<const ThumbnailModel*>(index.model());
    const auto record = model.recordAt(index);
    if (!record) return;
    const CellLayout layout(option.rect, option.fontMetrics);
    const bool selected = (option.state & QStyle::State_Selected) != 0;
    painter->save();
    painter->setFont(option.font);
    if (selected) {
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(Qt::NoPen);
        painter->setBrush(option.palette.color(QPalette::Active, QPalette::Highlight));
        painter->drawRoundedRect(layout.whole, 4, 4);
    }
    painter->setRenderHint(QPainter::SmoothPixmapTransform);
    drawPicture(painter, layout.picture, model, *record);
    painter->fillRect(layout.bar, setColour(model.theme(), model.list().record(*record)));
    const QColor strong =
        option.palette.color(QPalette::Active, selected ? QPalette::HighlightedText : QPalette::Text);
    drawCaption(painter, layout, model, *record, strong, selected);
    painter->restore();
}

QSize ThumbnailDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& /*index*/) const {
    return cell(option.fontMetrics);
}

}  // namespace dicescope
