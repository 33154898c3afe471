#include "core/analysis/exploration.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "core/analysis/anytime_sweep.h"
#include "core/analysis/level_values.h"
#include "core/base/exceptions.h"
#include "core/base/parallel.h"

namespace dicescope {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kOutOfMemory =
    "There is not enough memory to explore the levels; use fewer levels or fewer images.";

LevelCurvesOptions curvesOptions(const ExplorationView& view) {
    LevelCurvesOptions options;
    options.bins = view.bins;
    options.range = view.binRange;
    return options;
}

/// What would fail only after the sweep is found before it.
Status checkAll(const AnalysisInputs& inputs, const ExplorationSweep& sweep, const ExplorationView& view) {
    if (auto status = checkLevels(sweep.levels); !status) return status;
    if (auto status = checkReactClip(sweep.reactClip); !status) return status;
    if (auto status = checkTprLevel(view.tprLevel); !status) return status;
    if (auto status = checkCurvesOptions(curvesOptions(view)); !status) return status;
    return view.choice ? checkChoice(inputs, *view.choice) : Status();
}

/// Accuracy at every row, empty where no label of these samples is known.
std::vector<double> accuracyOfRows(std::span<const int> labels, const SweptSet& id) {
    std::vector<double> accuracy;
    for (std::size_t row = 0; row < id.sweep->rows(); ++row) {
        const LabelCount count = countRight(labels, id.sweep->predictionAt(row), id.done);
        if (count.labelled == 0) return {};
        accuracy.push_back(count.accuracy());
    }
    return accuracy;
}

/// Fills in what the exploration's view asks of a request, but for what it has already.
Status evaluateView(Exploration& exploration, LevelMetricsRequest request, const Job& job) {
    const ExplorationView& view = exploration.view;
    request.score = view.score;
    request.tprLevel = view.tprLevel;
    if (!exploration.metrics) {
        auto metrics = computeLevelMetrics(request, job);
        if (!metrics) return forwardError(metrics);
        exploration.metrics = std::move(*metrics);
    }
    if (!exploration.curves) {
        auto curves = computeLevelCurves(request, curvesOptions(view), job);
        if (!curves) return forwardError(curves);
        exploration.curves = std::move(*curves);
    }
    exploration.bestByFpr95 = bestLevel(*exploration.metrics, LevelCriterion::Fpr95);
    exploration.bestByAuroc = bestLevel(*exploration.metrics, LevelCriterion::Auroc);
    return {};
}

/// Turns what is known of the sets while a sweep runs into explorations, as often as the sweep can spare the
/// time.
class PartialExplorations {
  public:
    PartialExplorations(const Exploration& base, const Job& job, const ExplorationSink& sink)
        : base_(base), job_{job.stop, {}}, sink_(sink) {}

    void show(const PartialSets& sets) {
        const auto start = Clock::now();
        // What all images say comes as the complete exploration right after.
        const bool isLast = sets.samples == base_.samplesTotal;
        if (start < next_ || isLast || job_.stopRequested()) return;
        auto partial = std::make_shared<Exploration>(base_);
        partial->samplesDone = sets.samples;
        LevelMetricsRequest request;
        request.levels = base_.sweep.levels;
        request.threads = base_.sweep.threads;
        request.id = sets.id;
        request.ood = sets.ood;
        // Where too few samples are finite so far there is nothing to show yet.
        if (!evaluateView(*partial, request, job_)) return;
        partial->accuracy = accuracyOfRows(sets.idLabels, sets.id);
        sink_(partial);
        const auto end = Clock::now();
        next_ = end + std::max<Clock::duration>(3 * (end - start), std::chrono::milliseconds(100));
    }

  private:
    const Exploration& base_;
    Job job_;
    const ExplorationSink& sink_;
    Clock::time_point next_;
};

SweepOptions sweepOptions(const AnalysisInputs& inputs, const ExplorationSweep& sweep) {
    SweepOptions options;
    options.reactClip = sweep.reactClip;
    options.threads = sweep.threads;
    // On a GPU a slab takes a moment, and products of other sizes give other last bits.
    if (isOnGpu(inputs)) return options;
    // Eight tiles a thread keep all busy and still end often enough for a picture.
    const std::size_t threads = sweep.threads == 0 ? defaultThreadCount() : sweep.threads;
    options.slab = std::clamp<std::size_t>(512 * threads, 1024, 8192);
    return options;
}

/// A complete exploration without anything that depends on the view.
Result<Exploration> sweepAll(const AnalysisInputs& inputs, const ExplorationSweep& sweep,
                             const ExplorationView& view, const Job& job, const ExplorationSink& sink) {
    const auto planned = planSweep(inputs, sweep.rule, sweep.seed, sweep.levels, job);
    if (!planned) return forwardError(planned);
    Exploration exploration;
    exploration.sweep = sweep;
    exploration.view = view;
    exploration.samplesTotal = countImages(inputs);
    exploration.thresholds = planned->plan.thresholds;
    exploration.kept = planned->plan.kept;
    exploration.weights = inputs.head.weight.size();

    const SweepOptions options = sweepOptions(inputs, sweep);
    PartialExplorations partials(exploration, job, sink);
    auto swept = sink ? sweepAnytime(*planned, inputs, options, job,
                                     [&](const PartialSets& sets) { partials.show(sets); })
                      : sweepSets(*planned, inputs, options, job);
    if (!swept) return forwardError(swept);
    exploration.samplesDone = exploration.samplesTotal;
    exploration.accuracy = accuracyOfRows(inputs.id.labels, {inputs.id.name, &swept->id, std::nullopt});
    exploration.swept = std::make_shared<const SweptSets>(std::move(*swept));
    return exploration;
}

bool sameCurves(const ExplorationView& a, const ExplorationView& b) {
    return a.score == b.score && a.bins == b.bins && a.binRange == b.binRange;
}

bool sameMetrics(const ExplorationView& a, const ExplorationView& b) {
    return a.score == b.score && a.tprLevel == b.tprLevel;
}

}  // namespace

struct Explorer::Kept {
    Exploration swept;    ///< without metrics and curves
    ExplorationPtr last;  ///< the last one given out; null before the first
};

Explorer::Explorer(std::shared_ptr<const AnalysisInputs> inputs) : inputs_(std::move(inputs)) {}

Explorer::~Explorer() = default;

Result<ExplorationPtr> Explorer::explore(const ExplorationSweep& sweep, const ExplorationView& view,
                                         const Job& job, const ExplorationSink& sink) {
    return withoutExceptions("The exploration", kOutOfMemory, [&]() -> Result<ExplorationPtr> {
        if (auto status = checkAll(*inputs_, sweep, view); !status) return forwardError(status);
        if (!kept_ || kept_->swept.sweep != sweep) {
            auto swept = sweepAll(*inputs_, sweep, view, job, sink);
            if (!swept) return forwardError(swept);
            kept_ = std::make_unique<Kept>(Kept{std::move(*swept), nullptr});
        }
        return look(view, job);
    });
}

Result<ExplorationPtr> Explorer::look(const ExplorationView& view, const Job& job) {
    auto exploration = std::make_shared<Exploration>(kept_->swept);
    exploration->view = view;
    if (const auto& last = kept_->last) {
        if (sameMetrics(last->view, view)) exploration->metrics = last->metrics;
        if (sameCurves(last->view, view)) exploration->curves = last->curves;
    }
    const SweptSets& swept = *exploration->swept;
    const auto request = metricsRequest(*inputs_, swept.id, inputs_->ood, swept.ood,
                                        exploration->sweep.levels, exploration->sweep.threads);
    if (auto status = evaluateView(*exploration, request, job); !status) return forwardError(status);
    if (view.choice) {
        auto choice =
            chooseOn(*inputs_, swept, *view.choice, *exploration->metrics, exploration->sweep.threads, job);
        if (!choice) return forwardError(choice);
        exploration->choice = std::move(*choice);
    }
    if (job.stopRequested()) return cancelled();
    kept_->last = exploration;
    return exploration;
}

}  // namespace dicescope
