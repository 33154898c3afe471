#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/error.h"
#include "core/base/job.h"
#include "core/metrics/ood_metrics.h"

namespace dicescope {

/// One score for every image of the ID set and of each OOD set.
struct ScoreColumn {
    std::span<const double> id;
    std::vector<std::span<const double>> ood;
};

inline constexpr std::size_t kMostResamples = 1'000'000;

struct BootstrapOptions {
    std::size_t resamples = 1000;  ///< 1..kMostResamples
    double confidence = 0.95;      ///< in (0, 1): 0.95 gives the 2.5 % and 97.5 % percentiles
    double tprLevel = kDefaultTprLevel;
    std::uint64_t seed = 0;
    unsigned threads = 0;  ///< 0: all processors
    /// Groups of OOD sets, by their indices, whose averages get intervals of their own. None is empty or has
    /// a set twice; a set may be in several.
    std::vector<std::vector<std::size_t>> groups;
};

/// A value on the scores as they are, and the percentile interval of its replicates (numpy.percentile,
/// linear).
struct Interval {
    double estimate = 0;
    double low = 0;
    double high = 0;

    friend bool operator==(const Interval&, const Interval&) = default;
};

struct MetricIntervals {
    Interval fpr95;  ///< ID positive
    Interval auroc;

    friend bool operator==(const MetricIntervals&, const MetricIntervals&) = default;
};

struct BootstrapIntervals {
    std::vector<MetricIntervals> ood;  ///< one an OOD set, in their order
    MetricIntervals average;  ///< of the unweighted mean over the OOD sets, taken within each resample
    std::vector<MetricIntervals> groups;  ///< the same over the sets of each group, in the options' order

    friend bool operator==(const BootstrapIntervals&, const BootstrapIntervals&) = default;
};

/// Two score columns of the same images.
struct PairedIntervals {
    BootstrapIntervals first;
    BootstrapIntervals second;
    BootstrapIntervals difference;  ///< first - second

    friend bool operator==(const PairedIntervals&, const PairedIntervals&) = default;
};

/// Stratified bootstrap: each resample draws as many ID images as there are, with replacement, and so for
/// each OOD set; the threshold is fitted anew on the resampled ID scores. The draws depend on the seed and on
/// the sizes of the sets only (resample.h): the result is the same for every number of threads. Stops within
/// a few resamples of a request; progress in resamples. Errors: InvalidArgument (no
/// OOD set, an empty set, NaN, options out of range, a group that is empty, has a set twice or one that is
/// not there), OutOfMemory, Cancelled.
[[nodiscard]] Result<BootstrapIntervals> bootstrapIntervals(const ScoreColumn& column,
                                                            const BootstrapOptions& options, const Job& job);

/// The same for two scores of the same images, every resample taking the same images for both, so that the
/// interval of the difference is not widened by what both have in common. first and second alone are exactly
/// what bootstrapIntervals() gives. Errors: as there, and Mismatch when the columns have other sizes.
[[nodiscard]] Result<PairedIntervals> bootstrapDifference(const ScoreColumn& first, const ScoreColumn& second,
                                                          const BootstrapOptions& options, const Job& job);

}  // namespace dicescope
