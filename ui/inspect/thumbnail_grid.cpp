#include "ui/inspect/thumbnail_grid.h"

#include <QEvent>
#include <QHeaderView>
#include <QPainter>
#include <QScopedValueRollback>
#include <QScrollBar>
#include <algorithm>
#include <cmath>
#include <utility>

#include "ui/inspect/thumbnail_delegate.h"
#include "ui/inspect/thumbnail_model.h"

namespace dicescope {

ThumbnailGrid::ThumbnailGrid(QWidget* parent) : QTableView(parent), model_(new ThumbnailModel(this)) {
    setObjectName(QStringLiteral("thumbnailGrid"));
    setAccessibleName(tr("Images"));
    setItemDelegate(new ThumbnailDelegate(this));
    setSelectionMode(SingleSelection);
    setSelectionBehavior(SelectItems);
    setEditTriggers(NoEditTriggers);
    setTabKeyNavigation(false);
    setShowGrid(false);
    setWordWrap(false);
    setCornerButtonEnabled(false);
    setVerticalScrollMode(ScrollPerPixel);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    for (QHeaderView* header : {horizontalHeader(), verticalHeader()}) {
        header->hide();
        header->setMinimumSectionSize(1);
        header->setSectionResizeMode(QHeaderView::Fixed);
    }
    model_->setTheme(themeOf(palette()));
    setModel(model_);
    side_ = thumbnailSide();
}

int ThumbnailGrid::thumbnailSide() const {
    return static_cast<int>(std::lround(ThumbnailDelegate::side(fontMetrics()) * devicePixelRatioF()));
}

void ThumbnailGrid::setEmptyText(const QString& text) {
    emptyText_ = text;
    viewport()->update();
}

void ThumbnailGrid::setList(ImageList list) {
    const QScopedValueRollback quiet(quiet_, true);
    const ImageList& last = model_->list();
    const bool sameQuestion = last.inspection && list.inspection &&
                              last.inspection->inputs == list.inspection->inputs && last.query == list.query;
    const int place = sameQuestion ? verticalScrollBar()->value() : 0;
    model_->setList(std::move(list));
    verticalScrollBar()->setValue(place);
    markSelected(false);
    tellVisibleRows();
}

void ThumbnailGrid::select(std::optional<std::uint32_t> record) {
    const QScopedValueRollback quiet(quiet_, true);
    selected_ = record;
    markSelected(true);
}

void ThumbnailGrid::markSelected(bool scrollToIt) {
    const QModelIndex at = selected_ ? model_->indexOf(*selected_) : QModelIndex();
    if (!at.isValid()) {
        clearSelection();
        return;
    }
    if (!scrollToIt) {
        // setCurrentIndex() would scroll.
        selectionModel()->select(at, QItemSelectionModel::ClearAndSelect);
        return;
    }
    setCurrentIndex(at);
    scrollTo(at);
}

QModelIndex ThumbnailGrid::moveCursor(CursorAction action, Qt::KeyboardModifiers /*modifiers*/) {
    const int last = static_cast<int>(model_->list().size()) - 1;
    if (last < 0) return {};
    const QModelIndexList marked = selectionModel()->selectedIndexes();
    const int current = model_->positionOf(marked.isEmpty() ? currentIndex() : marked.front());
    if (current < 0) return model_->indexAt(std::max(0, firstPosition()));
    const int columns = model_->columnCount();
    const int rows = std::max(1, viewport()->height() / std::max(1, verticalHeader()->defaultSectionSize()));
    const auto vertical = [&](int by) {
        const int target = current + by * columns;
        if (target < 0) return current % columns;
        if (target <= last) return target;
        return current / columns == last / columns ? current : last;
    };
    int target = 0;
    switch (action) {
        case MoveLeft:
        case MovePrevious:
            target = current - 1;
            break;
        case MoveRight:
        case MoveNext:
            target = current + 1;
            break;
        case MoveUp:
            target = vertical(-1);
            break;
        case MoveDown:
            target = vertical(1);
            break;
        case MovePageUp:
            target = vertical(-rows);
            break;
        case MovePageDown:
            target = vertical(rows);
            break;
        case MoveHome:
            break;
        case MoveEnd:
            target = last;
            break;
    }
    return model_->indexAt(std::clamp(target, 0, last));
}

void ThumbnailGrid::selectionChanged(const QItemSelection& selected, const QItemSelection& deselected) {
    QTableView::selectionChanged(selected, deselected);
    if (quiet_ || selected.isEmpty()) return;
    if (const auto record = model_->recordAt(selected.indexes().front())) {
        selected_ = record;
        emit imageSelected(*record);
    }
}

int ThumbnailGrid::firstPosition() const {
    const int row = rowAt(0);
    return row < 0 ? -1 : row * model_->columnCount();
}

void ThumbnailGrid::layOut() {
    const QScopedValueRollback quiet(quiet_, true);
    const QSize cell = ThumbnailDelegate::cell(fontMetrics());
    const int columns = std::max(1, viewport()->width() / cell.width());
    if (verticalHeader()->defaultSectionSize() != cell.height())
        verticalHeader()->setDefaultSectionSize(cell.height());
    if (columns != model_->columnCount()) {
        const int first = firstPosition();
        model_->setColumns(columns);
        if (const QModelIndex at = model_->indexAt(first); at.isValid()) scrollTo(at, PositionAtTop);
        markSelected(false);
    }
    const int width = viewport()->width() / columns;
    if (horizontalHeader()->defaultSectionSize() != width) horizontalHeader()->setDefaultSectionSize(width);
    if (thumbnailSide() != side_) {
        side_ = thumbnailSide();
        model_->clearThumbnails();
        emit thumbnailSideChanged(side_);
    }
    tellVisibleRows();
}

void ThumbnailGrid::tellVisibleRows() {
    if (!isVisible()) return;
    const int last = rowAt(viewport()->height() - 1);
    model_->setVisibleRows(std::max(0, rowAt(0)), last < 0 ? model_->rowCount() - 1 : last);
}

void ThumbnailGrid::resizeEvent(QResizeEvent* event) {
    QTableView::resizeEvent(event);
    layOut();
}

void ThumbnailGrid::showEvent(QShowEvent* event) {
    QTableView::showEvent(event);
    layOut();
}

void ThumbnailGrid::changeEvent(QEvent* event) {
    QTableView::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) model_->setTheme(themeOf(palette()));
    if (event->type() == QEvent::FontChange) layOut();
}

void ThumbnailGrid::scrollContentsBy(int dx, int dy) {
    QTableView::scrollContentsBy(dx, dy);
    tellVisibleRows();
}

void ThumbnailGrid::paintEvent(QPaintEvent* event) {
    QTableView::paintEvent(event);
    if (model_->list().size() > 0 || emptyText_.isEmpty()) return;
    QPainter painter(viewport());
    painter.setPen(model_->theme().faintText);
    const int margin = fontMetrics().height();
    painter.drawText(viewport()->rect().adjusted(margin, margin, -margin, -margin),
                     static_cast<int>(Qt::AlignCenter) | Qt::TextWordWrap, emptyText_);
}

}  // namespace dicescope
