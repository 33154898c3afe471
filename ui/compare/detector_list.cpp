#include "ui/compare/detector_list.h"

#include <QAction>
#include <QEvent>
#include <QHeaderView>
#include <QLineEdit>
#include <QSortFilterProxyModel>
#include <QStyledItemDelegate>
#include <QToolButton>
#include <QTreeView>
#include <QVBoxLayout>

#include "ui/compare/detector_list_model.h"
#include "ui/panels/flow_layout.h"
#include "ui/panels/panel_text.h"

namespace dicescope {
namespace {

/// Greys rows that cannot run; they can be selected all the same, to read why and to change their settings.
class DetectorDelegate : public QStyledItemDelegate {
  public:
    using QStyledItemDelegate::QStyledItemDelegate;

  protected:
    void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override {
        QStyledItemDelegate::initStyleOption(option, index);
        if (!index.data(DetectorListModel::ReasonRole).toString().isEmpty())
            option->state &= ~QStyle::State_Enabled;
    }
};

QToolButton* button(const QString& text, const char* name, const QString& tip) {
    auto* made = new QToolButton;
    made->setText(text);
    made->setObjectName(QLatin1String(name));
    made->setToolTip(wrappedTip(tip));
    made->setFocusPolicy(Qt::StrongFocus);
    return made;
}

}  // namespace

DetectorList::DetectorList(QWidget* parent)
    : QWidget(parent),
      model_(new DetectorListModel(this)),
      proxy_(new QSortFilterProxyModel(this)),
      filter_(new QLineEdit),
      tree_(new QTreeView),
      quick_(button(tr("All &but slow"), "detectorsQuick",
                    tr("Checks every detector that takes seconds, and no other"))),
      none_(button(tr("&None"), "detectorsNone", tr("Unchecks every detector"))),
      duplicate_(button(tr("Dupl&icate"), "detectorDuplicate",
                        tr("Adds the selected detector once more, to compare it with other settings"))),
      remove_(button(tr("Remo&ve"), "detectorRemove",
                     tr("Takes a detector that was added out of the list again"))) {
    proxy_->setSourceModel(model_);
    proxy_->setFilterRole(DetectorListModel::SearchRole);
    proxy_->setFilterCaseSensitivity(Qt::CaseInsensitive);
    proxy_->setFilterKeyColumn(DetectorListModel::Name);
    build();
    const auto changed = [this] {
        enableButtons();
        emit currentChanged();
    };
    connect(tree_->selectionModel(), &QItemSelectionModel::currentRowChanged, this, changed);
    connect(model_, &QAbstractItemModel::dataChanged, this, changed);
    connect(model_, &QAbstractItemModel::modelReset, this, [this, changed] {
        setCurrentRow(0);
        changed();
    });
    connect(filter_, &QLineEdit::textChanged, proxy_, &QSortFilterProxyModel::setFilterFixedString);
    connect(quick_, &QToolButton::clicked, model_, &DetectorListModel::checkQuick);
    connect(none_, &QToolButton::clicked, model_, &DetectorListModel::checkNone);
    connect(duplicate_, &QToolButton::clicked, this, &DetectorList::duplicateCurrent);
    connect(remove_, &QToolButton::clicked, this, &DetectorList::removeCurrent);
    setCurrentRow(0);
}

void DetectorList::build() {
    filter_->setObjectName("detectorFilter");
    filter_->setPlaceholderText(tr("Filter detectors"));
    filter_->setAccessibleName(tr("Filter detectors"));
    filter_->setToolTip(tr("Shows detectors whose name, authors, title or venue has this text"));
    filter_->setClearButtonEnabled(true);
    tree_->setObjectName("detectorTree");
    tree_->setAccessibleName(tr("Detectors"));
    tree_->setModel(proxy_);
    tree_->setItemDelegate(new DetectorDelegate(tree_));
    tree_->setRootIsDecorated(false);
    tree_->setUniformRowHeights(true);
    tree_->setMinimumHeight(7 * fontMetrics().height());
    tree_->setAllColumnsShowFocus(true);
    tree_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    tree_->header()->setStretchLastSection(false);
    tree_->header()->setSectionsMovable(false);
    sizeColumns();
    auto* removing = new QAction(remove_->text(), tree_);
    removing->setShortcut(QKeySequence::Delete);
    removing->setShortcutContext(Qt::WidgetShortcut);
    connect(removing, &QAction::triggered, this, &DetectorList::removeCurrent);
    tree_->addAction(removing);
    auto* buttons = new FlowLayout;
    buttons->setSpacings(4, 4);
    for (QToolButton* each : {quick_, none_, duplicate_, remove_}) buttons->addWidget(each);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(4, 4, 4, 0);
    column->setSpacing(4);
    column->addWidget(filter_);
    column->addWidget(tree_, 1);
    column->addLayout(buttons);
}

void DetectorList::sizeColumns() {
    const QFontMetrics metrics(tree_->font());
    const int space = metrics.height();
    QHeaderView* header = tree_->header();
    header->setMinimumSectionSize(2 * space);
    header->setSectionResizeMode(QHeaderView::Fixed);
    header->setSectionResizeMode(DetectorListModel::Name, QHeaderView::Stretch);
    header->resizeSection(DetectorListModel::Need, metrics.horizontalAdvance(tr("training")) + space);
    header->resizeSection(DetectorListModel::Time,
                          metrics.horizontalAdvance(QStringLiteral("1 h 88 min")) + space);
}

void DetectorList::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange) sizeColumns();
}

int DetectorList::currentRow() const {
    return proxy_->mapToSource(tree_->currentIndex()).row();
}

void DetectorList::setCurrentRow(int row) {
    const QModelIndex index = proxy_->mapFromSource(model_->index(row, DetectorListModel::Name));
    if (!index.isValid()) return;
    tree_->setCurrentIndex(index);
    tree_->scrollTo(index);
}

void DetectorList::enableButtons() {
    duplicate_->setEnabled(currentRow() >= 0);
    remove_->setEnabled(model_->canRemove(currentRow()));
}

void DetectorList::duplicateCurrent() {
    if (currentRow() >= 0) setCurrentRow(model_->duplicate(currentRow()));
}

void DetectorList::removeCurrent() {
    model_->remove(currentRow());
}

}  // namespace dicescope
