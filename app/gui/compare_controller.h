#pragma once

#include <QObject>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/gui/latest_task.h"
#include "core/analysis/comparison.h"
#include "core/session/comparison_defaults.h"
#include "ui/compare/compare_page.h"
#include "ui/compare/comparison_model.h"

namespace dicescope {

/// Connects the compare page with core: runs comparisons on a thread of its own, shows every detector as it
/// gets done, and writes exports. What was fitted and scored for the inputs is not computed again, whatever
/// was compared in between. Results stay until the inputs change: a run that is cancelled or fails leaves
/// those of before in the table, beside what it got done. Lives on the
/// GUI thread; calls return at once, but for exports of a few kilobytes.
class CompareController : public QObject {
    Q_OBJECT

  public:
    /// The page must outlive it.
    explicit CompareController(ComparePage& page, QObject* parent = nullptr);
    /// Stops everything and waits; quick after stopAll() and idle().
    ~CompareController() override;

    /// Another analysis (null: none). Stops a run of the old one and clears its results; inputs
    /// with the same data (sameData()) change nothing but the folder. Fits are kept in `fitFolder` (empty:
    /// nowhere), those of a run in progress where it began.
    void setInputs(std::shared_ptr<const AnalysisInputs> inputs, std::filesystem::path fitFolder = {});
    /// What the session gives where nothing was chosen. Rows of the list that the user edited keep their
    /// settings. Changes nothing that is there or runs.
    void setDefaults(const ComparisonDefaults& defaults);
    /// What was chosen in the session, in place of what is on the page. Changes no results.
    void setChoices(const ComparisonChoices& choices);
    /// Who scores for detectors that run the model, called on the worker's thread; empty: the model and
    /// images of the inputs, where they are known. Stops a run and clears its results.
    void setModelScorer(ModelScorer scorer);

    /// What the table shows, or showed before the run that goes on; null where there was nothing.
    [[nodiscard]] const ComparisonPtr& comparison() const { return comparison_; }
    [[nodiscard]] bool running() const { return frame_ != nullptr; }
    [[nodiscard]] bool idle() const;
    /// Asks everything to stop; becameIdle() is emitted when nothing runs any more.
    void stopAll();

  signals:
    void failed(const dicescope::Error& error);
    /// The user chose something on the page; what is as the defaults have it is absent.
    void choicesEdited(const dicescope::ComparisonChoices& choices);
    void written(const QString& path);  ///< an export is complete
    void becameIdle();

  private:
    void connectPage();
    void connectChoices();
    void forgetResults();
    void showSettings();
    void describeInputs();
    void describeSupply();
    void start();
    void cancel();
    [[nodiscard]] ComparisonOptions options() const;
    void detectorDone(std::size_t index, ComparedDetectorPtr detector);
    void finished(Result<Comparison> result);
    /// Ends a run that has no result of its own.
    void endEarly(const QString& state);
    void show(const ComparisonPtr& comparison, bool running);
    void select(int row);
    void selectItself(int row);
    void drawCharts();
    void write(ComparisonFormat format, const QString& path);

    ComparePage& page_;
    std::shared_ptr<const AnalysisInputs> inputs_;
    std::filesystem::path fitFolder_;
    std::shared_ptr<TrainingDataPtr> training_;  ///< filled and used on the worker's thread
    ComparisonDefaults defaults_;
    ComparisonChoices choices_;
    ModelScorer ownScorer_;                    ///< of setModelScorer()
    ModelScorer scorer_;                       ///< for the inputs; may be empty
    ComparisonPtr comparison_;                 ///< shown, or of before the run in progress
    ComparisonPtr known_;                      ///< the same, then all else that was scored for the inputs
    std::shared_ptr<const Comparison> frame_;  ///< of the run in progress: names, no numbers
    std::vector<ComparedDetectorPtr> done_;    ///< of the run in progress, one a detector
    std::uint64_t run_ = 0;
    std::optional<DetectorSpec> selected_;
    bool selecting_ = false;     ///< by the controller itself
    bool userSelected_ = false;  ///< else the best is selected when a run is done
    LatestTask comparing_;
    LatestTask charting_;
};

}  // namespace dicescope
