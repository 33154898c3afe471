#include "ui/window/analysis_page.h"

#include <QLabel>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabBar>
#include <QVBoxLayout>

#include "ui/compare/compare_page.h"
#include "ui/inspect/inspect_page.h"
#include "ui/panels/analysis_panel.h"
#include "ui/panels/exploration_controls.h"
#include "ui/panels/metrics_panel.h"
#include "ui/panels/sparsity_slider.h"
#include "ui/plots/level_plot.h"
#include "ui/window/plot_grid.h"

namespace dicescope {
namespace {

std::optional<std::size_t> chosenRow(const Exploration& exploration) {
    if (!exploration.choice) return std::nullopt;
    return exploration.choice->chosen.index;
}

}  // namespace

AnalysisPage::AnalysisPage(QWidget* parent)
    : QWidget(parent),
      splitter_(new QSplitter(Qt::Horizontal, this)),
      sections_(new QTabBar),
      centre_(new QStackedWidget),
      inputs_(new AnalysisPanel),
      plots_(new PlotGrid),
      slider_(new SparsitySlider),
      controls_(new ExplorationControls),
      activity_(new QLabel),
      metrics_(new MetricsPanel),
      inspect_(new InspectPage),
      compare_(new ComparePage) {
    sections_->setObjectName("sections");
    sections_->setAccessibleName(tr("Sections"));
    sections_->setDrawBase(false);
    sections_->setExpanding(false);
    sections_->addTab(tr("Detector"));
    sections_->setTabToolTip(Detector, tr("Scores, ROC curves and FPR95 over the sparsity p"));
    sections_->addTab(tr("Inspect"));
    sections_->setTabToolTip(Inspect, tr("Contributions of weights, classes, units and images"));
    sections_->addTab(tr("Compare"));
    sections_->setTabToolTip(Compare, tr("Every detector on the same features, side by side"));
    centre_->addWidget(plots_);
    centre_->addWidget(inspect_);
    centre_->addWidget(compare_);
    auto* centre = new QWidget;
    auto* column = new QVBoxLayout(centre);
    column->setContentsMargins(4, 4, 4, 4);
    column->addWidget(sections_);
    column->addWidget(centre_, 1);
    column->addWidget(slider_);
    column->addWidget(controls_);
    column->addWidget(activity_);
    activity_->setObjectName("activity");
    activity_->setAccessibleName(tr("Activity"));

    splitter_->setObjectName("analysisSplitter");
    splitter_->addWidget(inputs_);
    splitter_->addWidget(centre);
    splitter_->addWidget(metrics_);
    splitter_->setStretchFactor(1, 1);
    splitter_->setCollapsible(1, false);
    const int character = fontMetrics().averageCharWidth();
    splitter_->setSizes({40 * character, 100 * character, 60 * character});
    auto* page = new QVBoxLayout(this);
    page->setContentsMargins(0, 0, 0, 0);
    page->addWidget(splitter_);

    connect(sections_, &QTabBar::currentChanged, this, [this] {
        refreshSection();
        emit sectionChanged();
    });
    connect(slider_, &SparsitySlider::rowChanged, this, &AnalysisPage::rowChanged);
    connect(&plots_->levels(), &LevelPlot::rowPicked, this, &AnalysisPage::rowChanged);
    for (PlotView* plot : plots_->plots())
        connect(plot, &PlotView::setToggled, this, &AnalysisPage::setToggled);
}

AnalysisPage::Section AnalysisPage::section() const {
    return static_cast<Section>(sections_->currentIndex());
}

void AnalysisPage::setSection(Section section) {
    sections_->setCurrentIndex(section);
}

void AnalysisPage::refreshSection() {
    const bool detector = section() == Detector;
    centre_->setCurrentIndex(section());
    controls_->setVisible(detector);
    slider_->setVisible(section() != Compare);
    metrics_->setVisible(detector && metricsVisible_);
}

void AnalysisPage::show(const ExplorationPtr& exploration, std::size_t row) {
    if (exploration && exploration != exploration_) {
        slider_->setLevels(exploration->metrics->levels);
        slider_->setMarks(exploration->bestByFpr95.index, chosenRow(*exploration));
    }
    exploration_ = exploration;
    if (exploration) slider_->setRow(row);
    for (PlotView* plot : plots_->plots()) plot->show(exploration, row);
    metrics_->show(exploration, row);
}

void AnalysisPage::setHiddenSets(const QSet<QString>& hidden) {
    for (PlotView* plot : plots_->plots()) plot->setHiddenSets(hidden);
}

void AnalysisPage::setTheme(const Theme& theme) {
    inputs_->setTheme(theme);
    metrics_->setTheme(theme);
    inspect_->setTheme(theme);
    compare_->setTheme(theme);
    for (PlotView* plot : plots_->plots()) plot->setTheme(theme);
}

void AnalysisPage::setActivity(const QString& text) {
    activity_->setText(text);
}

void AnalysisPage::setInputsVisible(bool visible) {
    inputs_->setVisible(visible);
}

void AnalysisPage::setMetricsVisible(bool visible) {
    metricsVisible_ = visible;
    refreshSection();
}

QByteArray AnalysisPage::saveLayout() const {
    return splitter_->saveState();
}

void AnalysisPage::restoreLayout(const QByteArray& layout) {
    splitter_->restoreState(layout);
}

}  // namespace dicescope
