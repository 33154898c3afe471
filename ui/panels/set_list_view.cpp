#include "ui/panels/set_list_view.h"

#include <QAction>
#include <QMouseEvent>
#include <algorithm>

#include "ui/panels/set_delegate.h"
#include "ui/panels/set_list_model.h"

namespace dicescope {
namespace {

// More sets than this scroll within the list.
constexpr int kRowsAtOnce = 12;

}  // namespace

SetListView::SetListView(SetListModel* sets, QWidget* parent)
    : QListView(parent), sets_(sets), delegate_(new SetDelegate(this)) {
    setModel(sets_);
    setItemDelegate(delegate_);
    setUniformItemSizes(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollMode(ScrollPerPixel);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setEditTriggers(DoubleClicked);
    setDragDropMode(DragDrop);
    setDefaultDropAction(Qt::MoveAction);
    setMouseTracking(true);
    addActions();

    connect(delegate_, &SetDelegate::skippedClicked, this,
            [this](const QModelIndex& index) { emit skippedRequested(index.row()); });
    connect(selectionModel(), &QItemSelectionModel::currentChanged, this, &SetListView::enableActions);
    for (const auto signal : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved}) {
        connect(sets_, signal, this, &SetListView::updateGeometry);
        connect(sets_, signal, this, &SetListView::enableActions);
    }
    connect(sets_, &QAbstractItemModel::rowsMoved, this, &SetListView::enableActions);
    connect(sets_, &QAbstractItemModel::dataChanged, this, &SetListView::enableActions);
    connect(sets_, &QAbstractItemModel::modelReset, this, &SetListView::updateGeometry);
    connect(sets_, &QAbstractItemModel::modelReset, this, &SetListView::enableActions);
    enableActions();
}

QSize SetListView::sizeHint() const {
    QStyleOptionViewItem option;
    initViewItemOption(&option);
    const int row = delegate_->sizeHint(option, {}).height();
    return {QListView::sizeHint().width(), std::min(sets_->rowCount(), kRowsAtOnce) * row + 2 * frameWidth()};
}

QSize SetListView::minimumSizeHint() const {
    return {fontMetrics().averageCharWidth() * 16, sizeHint().height()};
}

void SetListView::mouseMoveEvent(QMouseEvent* event) {
    QListView::mouseMoveEvent(event);
    const QModelIndex under = indexAt(event->position().toPoint());
    bool overLink = false;
    if (under.isValid()) {
        QStyleOptionViewItem option;
        initViewItemOption(&option);
        option.rect = visualRect(under);
        overLink = delegate_->skippedRect(option, under).contains(event->position().toPoint());
    }
    viewport()->setCursor(overLink ? Qt::PointingHandCursor : Qt::ArrowCursor);
}

void SetListView::changeEvent(QEvent* event) {
    QListView::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange) updateGeometry();
}

QAction* SetListView::addKeyAction(const QString& name, const QString& text, const QKeySequence& keys,
                                   void (SetListView::*act)()) {
    auto* action = new QAction(text, this);
    action->setObjectName(name);
    action->setShortcut(keys);
    action->setShortcutContext(Qt::WidgetShortcut);
    connect(action, &QAction::triggered, this, act);
    addAction(action);
    return action;
}

void SetListView::addActions() {
    rename_ =
        addKeyAction(QStringLiteral("renameSet"), tr("Rename"), Qt::Key_F2, &SetListView::renameCurrent);
    remove_ = addKeyAction(QStringLiteral("removeSet"), tr("Remove"), QKeySequence::Delete,
                           &SetListView::removeCurrent);
    up_ = addKeyAction(QStringLiteral("moveSetUp"), tr("Move Up"), Qt::ALT | Qt::Key_Up,
                       &SetListView::moveCurrentUp);
    down_ = addKeyAction(QStringLiteral("moveSetDown"), tr("Move Down"), Qt::ALT | Qt::Key_Down,
                         &SetListView::moveCurrentDown);
    skipped_ =
        addKeyAction(QStringLiteral("showSkipped"), tr("Show Skipped Files…"), {}, &SetListView::showSkipped);
    setContextMenuPolicy(Qt::ActionsContextMenu);
}

void SetListView::enableActions() {
    const int row = currentIndex().row();
    const int rows = sets_->rowCount();
    const bool valid = row >= 0 && row < rows;
    rename_->setEnabled(valid);
    remove_->setEnabled(valid);
    up_->setEnabled(valid && row > 0);
    down_->setEnabled(valid && row + 1 < rows);
    skipped_->setEnabled(valid && !skippedText(sets_->item(row).state).isEmpty());
}

void SetListView::renameCurrent() {
    edit(currentIndex());
}

void SetListView::removeCurrent() {
    sets_->removeRow(currentIndex().row());
}

void SetListView::moveCurrentUp() {
    moveCurrent(-1);
}

void SetListView::moveCurrentDown() {
    moveCurrent(1);
}

void SetListView::moveCurrent(int step) {
    const int row = currentIndex().row();
    sets_->moveRow({}, row, {}, step < 0 ? row - 1 : row + 2);
    scrollTo(currentIndex());
}

void SetListView::showSkipped() {
    emit skippedRequested(currentIndex().row());
}

}  // namespace dicescope
