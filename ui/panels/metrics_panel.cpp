#include "ui/panels/metrics_panel.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QItemSelectionModel>
#include <QLabel>
#include <QSet>
#include <QTreeView>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/panels/exploration_choices.h"
#include "ui/panels/metric_text.h"
#include "ui/panels/metrics_delegate.h"
#include "ui/panels/panel_text.h"

namespace dicescope {

namespace {

QString titleText(const Exploration& exploration, std::size_t row) {
    if (row == exploration.denseRow()) return MetricsPanel::tr("Dense head");
    return MetricsPanel::tr("p = %1").arg(percentLevelText(exploration.sweep.levels.at(row)));
}

QString keptText(const Exploration& exploration, std::size_t row) {
    const std::size_t kept = row == exploration.denseRow() ? exploration.weights : exploration.kept.at(row);
    return MetricsPanel::tr("%1 of %2 weights kept").arg(countText(kept), countText(exploration.weights));
}

QString settingText(const Exploration& exploration) {
    QString text = MetricsPanel::tr("%1, score %2")
                       .arg(rankingTitle(exploration.sweep.rule), scoreTitle(exploration.view.score));
    if (exploration.sweep.reactClip) {
        text += MetricsPanel::tr(", ReAct c = %1")
                    .arg(shortNumber(static_cast<double>(*exploration.sweep.reactClip)));
    }
    return text;
}

QString accuracyText(const Exploration& exploration, std::size_t row) {
    const std::vector<double>& accuracy = exploration.accuracy;
    if (accuracy.empty()) return MetricsPanel::tr("ID accuracy: no labels");
    const double dense = accuracy.at(exploration.denseRow());
    if (row == exploration.denseRow()) return MetricsPanel::tr("ID accuracy: %1 %").arg(percentText(dense));
    return MetricsPanel::tr("ID accuracy: %1 % dense → %2 %")
        .arg(percentText(dense), percentText(accuracy.at(row)));
}

QString thresholdText(const Exploration& exploration, std::size_t row) {
    const MetricColumns& average = exploration.metrics->average;
    QString threshold = QString::number(average.threshold.at(row), 'g', 5);
    threshold.replace(u'-', QChar(0x2212));
    return MetricsPanel::tr("Threshold: %1 at TPR %2 %").arg(threshold, percentText(average.tpr.at(row)));
}

QString partialText(const Exploration& exploration) {
    const double share = static_cast<double>(exploration.samplesDone) /
                         static_cast<double>(std::max<std::size_t>(1, exploration.samplesTotal));
    return MetricsPanel::tr("First %1 % of the images").arg(std::floor(share * 100));
}

}  // namespace

struct MetricsPanel::Impl {
    explicit Impl(MetricsPanel* panel);

    QLabel* addLine(const char* objectName, const QString& tip);
    void buildTree();
    void buildActions();
    void sizeColumns();
    void setMinimumWidth();
    void copy();
    void keepExpansion();

    MetricsPanel* owner;
    QVBoxLayout* layout;
    QLabel* title;
    QLabel* kept;
    QLabel* setting;
    QLabel* accuracy;
    QLabel* threshold;
    QLabel* partial;
    QTreeView* tree;
    MetricsModel* model;
    QSet<QString> expanded;
};

MetricsPanel::Impl::Impl(MetricsPanel* panel)
    : owner(panel),
      layout(new QVBoxLayout(panel)),
      tree(new QTreeView(panel)),
      model(new MetricsModel(panel)) {
    const int em = panel->fontMetrics().height();
    layout->setContentsMargins(em / 3, em / 2, em / 3, em / 3);
    layout->setSpacing(em / 6);
    title = addLine("metricsTitle",
                    MetricsPanel::tr("p: the percentage of the head's weights that are dropped."));
    kept = addLine("metricsKept",
                   MetricsPanel::tr("Weights of the head that are left at this p. A weight at the "
                                    "threshold itself is dropped, so p = 0 drops the smallest one."));
    QFont bold = title->font();
    bold.setBold(true);
    title->setFont(bold);
    setting = addLine("metricsSetting",
                      MetricsPanel::tr("What orders the weights for dropping, and the score of the logits."));
    accuracy = addLine(
        "metricsAccuracy",
        MetricsPanel::tr(
            "Share of ID images whose class is found. The predicted class of the detector is that of the "
            "dense head; beside it what the masked head would find."));
    threshold = addLine(
        "metricsThreshold",
        MetricsPanel::tr("The largest ID score that at least the TPR level of the ID images reach, and "
                         "the share that really does. It is fitted anew for every p."));
    partial = addLine(
        "metricsPartial",
        MetricsPanel::tr("The sweep is still running: the numbers speak of a random part of the images of "
                         "every set and will sharpen."));
    layout->addSpacing(em / 4);
    buildTree();
    buildActions();
}

QLabel* MetricsPanel::Impl::addLine(const char* objectName, const QString& tip) {
    auto* label = new QLabel(owner);
    label->setObjectName(QLatin1String(objectName));
    label->setToolTip(wrappedTip(tip));
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    label->hide();
    layout->addWidget(label);
    return label;
}

void MetricsPanel::Impl::buildTree() {
    tree->setObjectName(QStringLiteral("metricsTree"));
    tree->setAccessibleName(MetricsPanel::tr("Metrics"));
    tree->setModel(model);
    tree->setItemDelegate(new MetricsDelegate(tree));
    tree->setIndentation(owner->fontMetrics().height() * 4 / 5);
    tree->setAllColumnsShowFocus(true);
    tree->setSelectionMode(QAbstractItemView::ExtendedSelection);
    tree->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    tree->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    tree->setMinimumHeight(8 * owner->fontMetrics().height());
    tree->setColumnHidden(MetricsModel::Published, true);
    tree->header()->setStretchLastSection(false);
    tree->header()->setSectionsMovable(false);
    sizeColumns();
    setMinimumWidth();
    layout->addWidget(tree, 1);
    QObject::connect(tree, &QTreeView::expanded, owner,
                     [this](const QModelIndex& index) { expanded.insert(index.data().toString()); });
    QObject::connect(tree, &QTreeView::collapsed, owner,
                     [this](const QModelIndex& index) { expanded.remove(index.data().toString()); });
    QObject::connect(model, &QAbstractItemModel::modelReset, owner, [this] { keepExpansion(); });
}

/// Wide enough for every number, so that columns do not jump while the slider moves; the names get the rest.
void MetricsPanel::Impl::sizeColumns() {
    QFont bold = tree->font();
    bold.setBold(true);
    const QFontMetrics metrics(tree->font());
    const QFontMetrics boldMetrics(bold);
    const QFontMetrics small(MetricsDelegate::smallFont(tree->font()));
    const int space = 2 * MetricsDelegate::margin(metrics);
    const int number = space + std::max(metrics.horizontalAdvance(QStringLiteral("100.00")),
                                        boldMetrics.horizontalAdvance(QStringLiteral("88.88")));
    const int difference = space + std::max(boldMetrics.horizontalAdvance(QStringLiteral("▼ −88.88")),
                                            small.horizontalAdvance(QStringLiteral("[−88.8, −88.8]")));
    const QString published =
        model->headerData(MetricsModel::Published, Qt::Horizontal, Qt::DisplayRole).toString();
    QHeaderView* header = tree->header();
    header->setMinimumSectionSize(number);
    header->setSectionResizeMode(QHeaderView::Fixed);
    header->setSectionResizeMode(MetricsModel::Name, QHeaderView::Stretch);
    header->resizeSection(MetricsModel::Dense, number);
    header->resizeSection(MetricsModel::Current, number);
    header->resizeSection(MetricsModel::Difference, difference);
    header->resizeSection(MetricsModel::Published,
                          std::max(number, boldMetrics.horizontalAdvance(published) + space));
}

/// Leaves room for a short name beside the numbers that are shown.
void MetricsPanel::Impl::setMinimumWidth() {
    int width = 9 * owner->fontMetrics().averageCharWidth() + 2 * tree->indentation();
    for (int column = MetricsModel::Dense; column < MetricsModel::ColumnCount; ++column) {
        if (!tree->isColumnHidden(column)) width += tree->header()->sectionSize(column);
    }
    tree->setMinimumWidth(width + 2 * tree->frameWidth());
}

void MetricsPanel::Impl::buildActions() {
    auto* copyRows = new QAction(MetricsPanel::tr("&Copy as text"), tree);
    copyRows->setObjectName(QStringLiteral("copyMetrics"));
    copyRows->setShortcut(QKeySequence::Copy);
    copyRows->setShortcutContext(Qt::WidgetShortcut);
    QObject::connect(copyRows, &QAction::triggered, owner, [this] { copy(); });
    auto* open = new QAction(MetricsPanel::tr("&Expand all"), tree);
    QObject::connect(open, &QAction::triggered, tree, &QTreeView::expandAll);
    auto* close = new QAction(MetricsPanel::tr("Co&llapse all"), tree);
    QObject::connect(close, &QAction::triggered, tree, &QTreeView::collapseAll);
    tree->addActions({copyRows, open, close});
    tree->setContextMenuPolicy(Qt::ActionsContextMenu);
}

void MetricsPanel::Impl::copy() {
    const QString text = model->tabSeparated(tree->selectionModel()->selectedRows());
    if (!text.isEmpty()) QApplication::clipboard()->setText(text);
}

/// Sets that come back by name are open as they were; the average is from the start.
void MetricsPanel::Impl::keepExpansion() {
    if (expanded.isEmpty() && model->rowCount() > 0) tree->expand(model->index(0, 0));
    const QSet<QString> open = expanded;
    for (int row = 0; row < model->rowCount(); ++row) {
        const QModelIndex index = model->index(row, 0);
        if (open.contains(index.data().toString())) tree->expand(index);
    }
}

MetricsPanel::MetricsPanel(QWidget* parent) : QWidget(parent), impl_(std::make_unique<Impl>(this)) {
    setTheme(themeOf(palette()));
}

MetricsPanel::~MetricsPanel() = default;

void MetricsPanel::show(const ExplorationPtr& exploration, std::size_t row) {
    impl_->model->show(exploration, row);
    for (QLabel* label : {impl_->title, impl_->kept, impl_->setting, impl_->accuracy, impl_->threshold}) {
        label->setVisible(exploration != nullptr);
    }
    impl_->partial->setVisible(exploration != nullptr && !exploration->complete());
    if (!exploration) return;
    row = std::min(row, exploration->denseRow());
    impl_->title->setText(titleText(*exploration, row));
    impl_->kept->setText(keptText(*exploration, row));
    impl_->setting->setText(settingText(*exploration));
    impl_->accuracy->setText(accuracyText(*exploration, row));
    impl_->threshold->setText(thresholdText(*exploration, row));
    impl_->partial->setText(partialText(*exploration));
}

void MetricsPanel::setIntervals(const ExplorationPtr& exploration, std::size_t row,
                                const PairedIntervals& intervals, const BootstrapOptions& options) {
    impl_->model->setIntervals(exploration, row, intervals, options);
}

void MetricsPanel::setPublished(const std::vector<PublishedMetrics>& published) {
    impl_->model->setPublished(published);
    impl_->tree->setColumnHidden(MetricsModel::Published, published.empty());
    impl_->setMinimumWidth();
}

void MetricsPanel::setTheme(const Theme& theme) {
    impl_->model->setTheme(theme);
}

}  // namespace dicescope
