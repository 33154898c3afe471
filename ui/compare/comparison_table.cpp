#include "ui/compare/comparison_table.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QEvent>
#include <QHeaderView>
#include <QScrollBar>
#include <algorithm>
#include <vector>

#include "ui/compare/comparison_delegate.h"
#include "ui/compare/comparison_model.h"

namespace dicescope {
namespace {

constexpr int kFrozenColumns = 2;  // rank and name
constexpr int kFirstMetric = 2;
constexpr int kMostNameWidth = 26;  // characters

void prepare(QTableView& table) {
    table.setSelectionBehavior(QAbstractItemView::SelectRows);
    table.setSelectionMode(QAbstractItemView::ExtendedSelection);
    table.setEditTriggers(QAbstractItemView::NoEditTriggers);
    table.setShowGrid(false);
    table.setAlternatingRowColors(true);
    table.setTabKeyNavigation(false);
    table.setWordWrap(false);
    table.setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    table.setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    table.verticalHeader()->hide();
    table.verticalHeader()->setMinimumSectionSize(1);
    table.verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    table.verticalHeader()->setDefaultSectionSize(table.fontMetrics().height() * 3 / 2);
    QHeaderView* header = table.horizontalHeader();
    header->setMinimumSectionSize(1);
    header->setSectionsClickable(true);
    header->setSortIndicatorShown(true);
    header->setHighlightSections(false);
}

}  // namespace

void ComparisonOrder::sort(int column, Qt::SortOrder order) {
    order_ = order;
    QSortFilterProxyModel::sort(column, order);
}

bool ComparisonOrder::lessThan(const QModelIndex& left, const QModelIndex& right) const {
    const QVariant a = left.data(ComparisonModel::ValueRole);
    const QVariant b = right.data(ComparisonModel::ValueRole);
    if (!a.isValid() || !b.isValid()) {
        if (a.isValid() == b.isValid()) return false;
        return a.isValid() == (order_ == Qt::AscendingOrder);
    }
    if (a.userType() == QMetaType::QString) return a.toString().localeAwareCompare(b.toString()) < 0;
    return a.toDouble() < b.toDouble();
}

ComparisonTable::ComparisonTable(ComparisonModel& model, QWidget* parent)
    : QTableView(parent),
      model_(model),
      order_(new ComparisonOrder(this)),
      delegate_(new ComparisonDelegate(this)),
      frozen_(new QTableView(this)) {
    setObjectName("comparisonTable");
    setAccessibleName(tr("Comparison of detectors"));
    order_->setSourceModel(&model_);
    order_->setFilterKeyColumn(1);
    order_->setFilterCaseSensitivity(Qt::CaseInsensitive);
    setModel(order_);
    prepare(*this);
    setItemDelegate(delegate_);
    buildFrozen();
    auto* copy = new QAction(tr("&Copy as text"), this);
    copy->setObjectName("copyComparison");
    copy->setShortcut(QKeySequence::Copy);
    copy->setShortcutContext(Qt::WidgetShortcut);
    connect(copy, &QAction::triggered, this, &ComparisonTable::copyRows);
    addAction(copy);
    setContextMenuPolicy(Qt::ActionsContextMenu);
    frozen_->addAction(copy);
    frozen_->setContextMenuPolicy(Qt::ActionsContextMenu);
    connect(horizontalHeader(), &QHeaderView::sectionClicked, this, [this](int column) {
        const Qt::SortOrder first =
            model_.column(column).isHigherBetter() ? Qt::DescendingOrder : Qt::AscendingOrder;
        const bool turn = order_->sortColumn() == column && order_->sortOrder() == first;
        sortBy(column,
               turn ? (first == Qt::AscendingOrder ? Qt::DescendingOrder : Qt::AscendingOrder) : first);
    });
    connect(frozen_->horizontalHeader(), &QHeaderView::sectionClicked, horizontalHeader(),
            &QHeaderView::sectionClicked);
    connect(order_, &QAbstractItemModel::modelReset, this, &ComparisonTable::afterReset);
    for (const auto changed : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
        connect(order_, changed, this, &ComparisonTable::spanSentences);
    connect(order_, &QAbstractItemModel::layoutChanged, this, &ComparisonTable::spanSentences);
    connect(order_, &QAbstractItemModel::dataChanged, this, [this] {
        fitColumns();
        spanSentences();
    });
    // Sentences stay in sight, so that scrolling is not a move of what is drawn.
    connect(horizontalScrollBar(), &QScrollBar::valueChanged, viewport(), qOverload<>(&QWidget::update));
    connect(selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this] { emit currentModelRowChanged(currentModelRow()); });
}

// A window that closes while it is destroyed hides its headers, which then speak to what is gone.
ComparisonTable::~ComparisonTable() {
    horizontalHeader()->disconnect(this);
}

void ComparisonTable::buildFrozen() {
    frozen_->setObjectName("comparisonNames");
    frozen_->setAccessibleName(tr("Ranks and names of the compared detectors"));
    frozen_->setModel(order_);
    frozen_->setSelectionModel(selectionModel());
    prepare(*frozen_);
    frozen_->setItemDelegate(delegate_);
    frozen_->setFocusPolicy(Qt::NoFocus);
    frozen_->setFrameShape(QFrame::NoFrame);
    frozen_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    frozen_->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    frozen_->horizontalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    viewport()->stackUnder(frozen_);
    connect(frozen_->verticalScrollBar(), &QScrollBar::valueChanged, verticalScrollBar(),
            &QScrollBar::setValue);
    connect(verticalScrollBar(), &QScrollBar::valueChanged, frozen_->verticalScrollBar(),
            &QScrollBar::setValue);
    connect(horizontalHeader(), &QHeaderView::sectionResized, this, [this](int column, int, int width) {
        if (column < kFrozenColumns) frozen_->setColumnWidth(column, width);
        placeFrozen();
    });
    connect(horizontalHeader(), &QHeaderView::geometriesChanged, this, &ComparisonTable::placeFrozen);
}

void ComparisonTable::afterReset() {
    for (int column = kFrozenColumns; column < order_->columnCount(); ++column)
        frozen_->setColumnHidden(column, true);
    fitColumns();
    // The lowest average FPR95 first, until the user sorts otherwise.
    const bool sorted = order_->sortColumn() >= 0 && order_->sortColumn() < order_->columnCount();
    if (!sorted && order_->columnCount() > 0) sortBy(kFirstMetric, Qt::AscendingOrder);
    spanSentences();
    placeFrozen();
}

void ComparisonTable::sortBy(int column, Qt::SortOrder order) {
    sortByColumn(column, order);
    frozen_->horizontalHeader()->setSortIndicator(column, order);
}

// By all rows and the header, so that nothing jumps while scrolling.
void ComparisonTable::fitColumns() {
    const QStyleOptionViewItem option = [this] {
        QStyleOptionViewItem made;
        initViewItemOption(&made);
        return made;
    }();
    const int most = kMostNameWidth * fontMetrics().averageCharWidth();
    for (int column = 0; column < model_.columnCount(); ++column) {
        int width = horizontalHeader()->sectionSizeHint(column);
        for (int row = 0; row < model_.rowCount(); ++row)
            width = std::max(width, delegate_->sizeHint(option, model_.index(row, column)).width());
        if (column == kFrozenColumns - 1) width = std::min(width, most);
        setColumnWidth(column, width);
    }
}

void ComparisonTable::placeFrozen() {
    int width = 0;
    for (int column = 0; column < std::min(kFrozenColumns, order_->columnCount()); ++column)
        width += columnWidth(column);
    frozen_->horizontalHeader()->setFixedHeight(horizontalHeader()->height());
    frozen_->setGeometry(frameWidth(), frameWidth(), width,
                         viewport()->height() + horizontalHeader()->height());
    frozen_->setVisible(width > 0);
    delegate_->setSight(width, viewport()->width());
}

void ComparisonTable::spanSentences() {
    clearSpans();
    const int columns = order_->columnCount() - kFirstMetric;
    for (int row = 0; row < order_->rowCount(); ++row) {
        const QModelIndex index = order_->index(row, kFirstMetric);
        if (columns > 1 && !index.data(ComparisonModel::SentenceRole).toString().isEmpty())
            setSpan(row, kFirstMetric, 1, columns);
    }
}

void ComparisonTable::setFilter(const QString& text) {
    order_->setFilterFixedString(text);
}

void ComparisonTable::setTheme(const Theme& theme) {
    delegate_->setTheme(theme);
    viewport()->update();
    frozen_->viewport()->update();
}

int ComparisonTable::currentModelRow() const {
    return order_->mapToSource(currentIndex()).row();
}

void ComparisonTable::setCurrentModelRow(int row) {
    const QModelIndex index = order_->mapFromSource(model_.index(row, kFirstMetric));
    if (index.isValid()) setCurrentIndex(index);
}

void ComparisonTable::copyRows() const {
    std::vector<int> rows;
    const QModelIndexList selected = selectionModel()->selectedRows();
    for (int row = 0; row < order_->rowCount(); ++row) {
        if (selected.isEmpty() || selectionModel()->isRowSelected(row, {}))
            rows.push_back(order_->mapToSource(order_->index(row, 0)).row());
    }
    const QString text = model_.tabSeparated(rows);
    if (!text.isEmpty()) QApplication::clipboard()->setText(text);
}

void ComparisonTable::resizeEvent(QResizeEvent* event) {
    QTableView::resizeEvent(event);
    placeFrozen();
}

void ComparisonTable::changeEvent(QEvent* event) {
    QTableView::changeEvent(event);
    if (event->type() != QEvent::FontChange && event->type() != QEvent::StyleChange) return;
    for (QTableView* table : {static_cast<QTableView*>(this), frozen_})
        table->verticalHeader()->setDefaultSectionSize(fontMetrics().height() * 3 / 2);
    fitColumns();
    placeFrozen();
}

QModelIndex ComparisonTable::moveCursor(CursorAction action, Qt::KeyboardModifiers modifiers) {
    const QModelIndex to = QTableView::moveCursor(action, modifiers);
    // What the move uncovers must not stay below the columns that do not scroll.
    if (to.isValid() && to.column() >= kFrozenColumns) {
        const int hidden = frozen_->width() - visualRect(to).left();
        if (hidden > 0) horizontalScrollBar()->setValue(horizontalScrollBar()->value() - hidden);
    }
    return to;
}

void ComparisonTable::scrollTo(const QModelIndex& index, ScrollHint hint) {
    const int across = horizontalScrollBar()->value();
    QTableView::scrollTo(index, hint);
    // What does not scroll is in sight already.
    if (index.column() < kFrozenColumns) horizontalScrollBar()->setValue(across);
}

}  // namespace dicescope
