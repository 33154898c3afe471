#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/analysis/inputs.h"
#include "core/analysis/training_images.h"
#include "core/base/error.h"
#include "core/base/job.h"
#include "core/detectors/registry.h"
#include "core/detectors/training_data.h"
#include "core/metrics/bootstrap.h"
#include "core/metrics/ood_metrics.h"

namespace dicescope {

/// Scores the images of one set by a detector that needs the model (DetectorNeed::Model): one score an image,
/// in the set's order, larger = ID. Called on the thread that called compareDetectors().
using ModelScorer =
    std::function<Result<std::vector<double>>(const DetectorSpec& spec, const InputSet& set, const Job& job)>;

struct Comparison;

struct ComparisonOptions {
    std::vector<DetectorSpec> detectors;   ///< at least one, none twice
    std::optional<DetectorSpec> baseline;  ///< one of them that the others are tested against
    std::size_t bootstrap = 1000;          ///< resamples for intervals and differences; 0: none
    std::uint64_t seed = 0;                ///< of the resamples
    double tprLevel = kDefaultTprLevel;
    std::vector<std::string> nearSets;  ///< OOD sets by name, for an average of their own
    std::vector<std::string> farSets;   ///< the same; no set in both
    unsigned threads = 0;               ///< of the bootstrap; 0: all processors
    ModelScorer modelScorer;            ///< may be empty: detectors that need the model then say so
    /// A comparison of the same inputs, whole or partial; null: everything is computed. Detectors that have
    /// scores in it under the same settings are not fitted or scored again: scores and times are taken over,
    /// those of detectors that need the model too, with a modelScorer or without. Intervals are taken over
    /// where it is whole and has the same resamples, seed, level and groups, differences where it has the
    /// same baseline as well. Everything but times is as if computed.
    std::shared_ptr<const Comparison> earlier;
};

/// Intervals of a detector, or of its difference to the baseline. Averages are taken within each resample.
struct ComparedIntervals {
    std::vector<MetricIntervals> ood;            ///< one an OOD set, in their order
    MetricIntervals average;                     ///< unweighted, over the OOD sets
    std::optional<MetricIntervals> nearAverage;  ///< where there are near sets
    std::optional<MetricIntervals> farAverage;

    friend bool operator==(const ComparedIntervals&, const ComparedIntervals&) = default;
};

/// One detector over all sets.
struct ComparedDetector {
    DetectorSpec spec;
    std::string label;           ///< specLabel()
    std::optional<Error> error;  ///< why it has no numbers; the fields below are then empty
    std::vector<double> idScores;
    std::vector<std::vector<double>> oodScores;  ///< one an OOD set, in their order
    std::vector<OodMetrics> metrics;             ///< one an OOD set
    OodMetrics average;                          ///< unweighted, over the OOD sets
    std::optional<OodMetrics> nearAverage;       ///< where there are near sets
    std::optional<OodMetrics> farAverage;
    std::optional<ComparedIntervals> intervals;   ///< where a bootstrap was asked for
    std::optional<ComparedIntervals> difference;  ///< this less the baseline; not for the baseline itself
    std::size_t rankByFpr95 =
        0;  ///< 1: the lowest average FPR95; equal values share the smaller rank; 0 after an error
    std::size_t rankByAuroc = 0;  ///< 1: the highest average AUROC
    double fitSeconds = 0;        ///< statistics that several share count where they are first needed
    double scoreSeconds = 0;      ///< over all sets, the logits included where they are used
};

/// Whether the interval of a difference lies on one side of 0.
[[nodiscard]] bool excludesZero(const Interval& difference);

struct Comparison {
    std::optional<std::size_t> baseline;  ///< index into detectors
    std::size_t bootstrap = 0;
    std::uint64_t seed = 0;
    double tprLevel = kDefaultTprLevel;
    std::size_t idCount = 0;
    std::vector<std::string> oodNames;
    std::vector<std::size_t> oodCounts;
    std::vector<std::string> nearSets;
    std::vector<std::string> farSets;
    std::vector<ComparedDetector> detectors;  ///< in the order of the options
    bool partial = false;                     ///< made by partialComparison()
};

/// Called when a detector has its scores, metrics and times (its intervals and ranks come with the result),
/// on the thread that called compareDetectors(); for those of an earlier comparison before anything is
/// fitted.
using ComparisonSink = std::function<void(std::size_t index, const ComparedDetector& detector)>;

/// The part of checkComparison() that needs no features, for inputs that are still to be loaded: specs,
/// baseline, level, resamples, and groups of OOD sets of these names. Errors: InvalidArgument.
[[nodiscard]] Status checkComparisonOptions(const std::vector<std::string>& oodNames,
                                            const ComparisonOptions& options);

/// Whether the options can be met with these inputs: checkComparisonOptions(), and no set without images. A
/// detector whose training data is missing is no error here. Errors: InvalidArgument.
[[nodiscard]] Status checkComparison(const AnalysisInputs& inputs, const ComparisonOptions& options);

/// Fits and scores every detector on the ID test and OOD sets of the inputs; those that compare every image
/// with every training image come after all others. A detector that cannot run has an error in its place and
/// the others go on. `training`: of these inputs. Progress in rows and resamples, by stages. Stops within one
/// block of rows, one decomposition of a D x D matrix or a few resamples. Errors: those of checkComparison(),
/// OutOfMemory, Internal, Cancelled.
[[nodiscard]] Result<Comparison> compareDetectors(const AnalysisInputs& inputs,
                                                  const TrainingDataPtr& training,
                                                  const ComparisonOptions& options, const Job& job,
                                                  const ComparisonSink& sink = {});

/// What there is of a comparison that ended early: of the options' detectors those that the sink got (`done`
/// by their index, empty where it did not), ranked among themselves, without intervals and baseline. The
/// inputs and options are those of the comparison.
[[nodiscard]] Comparison partialComparison(const AnalysisInputs& inputs, const ComparisonOptions& options,
                                           const std::vector<std::optional<ComparedDetector>>& done);

/// Sizes for estimateSeconds(): all images that a comparison scores.
[[nodiscard]] DetectorWork workOf(const AnalysisInputs& inputs);

}  // namespace dicescope
