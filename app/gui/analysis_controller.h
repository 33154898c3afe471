#pragma once

#include <QObject>
#include <QSet>
#include <QTimer>
#include <memory>
#include <optional>

#include "app/gui/analysis_runner.h"
#include "app/gui/benchmark_flow.h"
#include "app/gui/compare_controller.h"
#include "app/gui/export_flow.h"
#include "app/gui/inspect_controller.h"
#include "app/gui/plot_saver.h"
#include "app/gui/session_document.h"
#include "app/gui/settings_store.h"
#include "ui/window/main_window.h"

namespace dicescope {

/// Connects the window with the work: what the user asks for goes to the runner, what the runner finds goes
/// into the window. Owns the session. GUI thread.
class AnalysisController : public QObject {
    Q_OBJECT

  public:
    /// All three outlive it.
    AnalysisController(MainWindow& window, AnalysisRunner& runner, SettingsStore& settings);

    void openDemo();
    void newAnalysis();
    void openSession(const QString& path);
    /// Whether the file was written; says in the window why not.
    bool saveSession(const QString& path);

    [[nodiscard]] const SessionDocument& document() const { return document_; }
    [[nodiscard]] const ExplorationPtr& exploration() const { return exploration_; }
    [[nodiscard]] std::size_t row() const { return row_; }

  private:
    void connectWindow();
    void connectPage();
    void connectSections();
    void connectLoading();
    void connectExploration();

    void showSession();
    void run();
    void cancel();
    void inputsEdited();
    void choicesEdited();
    void setFine(bool fine);
    void setRow(std::size_t row);
    void setLevel(std::optional<double> p);
    void refreshInspection();
    void refreshPublished();
    void refreshComparison();
    void openBenchmark(const Session& session);
    void toggleSet(const QString& name, bool visible);
    void inputsLoaded(const AnalysisInputsPtr& inputs, const ActivationRange& activations);
    void explored(const ExplorationPtr& exploration);
    void explore();
    void requestIntervals();
    void showSkippedFiles(SetRole role, const QString& name);
    void refreshTitle();
    void locateMissing();
    void askToOpen();
    void save();
    void saveAs();
    void exportResults();
    [[nodiscard]] bool mayClose();
    /// Asks what to do with unsaved changes; false when the user would rather go on.
    [[nodiscard]] bool mayReplaceSession();

    MainWindow& window_;
    AnalysisRunner& runner_;
    SettingsStore& settings_;
    ExportFlow export_;
    InspectController inspect_;
    CompareController compare_;
    BenchmarkFlow benchmark_;
    PlotSaver plotSaver_;
    SessionDocument document_;
    ExplorationPtr exploration_;
    std::size_t row_ = 0;
    InputsConfig loadedInputs_;          ///< that the runner's inputs were loaded from
    AnalysisInputsPtr inspectedInputs_;  ///< whose model is the one that maps are made with
    bool closing_ = false;
    bool ranOnce_ = false;  ///< these inputs were run: an edit runs them again
    QTimer intervalsDelay_;
};

}  // namespace dicescope
