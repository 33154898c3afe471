#include "core/analysis/comparison.h"

#include <algorithm>
#include <chrono>
#include <span>
#include <utility>

#include "core/analysis/compared_intervals.h"
#include "core/analysis/comparison_frame.h"
#include "core/analysis/earlier_comparison.h"
#include "core/analysis/ood_groups.h"
#include "core/base/exceptions.h"

namespace dicescope {
namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// The ID set and the OOD sets in their order.
std::vector<const InputSet*> setsOf(const AnalysisInputs& inputs) {
    std::vector<const InputSet*> sets{&inputs.id};
    for (const InputSet& set : inputs.ood) sets.push_back(&set);
    return sets;
}

/// The job with stages that say what is being done to which detector.
Job named(const Job& job, const std::string& stage) {
    if (!job.progress) return job;
    return {job.stop, [sink = job.progress, stage](const Progress& progress) {
                Progress renamed = progress;
                renamed.stage = stage;
                sink(renamed);
            }};
}

bool isCancel(const Error& error) {
    return error.code == ErrorCode::Cancelled;
}

/// A detector that ended without numbers keeps the sentence only.
void endWith(ComparedDetector& detector, Error error) {
    detector.error = std::move(error);
    detector.idScores.clear();
    detector.oodScores.clear();
    detector.metrics.clear();
}

std::optional<OodMetrics> averageOf(const ComparedDetector& detector, const std::vector<std::string>& names,
                                    const std::vector<std::string>& group) {
    std::vector<OodMetrics> metrics;
    for (const std::size_t set : setsOfGroup(names, group)) metrics.push_back(detector.metrics[set]);
    if (metrics.empty()) return std::nullopt;
    return averageMetrics(metrics);
}

/// Metrics from scores; a sentence where they cannot be had.
void measure(ComparedDetector& detector, const Comparison& comparison) {
    for (std::size_t s = 0; s < detector.oodScores.size(); ++s) {
        const auto metrics =
            computeOodMetrics(std::span<const double>(detector.idScores),
                              std::span<const double>(detector.oodScores[s]), comparison.tprLevel);
        if (!metrics) return endWith(detector, metrics.error());
        detector.metrics.push_back(*metrics);
    }
    detector.average = averageMetrics(detector.metrics);
    detector.nearAverage = averageOf(detector, comparison.oodNames, comparison.nearSets);
    detector.farAverage = averageOf(detector, comparison.oodNames, comparison.farSets);
}

void rank(Comparison& comparison) {
    for (ComparedDetector& detector : comparison.detectors) {
        if (detector.error) continue;
        const auto better = [&](const auto& isBetter) {
            return static_cast<std::size_t>(std::ranges::count_if(
                comparison.detectors,
                [&](const ComparedDetector& other) { return !other.error && isBetter(other.average); }));
        };
        detector.rankByFpr95 =
            1 + better([&](const OodMetrics& other) { return other.fpr95 < detector.average.fpr95; });
        detector.rankByAuroc =
            1 + better([&](const OodMetrics& other) { return other.auroc > detector.average.auroc; });
    }
}

/// One comparison under way.
class Run {
  public:
    Run(const AnalysisInputs& inputs, const TrainingDataPtr& training, const ComparisonOptions& options,
        const Job& job, const ComparisonSink& sink)
        : sets_(setsOf(inputs)),
          training_(training),
          options_(options),
          job_(job),
          sink_(sink),
          comparison_(comparisonFrame(inputs, options)),
          earlier_(options.earlier.get(), comparison_) {}

    Result<Comparison> compare() {
        start();
        if (auto status = takeOver(); !status) return forwardError(status);
        if (auto status = fit(); !status) return forwardError(status);
        if (auto status = scoreGroups(); !status) return forwardError(status);
        if (auto status = scoreByModel(); !status) return forwardError(status);
        if (auto status = bootstrap(); !status) return forwardError(status);
        rank(comparison_);
        return std::move(comparison_);
    }

  private:
    void start();
    [[nodiscard]] Status takeOver();
    [[nodiscard]] Status fit();
    [[nodiscard]] Status scoreGroups();
    [[nodiscard]] Status scoreTogether(const std::vector<std::size_t>& group, const std::string& stage);
    [[nodiscard]] Status scoreByModel();
    [[nodiscard]] Status scoreByModel(ComparedDetector& detector) const;
    [[nodiscard]] Status bootstrap();
    [[nodiscard]] Status bootstrap(ComparedDetector& detector, const ComparedDetector* baseline) const;
    void finish(std::size_t index);

    std::vector<const InputSet*> sets_;
    const TrainingDataPtr& training_;
    const ComparisonOptions& options_;
    const Job& job_;
    const ComparisonSink& sink_;
    Comparison comparison_;
    EarlierComparison earlier_;
    std::vector<bool> takenOver_;      ///< one a detector: its scores are those of the earlier comparison
    std::vector<DetectorPtr> fitted_;  ///< one a detector; null where it is not scored by features
};

void Run::start() {
    for (ComparedDetector& detector : comparison_.detectors)
        detector.oodScores.resize(comparison_.oodNames.size());
    takenOver_.resize(options_.detectors.size());
    fitted_.resize(options_.detectors.size());
}

Status Run::takeOver() {
    for (std::size_t k = 0; k < takenOver_.size(); ++k) {
        ComparedDetector& detector = comparison_.detectors[k];
        const ComparedDetector* known = earlier_.scored(detector.spec);
        if (known == nullptr) continue;
        if (job_.stopRequested()) return cancelled();
        detector.idScores = known->idScores;
        detector.oodScores = known->oodScores;
        detector.fitSeconds = known->fitSeconds;
        detector.scoreSeconds = known->scoreSeconds;
        takenOver_[k] = true;
        finish(k);
    }
    return {};
}

Status Run::fit() {
    for (std::size_t k = 0; k < fitted_.size(); ++k) {
        ComparedDetector& detector = comparison_.detectors[k];
        if (takenOver_[k] || needOf(detector.spec) == DetectorNeed::Model) continue;
        const auto begin = Clock::now();
        auto result = fitDetector(detector.spec, training_, named(job_, "Fitting " + detector.label));
        detector.fitSeconds = secondsSince(begin);
        if (result) {
            fitted_[k] = std::move(*result);
            continue;
        }
        if (isCancel(result.error())) return forwardError(result);
        endWith(detector, result.error());
        finish(k);
    }
    return {};
}

Status Run::scoreGroups() {
    std::vector<std::size_t> quick;
    std::vector<std::size_t> slow;
    for (std::size_t k = 0; k < fitted_.size(); ++k) {
        if (!fitted_[k]) continue;
        const bool isSlow = findDetector(options_.detectors[k].id)->cost == DetectorCost::Neighbours;
        (isSlow ? slow : quick).push_back(k);
    }
    if (!quick.empty()) {
        const std::string stage = quick.size() == 1 ? comparison_.detectors[quick.front()].label
                                                    : std::to_string(quick.size()) + " detectors";
        if (auto status = scoreTogether(quick, stage); !status) return status;
    }
    for (const std::size_t k : slow) {
        if (auto status = scoreTogether({k}, comparison_.detectors[k].label); !status) return status;
    }
    return {};
}

Status Run::scoreTogether(const std::vector<std::size_t>& group, const std::string& stage) {
    std::vector<DetectorPtr> detectors;
    detectors.reserve(group.size());
    for (const std::size_t k : group) detectors.push_back(fitted_[k]);
    for (std::size_t s = 0; s < sets_.size(); ++s) {
        auto runs = scoreFeatures(detectors, training_->head(), sets_[s]->features->features,
                                  named(job_, "Scoring " + sets_[s]->name + " by " + stage));
        if (!runs) return forwardError(runs);
        for (std::size_t i = 0; i < group.size(); ++i) {
            ComparedDetector& detector = comparison_.detectors[group[i]];
            if (detector.error) continue;
            detector.scoreSeconds += (*runs)[i].seconds;
            if ((*runs)[i].error) {
                endWith(detector, *(*runs)[i].error);
                continue;
            }
            (s == 0 ? detector.idScores : detector.oodScores[s - 1]) = std::move((*runs)[i].scores);
        }
    }
    for (const std::size_t k : group) finish(k);
    return {};
}

Status Run::scoreByModel() {
    for (std::size_t k = 0; k < fitted_.size(); ++k) {
        ComparedDetector& detector = comparison_.detectors[k];
        if (takenOver_[k] || needOf(detector.spec) != DetectorNeed::Model) continue;
        if (auto status = scoreByModel(detector); !status) {
            if (isCancel(status.error())) return status;
            endWith(detector, status.error());
        }
        finish(k);
    }
    return {};
}

Status Run::scoreByModel(ComparedDetector& detector) const {
    if (!options_.modelScorer) {
        return fail(ErrorCode::InvalidArgument,
                    detector.label + " runs the model on the images; compare it where both are at hand.");
    }
    const auto begin = Clock::now();
    for (std::size_t s = 0; s < sets_.size(); ++s) {
        auto scores = options_.modelScorer(
            detector.spec, *sets_[s], named(job_, "Scoring " + sets_[s]->name + " by " + detector.label));
        if (!scores) return forwardError(scores);
        if (scores->size() != sets_[s]->features->size()) {
            return fail(ErrorCode::Mismatch, detector.label +
                                                 " gave another number of scores than the set '" +
                                                 sets_[s]->name + "' has images.");
        }
        (s == 0 ? detector.idScores : detector.oodScores[s - 1]) = std::move(*scores);
    }
    detector.scoreSeconds = secondsSince(begin);
    return {};
}

Status Run::bootstrap() {
    if (options_.bootstrap == 0) return {};
    const ComparedDetector* baseline = nullptr;
    if (comparison_.baseline && !comparison_.detectors[*comparison_.baseline].error) {
        baseline = &comparison_.detectors[*comparison_.baseline];
    }
    for (ComparedDetector& detector : comparison_.detectors) {
        if (detector.error) continue;
        if (auto status = bootstrap(detector, baseline); !status) return status;
    }
    return {};
}

Status Run::bootstrap(ComparedDetector& detector, const ComparedDetector* baseline) const {
    if (baseline == &detector) baseline = nullptr;
    const auto baselineSpec = baseline == nullptr ? std::nullopt : std::optional(baseline->spec);
    if (const ComparedDetector* known = earlier_.bootstrapped(detector.spec, baselineSpec)) {
        detector.intervals = known->intervals;
        if (baseline != nullptr) detector.difference = known->difference;
        return {};
    }
    return addIntervals(comparison_, baseline, options_.threads,
                        named(job_, "Intervals of " + detector.label), detector);
}

void Run::finish(std::size_t index) {
    ComparedDetector& detector = comparison_.detectors[index];
    if (!detector.error) measure(detector, comparison_);
    if (sink_) sink_(index, detector);
}

}  // namespace

bool excludesZero(const Interval& difference) {
    return difference.low > 0 || difference.high < 0;
}

Result<Comparison> compareDetectors(const AnalysisInputs& inputs, const TrainingDataPtr& training,
                                    const ComparisonOptions& options, const Job& job,
                                    const ComparisonSink& sink) {
    return withoutExceptions(
        "Comparing detectors",
        "There is not enough memory to compare these detectors; close other programs or compare fewer.",
        [&]() -> Result<Comparison> {
            if (auto status = checkComparison(inputs, options); !status) return forwardError(status);
            return Run(inputs, training, options, job, sink).compare();
        });
}

Comparison partialComparison(const AnalysisInputs& inputs, const ComparisonOptions& options,
                             const std::vector<std::optional<ComparedDetector>>& done) {
    Comparison comparison = comparisonFrame(inputs, options);
    comparison.partial = true;
    comparison.bootstrap = 0;
    comparison.baseline.reset();
    comparison.detectors.clear();
    for (const auto& detector : done) {
        if (detector) comparison.detectors.push_back(*detector);
    }
    rank(comparison);
    return comparison;
}

DetectorWork workOf(const AnalysisInputs& inputs) {
    DetectorWork work;
    for (const InputSet* set : setsOf(inputs)) work.samples += set->features->size();
    work.classes = inputs.head.classes();
    work.units = inputs.head.features();
    work.trainingRows = inputs.idTrain ? inputs.idTrain->features->size() : 0;
    return work;
}

}  // namespace dicescope
