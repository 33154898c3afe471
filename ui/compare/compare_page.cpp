#include "ui/compare/compare_page.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QScrollArea>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabWidget>
#include <QVBoxLayout>
#include <algorithm>
#include <optional>

#include "ui/compare/compare_setup.h"
#include "ui/compare/comparison_table.h"
#include "ui/compare/detector_form.h"
#include "ui/compare/detector_list.h"
#include "ui/compare/detector_list_model.h"
#include "ui/panels/elided_label.h"
#include "ui/panels/panel_text.h"
#include "ui/plots/chart_view.h"

namespace dicescope {
namespace {

constexpr int kProgressSteps = 1000;
constexpr int kShare = 1000;       // of a splitter, in units that it scales to what there is
constexpr int kChoicesWidth = 24;  // lines of text

QScrollArea* scrolled(QWidget* widget) {
    auto* area = new QScrollArea;
    area->setWidget(widget);
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    return area;
}

/// What the slow detectors take together, in words.
QString estimateText(const DetectorListModel& detectors, const std::vector<DetectorSpec>& specs) {
    double seconds = 0;
    QStringList slow;
    QStringList models;
    for (const DetectorSpec& spec : specs) {
        const DetectorInfo& info = *findDetector(spec.id);
        if (!isSlow(info.cost)) continue;
        (info.cost == DetectorCost::Model ? models : slow) << QString::fromStdString(info.displayName);
        seconds += std::max(0.0, detectors.secondsOf(spec));
    }
    slow.removeDuplicates();
    models.removeDuplicates();
    const QString comma = QStringLiteral(", ");
    QStringList lines;
    if (!slow.isEmpty() && seconds < 1) lines << ComparePage::tr("%1: less than 1 s").arg(slow.join(comma));
    if (!slow.isEmpty() && seconds >= 1)
        lines << ComparePage::tr("%1: about %2").arg(slow.join(comma), durationText(seconds));
    if (!models.isEmpty())
        lines << ComparePage::tr("%1: runs the network several times on every image").arg(models.join(comma));
    return lines.join(QStringLiteral("; "));
}

}  // namespace

ComparePage::ComparePage(QWidget* parent)
    : QWidget(parent),
      pages_(new QStackedWidget),
      waiting_(new QLabel),
      detectors_(new DetectorList),
      form_(new DetectorForm),
      setup_(new CompareSetup),
      results_(new ComparisonPanel),
      histogram_(new ChartView(tr("Scores"))),
      roc_(new ChartView(tr("ROC"))),
      charts_(new QSplitter(Qt::Horizontal)),
      run_(new QPushButton(tr("&Compare"))),
      cancel_(new QPushButton(tr("Cancel"))),
      estimate_(new QLabel),
      state_(new ElidedLabel),
      progress_(new QProgressBar) {
    waiting_->setObjectName("compareWaiting");
    waiting_->setAlignment(Qt::AlignCenter);
    waiting_->setWordWrap(true);
    auto* sides = new QSplitter(Qt::Horizontal);
    sides->setObjectName("compareSides");
    sides->setChildrenCollapsible(false);
    sides->addWidget(buildChoices());
    sides->addWidget(buildResults());
    sides->setStretchFactor(0, 0);
    sides->setStretchFactor(1, 1);
    const int left = kChoicesWidth * fontMetrics().height();
    sides->setSizes({left, 3 * left});
    pages_->addWidget(waiting_);
    pages_->addWidget(sides);
    auto* page = new QVBoxLayout(this);
    page->setContentsMargins(0, 0, 0, 0);
    page->addWidget(pages_);
    connectParts();
    setRunning(false);
    setState({});
    setWaiting(tr("No results yet"));
    showDetector();
    setup_->setDetectors(detectors_->detectors().checkedDetectors());
    refreshRun();
}

QWidget* ComparePage::buildChoices() {
    auto* halves = new QSplitter(Qt::Vertical);
    halves->setObjectName("compareDetectorHalves");
    halves->setChildrenCollapsible(false);
    halves->addWidget(detectors_);
    halves->addWidget(scrolled(form_));
    halves->setStretchFactor(0, 1);
    halves->setStretchFactor(1, 0);
    halves->setSizes({11 * fontMetrics().height(), 14 * fontMetrics().height()});
    auto* tabs = new QTabWidget;
    tabs->setObjectName("compareTabs");
    tabs->setDocumentMode(true);
    tabs->addTab(halves, tr("Detectors"));
    tabs->addTab(setup_, tr("Baseline and groups"));
    auto* side = new QWidget;
    side->setMinimumWidth(16 * fontMetrics().height());
    auto* column = new QVBoxLayout(side);
    column->setContentsMargins(0, 0, 0, 4);
    column->setSpacing(4);
    column->addWidget(tabs, 1);
    buildRun(*column);
    return side;
}

void ComparePage::buildRun(QVBoxLayout& column) {
    run_->setObjectName("compareRun");
    cancel_->setObjectName("compareCancel");
    cancel_->setToolTip(wrappedTip(tr("Stops the comparison. Detectors that are done stay in the table.")));
    estimate_->setObjectName("compareEstimate");
    estimate_->setWordWrap(true);
    estimate_->setToolTip(wrappedTip(tr("An estimate of what the slow detectors take on this machine")));
    state_->setObjectName("compareState");
    progress_->setObjectName("compareProgress");
    progress_->setAccessibleName(tr("Progress of the comparison"));
    progress_->setTextVisible(false);
    progress_->setMaximumHeight(std::max(6, fontMetrics().height() / 2));
    auto* foot = new QVBoxLayout;
    foot->setContentsMargins(4, 0, 4, 0);
    foot->setSpacing(4);
    for (QWidget* widget : std::initializer_list<QWidget*>{estimate_, state_, progress_, run_, cancel_})
        foot->addWidget(widget);
    column.addLayout(foot);
}

QWidget* ComparePage::buildResults() {
    histogram_->setObjectName("compareHistogram");
    roc_->setObjectName("compareRoc");
    for (ChartView* chart : {histogram_, roc_}) {
        chart->setEmptyText(tr("Select a detector with results"));
        chart->setMinimumSize(12 * fontMetrics().height(), 8 * fontMetrics().height());
        charts_->addWidget(chart);
    }
    charts_->setObjectName("compareCharts");
    charts_->setChildrenCollapsible(false);
    charts_->setSizes({1, 1});
    results_->table().setMinimumHeight(6 * fontMetrics().height());
    auto* halves = new QSplitter(Qt::Vertical);
    halves->setObjectName("compareHalves");
    halves->setChildrenCollapsible(false);
    halves->addWidget(results_);
    halves->addWidget(charts_);
    halves->setStretchFactor(0, 1);
    halves->setStretchFactor(1, 1);
    halves->setSizes({4 * kShare, 3 * kShare});
    return halves;
}

void ComparePage::connectParts() {
    connect(run_, &QPushButton::clicked, this, &ComparePage::runRequested);
    connect(cancel_, &QPushButton::clicked, this, &ComparePage::cancelRequested);
    connect(detectors_, &DetectorList::currentChanged, this, &ComparePage::showDetector);
    connect(form_, &DetectorForm::specEdited, this, [this](const DetectorSpec& spec) {
        if (detectors_->currentRow() >= 0) detectors_->detectors().setSpec(detectors_->currentRow(), spec);
    });
    connect(&detectors_->detectors(), &DetectorListModel::textChanged, setup_, &CompareSetup::followDetector);
    connect(&detectors_->detectors(), &DetectorListModel::checkedChanged, this, [this] {
        setup_->setDetectors(detectors_->detectors().checkedDetectors());
        refreshRun();
    });
    connect(&results_->table(), &ComparisonTable::currentModelRowChanged, this,
            &ComparePage::detectorSelected);
}

void ComparePage::showDetector() {
    const int row = detectors_->currentRow();
    if (row < 0) return form_->setSpec(std::nullopt, {});
    form_->setSpec(detectors_->detectors().spec(row), detectors_->detectors().reason(row));
}

void ComparePage::refreshRun() {
    const auto specs = detectors_->detectors().checkedSpecs();
    run_->setEnabled(!specs.empty());
    run_->setText(specs.size() == 1 ? tr("&Compare 1 detector")
                                    : tr("&Compare %1 detectors").arg(specs.size()));
    run_->setToolTip(wrappedTip(
        specs.empty() ? tr("Check at least one detector.")
                      : tr("Fits and scores the checked detectors on the features that were extracted.")));
    const QString estimate = estimateText(detectors_->detectors(), specs);
    estimate_->setText(estimate);
    estimate_->setVisible(!running_ && !estimate.isEmpty());
}

void ComparePage::setWaiting(const QString& text) {
    waiting_->setText(text);
    pages_->setCurrentIndex(text.isEmpty() ? 1 : 0);
}

void ComparePage::setRunning(bool running) {
    const bool focused = run_->hasFocus() || cancel_->hasFocus();
    running_ = running;
    run_->setVisible(!running);
    cancel_->setVisible(running);
    progress_->setVisible(running);
    progress_->setRange(0, 0);
    refreshRun();
    if (focused) (running ? cancel_ : run_)->setFocus();
}

void ComparePage::setState(const QString& text) {
    state_->setText(text);
    state_->setVisible(!text.isEmpty());
}

void ComparePage::setProgress(const Progress& progress) {
    const QString words = progressText(progress, false);
    const QString stage = QString::fromStdString(progress.stage);
    setState(words.isEmpty() ? stage : tr("%1: %2").arg(stage, words));
    progress_->setRange(0, progress.total > 0 ? kProgressSteps : 0);
    if (progress.total == 0) return;
    const double share = static_cast<double>(progress.done) / static_cast<double>(progress.total);
    progress_->setValue(static_cast<int>(std::clamp(share, 0.0, 1.0) * kProgressSteps));
}

void ComparePage::setCharts(DetectorCharts charts) {
    histogram_->setData(std::move(charts.histogram));
    roc_->setData(std::move(charts.roc));
}

void ComparePage::setTheme(const Theme& theme) {
    results_->setTheme(theme);
    histogram_->setTheme(theme);
    roc_->setTheme(theme);
    QPalette faint = palette();
    faint.setColor(QPalette::WindowText, theme.faintText);
    estimate_->setPalette(faint);
    state_->setPalette(faint);
}

}  // namespace dicescope
