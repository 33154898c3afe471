#pragma once

#include <QObject>
#include <QString>
#include <cstddef>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>

#include "core/analysis/exploration.h"
#include "core/analysis/inputs.h"
#include "core/base/error.h"
#include "core/base/job.h"
#include "core/base/worker.h"
#include "core/features/activation_range.h"

namespace dicescope {

using AnalysisInputsPtr = std::shared_ptr<const AnalysisInputs>;

/// Runs core's work on threads of its own: loading and extracting on one, sweeping on another, intervals and
/// files on a third and fourth. Results come as signals on the GUI thread; those of a run that was superseded
/// or cancelled do not come at all. Lives on the GUI thread; every call returns at once.
class AnalysisRunner : public QObject {
    Q_OBJECT

  public:
    explicit AnalysisRunner(QObject* parent = nullptr);
    /// Stops everything and waits; quick after stopAll() and idle().
    ~AnalysisRunner() override;

    /// Lays out the demo (images and network) in a folder of the user's and then emits demoReady().
    void makeDemo();
    /// Loads model and sets, in place of a load in progress. On a GPU that fails, once more on the CPU.
    void load(const InputsConfig& config);
    void cancelLoad();
    /// Cancels loads and sweeps, and forgets the inputs loaded last.
    void forgetInputs();
    /// Sweeps the inputs loaded last. A sweep in progress is superseded as soon as it has shown something.
    void explore(const ExplorationSweep& sweep, const ExplorationView& view);
    /// What was shown of the sweep in progress stays.
    void cancelExploration();
    /// In place of intervals in progress.
    void requestIntervals(const ExplorationPtr& exploration, std::size_t row,
                          const BootstrapOptions& options);
    /// Runs a call that writes files, after those before; filesWritten() or writeEnded() tells its end.
    void write(const QString& what, std::function<Status(const Job&)> call);
    /// Also of what waits to be written.
    void cancelWrite();

    [[nodiscard]] const AnalysisInputsPtr& inputs() const { return inputs_; }
    [[nodiscard]] bool loading() const { return loading_; }
    [[nodiscard]] bool idle() const;
    /// Asks everything to stop; idle() is emitted when nothing runs any more.
    void stopAll();

  signals:
    void demoReady(const QString& folder);

    void progress(const Progress& progress);
    void modelLoaded(const ClassifierInfo& info);
    void setStarted(SetRole role, const QString& name);
    void setReady(const InputSet& set);
    void loaded(const AnalysisInputsPtr& inputs, const ActivationRange& activations);
    void loadCancelled();
    void loadFailed(const Error& error);
    void note(const QString& text);

    void explored(const ExplorationPtr& exploration);  ///< partial ones first, the complete one last
    void explorationFailed(const Error& error);
    void intervalsReady(const ExplorationPtr& exploration, std::size_t row, const PairedIntervals& intervals,
                        const BootstrapOptions& options);

    void writeProgress(const Progress& progress);
    void filesWritten(const QString& what);
    void writeEnded(const QString& what, const Error& error);  ///< failed, or cancelled

    void becameIdle();

  private:
    /// Calls back on the GUI thread while this object lives.
    void later(std::function<void()> call);
    /// The same, unless another load was begun or this one cancelled.
    void laterInLoad(std::uint64_t load, std::function<void()> call);
    [[nodiscard]] Job loadJob(std::uint64_t load, const Worker::Turn& turn);
    void runLoad(std::uint64_t load, InputsConfig config, const Worker::Turn& turn);

    AnalysisInputsPtr inputs_;
    std::shared_ptr<Explorer> explorer_;  ///< used by tasks of sweeper_ only
    /// A call that writes, and what it is called.
    struct Writing {
        QString what;
        std::function<Status(const Job&)> call;
    };
    void writeNext();

    std::deque<Writing> writings_;  ///< the first one runs
    bool loading_ = false;
    std::uint64_t load_ = 0;         ///< which load is current
    std::uint64_t exploration_ = 0;  ///< which explore() is the last
    std::uint64_t cancelled_ = 0;    ///< up to which they were cancelled
    // Declared last: destroyed, and so joined, first.
    Worker loader_;
    Worker sweeper_;
    Worker intervals_;
    Worker writer_;
};

}  // namespace dicescope
