#include "app/gui/analysis_controller.h"

#include <QDir>
#include <QFileDialog>
#include <QMessageBox>
#include <algorithm>
#include <utility>

#include "app/gui/about.h"
#include "app/gui/demo_files.h"
#include "core/features/feature_cache.h"
#include "core/images/thumbnail.h"
#include "ui/panels/analysis_panel.h"
#include "ui/panels/exploration_controls.h"
#include "ui/panels/message_bar.h"
#include "ui/panels/metrics_panel.h"
#include "ui/panels/skipped_files_dialog.h"
#include "ui/panels/sparsity_slider.h"
#include "ui/plots/roc_plot.h"
#include "ui/window/analysis_page.h"
#include "ui/window/missing_inputs_dialog.h"
#include "ui/window/plot_grid.h"

namespace dicescope {
namespace {

/// The slider must have rested so long before intervals are worth computing.
constexpr int kRestMilliseconds = 200;

QString sessionFilter() {
    return AnalysisController::tr("DiceScope sessions (*.dicescope);;All files (*)");
}

std::vector<double> evenLevels(bool fine) {
    return parseLevels(fine ? "0:100:0.1" : "0:100:1").value();
}

QSet<QString> hiddenSets(const Session& session) {
    QSet<QString> hidden;
    for (const std::string& name : session.hiddenSets) hidden.insert(QString::fromStdString(name));
    return hidden;
}

std::filesystem::path thumbnailFolder() {
    return defaultCacheRoot() / ThumbnailCache::kFolder;
}

QStringList notesOf(const AnalysisInputs& inputs) {
    QStringList notes;
    for (const std::string& note : inputs.notes) notes << QString::fromStdString(note);
    return notes;
}

}  // namespace

AnalysisController::AnalysisController(MainWindow& window, AnalysisRunner& runner, SettingsStore& settings)
    : window_(window),
      runner_(runner),
      settings_(settings),
      export_(window, runner),
      inspect_(window.analysis().inspect(), thumbnailFolder()),
      compare_(window.analysis().compare()),
      benchmark_(window),
      plotSaver_(runner) {
    intervalsDelay_.setSingleShot(true);
    intervalsDelay_.setInterval(kRestMilliseconds);
    connect(&intervalsDelay_, &QTimer::timeout, this, &AnalysisController::requestIntervals);
    connectWindow();
    connectPage();
    connectSections();
    connectLoading();
    connectExploration();
    window_.setRecentSessions(settings_.recentSessions());
    document_.reset(settings_.lastChoices());
    refreshTitle();
}

void AnalysisController::connectWindow() {
    const auto closeWhenIdle = [this] {
        if (closing_) window_.close();
    };
    connect(&window_, &MainWindow::demoRequested, this, &AnalysisController::openDemo);
    connect(&window_, &MainWindow::newRequested, this, &AnalysisController::newAnalysis);
    connect(&window_, &MainWindow::benchmarkRequested, &benchmark_, &BenchmarkFlow::ask);
    connect(&benchmark_, &BenchmarkFlow::sessionReady, this, &AnalysisController::openBenchmark);
    connect(&benchmark_, &BenchmarkFlow::becameIdle, &window_, closeWhenIdle);
    connect(&window_, &MainWindow::openRequested, this, &AnalysisController::askToOpen);
    connect(&window_, &MainWindow::sessionRequested, this, &AnalysisController::openSession);
    connect(&window_, &MainWindow::saveRequested, this, &AnalysisController::save);
    connect(&window_, &MainWindow::saveAsRequested, this, &AnalysisController::saveAs);
    connect(&window_, &MainWindow::runRequested, this, &AnalysisController::run);
    connect(&window_, &MainWindow::cancelRequested, this, &AnalysisController::cancel);
    connect(&window_, &MainWindow::dropped, this, [this](const QStringList& paths) {
        if (paths.size() == 1 && paths.front().endsWith(".dicescope")) return openSession(paths.front());
        if (!window_.showsAnalysis()) newAnalysis();
        window_.analysis().inputs().takeDropped(paths);
    });
    connect(&window_, &MainWindow::exportRequested, this, &AnalysisController::exportResults);
    connect(&window_, &MainWindow::aboutRequested, this, [this] { showAbout(&window_); });
    connect(&document_, &SessionDocument::titleOrChangeMoved, this, &AnalysisController::refreshTitle);
    connect(&runner_, &AnalysisRunner::becameIdle, &window_, closeWhenIdle);
    connect(&inspect_, &InspectController::becameIdle, &window_, closeWhenIdle);
    connect(&compare_, &CompareController::becameIdle, &window_, closeWhenIdle);
    window_.setCloseGuard([this] { return mayClose(); });
}

void AnalysisController::connectPage() {
    AnalysisPage& page = window_.analysis();
    connect(&page, &AnalysisPage::rowChanged, this, &AnalysisController::setRow);
    connect(&page, &AnalysisPage::setToggled, this, &AnalysisController::toggleSet);
    connect(&page.inputs(), &AnalysisPanel::inputsEdited, this, &AnalysisController::inputsEdited);
    connect(&page.inputs(), &AnalysisPanel::runRequested, this, &AnalysisController::run);
    connect(&page.inputs(), &AnalysisPanel::cancelRequested, &runner_, &AnalysisRunner::cancelLoad);
    connect(&page.inputs(), &AnalysisPanel::skippedFilesRequested, this,
            &AnalysisController::showSkippedFiles);
    connect(&page.controls(), &ExplorationControls::changed, this, &AnalysisController::choicesEdited);
    connect(&page.slider(), &SparsitySlider::fineToggled, this, &AnalysisController::setFine);
    connect(&page.plots().roc(), &RocPlot::logarithmicFprToggled, this, [this](bool logarithmic) {
        document_.edit([&](Session& session) { session.logarithmicFpr = logarithmic; });
    });
}

void AnalysisController::connectLoading() {
    AnalysisPanel& panel = window_.analysis().inputs();
    connect(&runner_, &AnalysisRunner::demoReady, this, [this](const QString& folder) {
        Session session = document_.session();
        session.inputs = demoInputs(folder.toStdString());
        document_.reset(std::move(session));  // there is nothing of the user's in it to be saved
        showSession();
        run();
    });
    connect(&runner_, &AnalysisRunner::progress, &panel, &AnalysisPanel::showProgress);
    connect(&runner_, &AnalysisRunner::modelLoaded, &panel, &AnalysisPanel::modelLoaded);
    connect(&runner_, &AnalysisRunner::setStarted, &panel, &AnalysisPanel::setStarted);
    connect(&runner_, &AnalysisRunner::setReady, &panel, &AnalysisPanel::setReady);
    connect(&runner_, &AnalysisRunner::loaded, this, &AnalysisController::inputsLoaded);
    connect(&runner_, &AnalysisRunner::loadCancelled, &panel, [&panel] { panel.runEnded(false, {}); });
    connect(&runner_, &AnalysisRunner::loadFailed, this, [this, &panel](const Error& error) {
        panel.runEnded(true, {});
        window_.messages().post(error);
    });
    connect(&runner_, &AnalysisRunner::note, this,
            [this](const QString& text) { window_.messages().post(MessageBar::Severity::Warning, text); });
}

void AnalysisController::connectExploration() {
    connect(&runner_, &AnalysisRunner::explored, this, &AnalysisController::explored);
    connect(&runner_, &AnalysisRunner::explorationFailed, this, [this](const Error& error) {
        window_.analysis().setActivity({});
        window_.messages().post(error);
    });
    connect(&runner_, &AnalysisRunner::intervalsReady, &window_.analysis().metrics(),
            &MetricsPanel::setIntervals);
}

void AnalysisController::openDemo() {
    if (!mayReplaceSession()) return;
    document_.reset(settings_.lastChoices());
    showSession();
    window_.analysis().inputs().runStarted();
    runner_.makeDemo();
}

void AnalysisController::newAnalysis() {
    if (!mayReplaceSession()) return;
    document_.reset(settings_.lastChoices());
    showSession();
}

void AnalysisController::openBenchmark(const Session& session) {
    if (!mayReplaceSession()) return;
    document_.reset(settings_.lastChoices());
    document_.edit([&](Session& edited) { edited = session; });
    showSession();
    run();
}

void AnalysisController::askToOpen() {
    const QString path = QFileDialog::getOpenFileName(&window_, tr("Open a session"), {}, sessionFilter());
    if (!path.isEmpty()) openSession(path);
}

void AnalysisController::openSession(const QString& path) {
    if (!mayReplaceSession()) return;
    if (const auto status = document_.open(path); !status) {
        window_.messages().post(status.error());
        return;
    }
    settings_.addRecentSession(path);
    window_.setRecentSessions(settings_.recentSessions());
    showSession();
    if (missingInputs(document_.session().inputs).empty()) {
        run();
    } else {
        locateMissing();
    }
}

void AnalysisController::locateMissing() {
    auto* dialog = new MissingInputsDialog(document_.session().inputs, &window_);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, this, [this, dialog] {
        document_.edit([&](Session& session) { session.inputs = dialog->inputs(); });
        showSession();
        run();
    });
    dialog->open();
}

/// Lets the window show the session as it is, before anything of it is computed.
void AnalysisController::showSession() {
    const Session& session = document_.session();
    AnalysisPage& page = window_.analysis();
    runner_.forgetInputs();
    loadedInputs_ = {};
    ranOnce_ = false;
    exploration_.reset();
    refreshInspection();
    refreshPublished();
    compare_.setInputs(nullptr);
    refreshComparison();
    compare_.setChoices(session.comparison);
    inspect_.setKeptEdits(session.edits);
    page.show(nullptr, 0);
    page.setActivity({});
    page.inputs().setInputs(session.inputs);
    page.controls().setChoices(session.sweep, session.view);
    page.controls().setChoiceSets({}, {});
    const std::vector<double>& levels = session.sweep.levels;
    page.slider().setLevels(levels);
    page.slider().setRow(session.p ? nearestLevel(levels, *session.p) : levels.size());
    page.slider().setFine(session.sweep.levels.size() > evenLevels(false).size());
    page.setHiddenSets(hiddenSets(session));
    page.plots().roc().setLogarithmicFpr(session.logarithmicFpr);
    window_.messages().clear();
    window_.setCanExport(false);
    window_.showAnalysis();
    refreshTitle();
}

void AnalysisController::run() {
    if (const auto status = checkInputs(document_.session().inputs); !status) {
        window_.messages().post(status.error());
        return;
    }
    ranOnce_ = true;
    window_.messages().clear();
    window_.analysis().inputs().runStarted();
    runner_.load(document_.session().inputs);
}

void AnalysisController::cancel() {
    runner_.cancelWrite();
    runner_.cancelExploration();
    runner_.cancelLoad();
    inspect_.stopAll();
    compare_.stopAll();
    const bool partial = exploration_ && !exploration_->complete();
    window_.analysis().setActivity(partial ? tr("Cancelled: the curves speak of the images so far.")
                                           : QString());
}

void AnalysisController::inputsEdited() {
    document_.edit([this](Session& session) { session.inputs = window_.analysis().inputs().inputs(); });
    if (ranOnce_ && checkInputs(document_.session().inputs)) return run();
    runner_.cancelLoad();
}

void AnalysisController::inputsLoaded(const AnalysisInputsPtr& inputs, const ActivationRange& activations) {
    AnalysisPage& page = window_.analysis();
    page.inputs().runEnded(false, notesOf(*inputs));
    page.controls().setFeatureRange(activations.largest, activations.usual);
    QStringList validation;
    QStringList reported;
    for (const InputSet& set : inputs->validation) validation << QString::fromStdString(set.name);
    for (const InputSet& set : inputs->ood) reported << QString::fromStdString(set.name);
    page.controls().setChoiceSets(validation, reported);
    loadedInputs_ = document_.session().inputs;
    refreshComparison();
    compare_.setInputs(inputs, fitFolderOf(document_.session().inputs.extraction));
    explore();
}

void AnalysisController::choicesEdited() {
    document_.edit([this](Session& session) {
        const ExplorationControls& controls = window_.analysis().controls();
        session.sweep = controls.sweep();
        session.view = controls.view();
    });
    explore();
}

void AnalysisController::setFine(bool fine) {
    document_.edit([fine](Session& session) { session.sweep.levels = evenLevels(fine); });
    const Session& session = document_.session();
    window_.analysis().controls().setChoices(session.sweep, session.view);
    explore();
}

void AnalysisController::explore() {
    // What was loaded last may be of inputs that were edited since.
    if (!runner_.inputs() || runner_.loading() || loadedInputs_ != document_.session().inputs) return;
    window_.analysis().setActivity(tr("Sweeping…"));
    runner_.explore(document_.session().sweep, document_.session().view);
}

void AnalysisController::explored(const ExplorationPtr& exploration) {
    exploration_ = exploration;
    row_ = rowNearest(*exploration, document_.session().p);
    window_.analysis().show(exploration, row_);
    window_.setCanExport(exploration->complete());
    refreshInspection();
    refreshPublished();
    if (!exploration->complete()) {
        const double share = 100.0 * static_cast<double>(exploration->samplesDone) /
                             static_cast<double>(exploration->samplesTotal);
        window_.analysis().setActivity(tr("Sweeping: %1 % of the images").arg(share, 0, 'f', 0));
        return;
    }
    window_.analysis().setActivity({});
    intervalsDelay_.start();
}

void AnalysisController::setRow(std::size_t row) {
    row_ = row;
    document_.edit([&](Session& session) {
        const std::vector<double>& levels =
            exploration_ ? exploration_->metrics->levels : session.sweep.levels;
        session.p = row < levels.size() ? std::optional(levels[row]) : std::nullopt;
    });
    if (!exploration_) return;
    window_.analysis().show(exploration_, row);
    // What is looked into has the levels of the last complete sweep.
    if (exploration_->complete()) inspect_.setRow(row);
    refreshPublished();
    intervalsDelay_.start();
}

void AnalysisController::requestIntervals() {
    const std::size_t resamples = document_.session().bootstrap;
    if (resamples == 0 || !exploration_ || !exploration_->complete() || row_ == exploration_->denseRow())
        return;
    BootstrapOptions options;
    options.resamples = resamples;
    options.seed = document_.session().sweep.seed;
    runner_.requestIntervals(exploration_, row_, options);
}

void AnalysisController::toggleSet(const QString& name, bool visible) {
    document_.edit([&](Session& session) {
        auto& hidden = session.hiddenSets;
        std::erase(hidden, name.toStdString());
        if (!visible) hidden.push_back(name.toStdString());
    });
    window_.analysis().setHiddenSets(hiddenSets(document_.session()));
}

void AnalysisController::showSkippedFiles(SetRole role, const QString& name) {
    const AnalysisInputsPtr& inputs = runner_.inputs();
    if (!inputs) return;
    const auto open = [&](const InputSet& set) {
        auto* dialog = new SkippedFilesDialog(name, set.source, set.features->skipped, &window_);
        dialog->show();
    };
    if (role == SetRole::Id) return open(inputs->id);
    if (role == SetRole::IdTrain && inputs->idTrain) return open(*inputs->idTrain);
    for (const InputSet& set : role == SetRole::Ood ? inputs->ood : inputs->validation) {
        if (QString::fromStdString(set.name) == name) return open(set);
    }
}

void AnalysisController::exportResults() {
    if (exploration_ && exploration_->complete())
        export_.ask(runner_.inputs(), document_.session(), exploration_, row_,
                    inspect_.plotsOf(exploration_));
}

void AnalysisController::refreshTitle() {
    window_.setWindowTitle(tr("%1[*] – DiceScope").arg(document_.title()));
    window_.setWindowModified(document_.changed());
}

bool AnalysisController::saveSession(const QString& path) {
    if (const auto status = document_.save(path); !status) {
        window_.messages().post(status.error());
        return false;
    }
    settings_.addRecentSession(path);
    window_.setRecentSessions(settings_.recentSessions());
    return true;
}

void AnalysisController::save() {
    if (document_.path().isEmpty()) return saveAs();
    saveSession(document_.path());
}

void AnalysisController::saveAs() {
    QFileDialog dialog(&window_, tr("Save the session"), document_.path(), sessionFilter());
    dialog.setAcceptMode(QFileDialog::AcceptSave);
    dialog.setDefaultSuffix("dicescope");
    if (dialog.exec() == QDialog::Accepted) saveSession(dialog.selectedFiles().front());
}

bool AnalysisController::mayReplaceSession() {
    if (!document_.changed() || document_.session().inputs == InputsConfig{}) return true;
    QMessageBox box(
        QMessageBox::Question, tr("Unsaved changes"),
        tr("Save the changes of “%1”? Extracted features are kept either way.").arg(document_.title()),
        QMessageBox::Save | QMessageBox::Discard | QMessageBox::Cancel, &window_);
    const int answer = box.exec();
    if (answer == QMessageBox::Save) save();
    return answer == QMessageBox::Discard || (answer == QMessageBox::Save && !document_.changed());
}

bool AnalysisController::mayClose() {
    if (!closing_) {
        if (!mayReplaceSession()) return false;
        settings_.setLastChoices(document_.session());
        window_.saveLayout(settings_.settings());
    }
    // Work that still winds down (a forward pass cannot be interrupted) must not hold up the window: it
    // disappears at once, and the program ends when the work has.
    const bool again = std::exchange(closing_, true);
    if (runner_.idle() && inspect_.idle() && compare_.idle() && benchmark_.idle()) return true;
    if (again) return false;
    runner_.stopAll();
    inspect_.stopAll();
    compare_.stopAll();
    benchmark_.stop();
    window_.hide();
    return false;
}

}  // namespace dicescope
