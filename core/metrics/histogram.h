#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/error.h"

namespace dicescope {

/// Bins of equal width. Bin i is [edge(i), edge(i+1)), left-closed; the last one also holds `high`.
struct HistogramBins {
    double low = 0;
    double high = 1;
    std::size_t count = 0;

    /// Edge i of count + 1: low + i (high - low) / count, with edge(count) == high exactly.
    [[nodiscard]] double edge(std::size_t i) const;
    [[nodiscard]] double width() const { return (high - low) / static_cast<double>(count); }

    friend bool operator==(const HistogramBins&, const HistogramBins&) = default;
};

/// How many scores fell in each bin. counts + underflow + overflow = total, always.
struct Histogram {
    HistogramBins bins;
    std::vector<std::uint64_t> counts;  ///< one a bin
    std::uint64_t underflow = 0;        ///< scores < low, -inf among them
    std::uint64_t overflow = 0;         ///< scores > high, +inf among them
    std::uint64_t total = 0;            ///< number of scores

    /// Share of ALL scores per unit of score, one a bin: the area is the share of the scores within [low,
    /// high] (numpy.histogram(density=True) gives the same where nothing lies outside).
    [[nodiscard]] std::vector<double> density() const;
};

/// Bins over the range of all finite scores of several sets: common to ID and OOD, or to every level. When
/// all are equal, half a unit to each side; without a finite score, [0, 1]. NaN is passed over. Errors:
/// InvalidArgument (binCount 0).
[[nodiscard]] Result<HistogramBins> commonBins(std::span<const std::span<const float>> scoreSets,
                                               std::size_t binCount);

/// Counts scores by numpy.histogram's rule: the bin is found by multiplication and then corrected against the
/// edges, so that a score equal to an edge is always in the bin that the edge opens. No scores: all counts 0.
/// Errors: InvalidArgument (no bins, low >= high, infinite edges, NaN among the scores).
[[nodiscard]] Result<Histogram> histogram(std::span<const float> scores, const HistogramBins& bins);

}  // namespace dicescope
