#include "ui/window/main_window.h"

#include <QActionGroup>
#include <QCloseEvent>
#include <QDir>
#include <QDragEnterEvent>
#include <QMenu>
#include <QMenuBar>
#include <QMimeData>
#include <QSettings>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "ui/panels/message_bar.h"
#include "ui/panels/sparsity_slider.h"
#include "ui/panels/start_page.h"
#include "ui/plots/histogram_plot.h"
#include "ui/plots/level_plot.h"
#include "ui/plots/roc_plot.h"
#include "ui/window/analysis_page.h"
#include "ui/window/plot_grid.h"

namespace dicescope {
namespace {

QStringList localPaths(const QMimeData& data) {
    QStringList paths;
    for (const QUrl& url : data.urls()) {
        if (url.isLocalFile()) paths << url.toLocalFile();
    }
    return paths;
}

}  // namespace

MainWindow::MainWindow(QWidget* parent)
    : QMainWindow(parent),
      pages_(new QStackedWidget),
      start_(new StartPage),
      analysis_(new AnalysisPage),
      messages_(new MessageBar) {
    setObjectName("mainWindow");
    setAcceptDrops(true);
    auto* central = new QWidget;
    auto* column = new QVBoxLayout(central);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(messages_);
    column->addWidget(pages_, 1);
    pages_->addWidget(start_);
    pages_->addWidget(analysis_);
    setCentralWidget(central);
    resize(1360, 820);

    buildFileMenu();
    buildAnalysisMenu();
    buildViewMenu();
    buildHelpMenu();
    connect(start_, &StartPage::demoRequested, this, &MainWindow::demoRequested);
    connect(start_, &StartPage::newAnalysisRequested, this, &MainWindow::newRequested);
    connect(start_, &StartPage::benchmarkRequested, this, &MainWindow::benchmarkRequested);
    connect(start_, &StartPage::openSessionRequested, this, &MainWindow::openRequested);
    connect(start_, &StartPage::sessionRequested, this, &MainWindow::sessionRequested);
    showStart();
    refreshTheme();
}

void MainWindow::buildFileMenu() {
    auto* menu = menuBar()->addMenu(tr("&File"));
    menu->addAction(tr("&New analysis"), QKeySequence::New, this, &MainWindow::newRequested);
    menu->addAction(tr("New from &benchmark…"), QKeySequence(tr("Ctrl+B")), this,
                    &MainWindow::benchmarkRequested);
    menu->addAction(tr("Open the &demo"), QKeySequence(tr("Ctrl+Shift+D")), this, &MainWindow::demoRequested);
    menu->addAction(tr("&Open session…"), QKeySequence::Open, this, &MainWindow::openRequested);
    recent_ = menu->addMenu(tr("&Recent sessions"));
    menu->addSeparator();
    save_ = menu->addAction(tr("&Save session"), QKeySequence::Save, this, &MainWindow::saveRequested);
    saveAs_ = menu->addAction(tr("Save session &as…"), QKeySequence(tr("Ctrl+Shift+S")), this,
                              &MainWindow::saveAsRequested);
    menu->addSeparator();
    export_ = menu->addAction(tr("&Export…"), QKeySequence(tr("Ctrl+E")), this, &MainWindow::exportRequested);
    export_->setObjectName("exportAction");
    export_->setEnabled(false);
    menu->addSeparator();
    menu->addAction(tr("&Quit"), QKeySequence(tr("Ctrl+Q")), this, &QWidget::close);
    onAnalysis_ << save_ << saveAs_;
}

void MainWindow::buildAnalysisMenu() {
    auto* menu = menuBar()->addMenu(tr("&Analysis"));
    onAnalysis_ << menu->addAction(tr("&Run"), QKeySequence(tr("Ctrl+R")), this, &MainWindow::runRequested);
    onAnalysis_ << menu->addAction(tr("&Cancel"), QKeySequence(tr("Ctrl+.")), this,
                                   &MainWindow::cancelRequested);
    menu->addSeparator();
    onAnalysis_ << menu->addAction(tr("Go to the sparsity &slider"), QKeySequence(tr("Ctrl+L")), this,
                                   [this] { analysis_->slider().setFocus(Qt::ShortcutFocusReason); });
}

void MainWindow::buildViewMenu() {
    auto* menu = menuBar()->addMenu(tr("&View"));
    const std::pair<QString, QString> sections[] = {
        {tr("&Detector"), tr("F5")}, {tr("&Inspect"), tr("F6")}, {tr("&Compare"), tr("F7")}};
    for (int i = 0; i < AnalysisPage::SectionCount; ++i) {
        const auto section = static_cast<AnalysisPage::Section>(i);
        onAnalysis_ << menu->addAction(sections[i].first, QKeySequence(sections[i].second), this,
                                       [this, section] { analysis_->setSection(section); });
    }
    menu->addSeparator();
    PlotGrid& plots = analysis_->plots();
    const struct {
        QString text;
        QString keys;
        PlotView* plot;
    } entries[] = {{tr("Maximise the &histogram"), tr("Ctrl+1"), &plots.histogram()},
                   {tr("Maximise the R&OC curves"), tr("Ctrl+2"), &plots.roc()},
                   {tr("Maximise the metrics over &p"), tr("Ctrl+3"), &plots.levels()},
                   {tr("Show &all plots"), tr("Ctrl+0"), nullptr}};
    for (const auto& entry : entries) {
        PlotView* plot = entry.plot;
        onAnalysis_ << menu->addAction(entry.text, QKeySequence(entry.keys), this, [this, plot] {
            analysis_->setSection(AnalysisPage::Detector);
            analysis_->plots().maximise(plot);
        });
    }
    onAnalysis_ << menu->addAction(tr("&Reset all plots"), QKeySequence(tr("Ctrl+Home")), this, [this] {
        for (PlotView* plot : analysis_->plots().plots()) plot->resetView();
    });
    menu->addSeparator();
    inputsVisible_ = menu->addAction(tr("&Inputs panel"), QKeySequence(tr("F9")));
    metricsVisible_ = menu->addAction(tr("&Metrics panel"), QKeySequence(tr("F10")));
    for (QAction* action : {inputsVisible_, metricsVisible_}) {
        action->setCheckable(true);
        action->setChecked(true);
        onAnalysis_ << action;
    }
    connect(inputsVisible_, &QAction::toggled, analysis_, &AnalysisPage::setInputsVisible);
    connect(metricsVisible_, &QAction::toggled, analysis_, &AnalysisPage::setMetricsVisible);
    menu->addSeparator();
    auto* group = new QActionGroup(this);
    for (const QString& text : {tr("Theme of the &system"), tr("&Light theme"), tr("&Dark theme")}) {
        QAction* action = menu->addAction(text);
        action->setCheckable(true);
        group->addAction(action);
        themes_ << action;
    }
    themes_.front()->setChecked(true);
    connect(group, &QActionGroup::triggered, this, [this](QAction* action) {
        setThemeChoice(static_cast<ThemeChoice>(themes_.indexOf(action)));
        emit themeChanged();
    });
}

void MainWindow::buildHelpMenu() {
    auto* menu = menuBar()->addMenu(tr("&Help"));
    menu->addAction(tr("&About DiceScope"), this, &MainWindow::aboutRequested);
}

void MainWindow::showStart() {
    pages_->setCurrentWidget(start_);
    for (QAction* action : onAnalysis_) action->setEnabled(false);
}

void MainWindow::showAnalysis() {
    pages_->setCurrentWidget(analysis_);
    for (QAction* action : onAnalysis_) action->setEnabled(true);
}

bool MainWindow::showsAnalysis() const {
    return pages_->currentWidget() == analysis_;
}

void MainWindow::setThemeChoice(ThemeChoice choice) {
    themeChoice_ = choice;
    themes_[static_cast<int>(choice)]->setChecked(true);
    applyThemeChoice(choice);
    refreshTheme();
}

void MainWindow::refreshTheme() {
    analysis_->setTheme(themeOf(palette()));
}

void MainWindow::setRecentSessions(const QStringList& paths) {
    start_->setRecentSessions(paths);
    recent_->clear();
    recent_->setEnabled(!paths.isEmpty());
    for (const QString& path : paths) {
        recent_->addAction(QDir::toNativeSeparators(path), this,
                           [this, path] { emit sessionRequested(path); });
    }
}

void MainWindow::setCanExport(bool can) {
    export_->setEnabled(can);
}

void MainWindow::setCloseGuard(std::function<bool()> mayClose) {
    mayClose_ = std::move(mayClose);
}

void MainWindow::saveLayout(QSettings& settings) const {
    settings.setValue("window/geometry", saveGeometry());
    settings.setValue("window/splitter", analysis_->saveLayout());
    settings.setValue("window/inputs", inputsVisible_->isChecked());
    settings.setValue("window/metrics", metricsVisible_->isChecked());
    settings.setValue("window/theme", static_cast<int>(themeChoice_));
}

void MainWindow::restoreLayout(QSettings& settings) {
    restoreGeometry(settings.value("window/geometry").toByteArray());
    analysis_->restoreLayout(settings.value("window/splitter").toByteArray());
    inputsVisible_->setChecked(settings.value("window/inputs", true).toBool());
    metricsVisible_->setChecked(settings.value("window/metrics", true).toBool());
    const int theme = settings.value("window/theme", 0).toInt();
    setThemeChoice(theme >= 0 && theme < themes_.size() ? static_cast<ThemeChoice>(theme)
                                                        : ThemeChoice::System);
}

void MainWindow::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange) refreshTheme();
    QMainWindow::changeEvent(event);
}

void MainWindow::closeEvent(QCloseEvent* event) {
    event->setAccepted(!mayClose_ || mayClose_());
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    if (!localPaths(*event->mimeData()).isEmpty()) event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) {
    event->acceptProposedAction();
    emit dropped(localPaths(*event->mimeData()));
}

}  // namespace dicescope
