#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "core/analysis/inputs.h"
#include "core/analysis/sweep_analysis.h"
#include "core/analysis/swept_sets.h"
#include "core/base/error.h"
#include "core/base/job.h"
#include "core/metrics/bootstrap.h"
#include "core/metrics/level_curves.h"
#include "core/metrics/level_metrics.h"

namespace dicescope {

/// What decides which weights are dropped where: a change means a new sweep.
struct ExplorationSweep {
    RankingRule rule = RankingRule::Contribution;
    std::uint64_t seed = 0;          ///< of the random rules
    std::vector<double> levels;      ///< p in percent of weights dropped, strictly increasing, 0..100
    std::optional<float> reactClip;  ///< ReAct's c
    unsigned threads = 0;            ///< 0: all processors

    friend bool operator==(const ExplorationSweep&, const ExplorationSweep&) = default;
};

/// How a sweep is looked at: a change costs no sweep.
struct ExplorationView {
    ScoreKind score = ScoreKind::Energy;
    double tprLevel = kDefaultTprLevel;
    std::size_t bins = 100;
    BinRange binRange = BinRange::AllRows;
    std::optional<LevelChoiceRequest> choice;  ///< how p is chosen, where it is
};

/// Everything that is shown of one sweep: immutable, shared between threads. Rows are the levels in their
/// order and then the dense head.
struct Exploration {
    ExplorationSweep sweep;
    ExplorationView view;
    std::size_t samplesDone = 0;   ///< images that the values speak of
    std::size_t samplesTotal = 0;  ///< images of the ID, OOD and validation sets; done where complete
    LevelMetricsPtr metrics;
    LevelCurvesPtr curves;
    std::vector<double> thresholds;  ///< of the ranking values, one a level
    std::vector<std::size_t> kept;   ///< weights, one a level
    std::size_t weights = 0;         ///< C * D
    std::vector<double> accuracy;  ///< one a row: share of labelled ID images; empty where no label is known
    LevelValue bestByFpr95;        ///< looking at the reported sets: a bound, not a result
    LevelValue bestByAuroc;
    std::optional<LevelChoice> choice;       ///< where a choice was asked for and the sweep is complete
    std::shared_ptr<const SweptSets> swept;  ///< null while the sweep runs

    [[nodiscard]] bool complete() const { return swept != nullptr; }
    [[nodiscard]] std::size_t rows() const { return metrics->rows(); }
    [[nodiscard]] std::size_t denseRow() const { return metrics->levels.size(); }
};

using ExplorationPtr = std::shared_ptr<const Exploration>;

/// Receives explorations of growing parts of the images; called on the thread that called explore().
/// Returning takes time from the sweep.
using ExplorationSink = std::function<void(const ExplorationPtr& partial)>;

/// Sweeps the sets of one analysis and prepares what is looked at. Keeps the last sweep, so that another
/// score, TPR level or binning needs none. Not thread-safe: one worker owns it.
class Explorer {
  public:
    explicit Explorer(std::shared_ptr<const AnalysisInputs> inputs);
    ~Explorer();

    /// The complete exploration. Where a new sweep is needed the sink gets partial ones on the way: the first
    /// after a few hundred random images of every set, further ones no oftener than a quarter of the time
    /// goes into them. Values of the complete one are those of analyseSweep(), bit for bit. Progress: images
    /// over all sets, then rows. Stops within about 50 ms of a request (80 ms while levels of millions of
    /// weights are planned). Errors: those of analyseSweep() for the same options, checkReactClip() and
    /// checkCurvesOptions(); Cancelled. After an error or a cancel the last complete sweep is still kept.
    [[nodiscard]] Result<ExplorationPtr> explore(const ExplorationSweep& sweep, const ExplorationView& view,
                                                 const Job& job, const ExplorationSink& sink = {});

  private:
    struct Kept;
    [[nodiscard]] Result<ExplorationPtr> look(const ExplorationView& view, const Job& job);

    std::shared_ptr<const AnalysisInputs> inputs_;
    std::unique_ptr<Kept> kept_;
};

/// Bootstrap intervals of FPR95 and AUROC at a row (first), at the dense head (second) and of their paired
/// difference, of the exploration's score and TPR level; options.tprLevel is not looked at. The exploration
/// must be complete. Errors: those of bootstrapDifference(), InvalidArgument (not complete, no such row).
[[nodiscard]] Result<PairedIntervals> intervalsAt(const Exploration& exploration, std::size_t row,
                                                  BootstrapOptions options, const Job& job);

/// The row of the level nearest to p, or of the dense head where there is no p.
[[nodiscard]] std::size_t rowNearest(const Exploration& exploration, std::optional<double> p);

/// Shares of scores >= a threshold.
struct AcceptedShares {
    double id = 0;            ///< TPR
    std::vector<double> ood;  ///< FPR of each OOD set
};

/// What a threshold (in units of the score) of one's own gives at a row < rows() of a complete exploration,
/// counted exactly over the images with finite logits. NaN accepts none. Fast enough for the GUI thread
/// (below a millisecond for 90,000 scores).
[[nodiscard]] AcceptedShares acceptedAt(const Exploration& exploration, std::size_t row, double threshold);

}  // namespace dicescope
