#include "core/detectors/feature_percentile.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>

#include "core/base/parallel.h"
#include "core/sparsity/contribution.h"

namespace dicescope {
namespace {

constexpr unsigned kHalfBits = 16;
constexpr std::size_t kBins = std::size_t{1} << kHalfBits;
constexpr std::uint32_t kLowMask = kBins - 1;
using Counts = std::vector<std::uint64_t>;

/// Integers in the order of the floats.
std::uint32_t keyOf(float value) {
    constexpr std::uint32_t kSign = 0x80000000U;
    const auto bits = std::bit_cast<std::uint32_t>(value);
    return (bits & kSign) != 0 ? ~bits : bits | kSign;
}

float valueOf(std::uint32_t key) {
    constexpr std::uint32_t kSign = 0x80000000U;
    return std::bit_cast<float>((key & kSign) != 0 ? key & ~kSign : ~key);
}

/// Counts of bin(key) over the values for which it is below kBins.
template <class Bin>
Result<Counts> countBins(MatrixView<const float> features, const Job& job, const Bin& bin) {
    Counts counts(kBins);
    std::mutex mutex;
    constexpr std::size_t kRowsAtATime = 2048;
    parallelFor(features.rows, kRowsAtATime, 0, [&](std::size_t begin, std::size_t end) {
        if (job.stopRequested()) return;
        Counts local(kBins);
        for (const float value :
             features.flat().subspan(begin * features.cols, (end - begin) * features.cols)) {
            const std::uint32_t at = bin(keyOf(value));
            if (at < kBins) ++local[at];
        }
        const std::scoped_lock lock(mutex);
        for (std::size_t i = 0; i < kBins; ++i) counts[i] += local[i];
    });
    if (job.stopRequested()) return cancelled();
    return counts;
}

/// The bin in which the value of this rank lies; the rank becomes that within the bin.
std::uint32_t binOfRank(const Counts& counts, std::uint64_t& rank) {
    std::uint32_t at = 0;
    while (rank >= counts[at]) rank -= counts[at++];
    return at;
}

Result<double> valueAtRank(MatrixView<const float> features, const Counts& upper, std::uint64_t rank,
                           const Job& job) {
    const std::uint32_t high = binOfRank(upper, rank);
    const auto lower = countBins(features, job, [high](std::uint32_t key) {
        return key >> kHalfBits == high ? key & kLowMask : static_cast<std::uint32_t>(kBins);
    });
    if (!lower) return forwardError(lower);
    return static_cast<double>(valueOf(high << kHalfBits | binOfRank(*lower, rank)));
}

}  // namespace

Result<double> flatPercentile(MatrixView<const float> features, double percent, const Job& job) {
    const auto upper = countBins(features, job, [](std::uint32_t key) { return key >> kHalfBits; });
    if (!upper) return forwardError(upper);
    const auto last = static_cast<double>(features.size() - 1);
    const double at = std::min(last, last * (percent / 100));
    const auto below = static_cast<std::uint64_t>(std::floor(at));
    const double fraction = at - std::floor(at);
    auto lower = valueAtRank(features, *upper, below, job);
    if (!lower || fraction == 0) return lower;
    auto higher = valueAtRank(features, *upper, below + 1, job);
    if (!higher) return higher;
    return *lower + (*higher - *lower) * fraction;
}

std::size_t columnsAtATime(std::size_t rows, unsigned threads) {
    constexpr std::size_t kMostValues = 256'000'000 / sizeof(double);
    constexpr std::size_t kMostColumns = 16;
    return std::clamp<std::size_t>(kMostValues / (rows * threads), 1, kMostColumns);
}

Result<std::vector<double>> columnPercentiles(MatrixView<const float> features, double percent,
                                              const Job& job) {
    std::vector<double> result(features.cols);
    const std::size_t grain = columnsAtATime(features.rows, defaultThreadCount());
    parallelFor(features.cols, grain, 0, [&](std::size_t begin, std::size_t end) {
        std::vector<std::vector<double>> columns(end - begin, std::vector<double>(features.rows));
        constexpr std::size_t kRowsBetweenChecks = 1024;
        for (std::size_t r = 0; r < features.rows; ++r) {
            if (r % kRowsBetweenChecks == 0 && job.stopRequested()) return;
            for (std::size_t d = begin; d < end; ++d) {
                columns[d - begin][r] = static_cast<double>(features(r, d));
            }
        }
        for (std::size_t d = begin; d < end && !job.stopRequested(); ++d) {
            result[d] = percentile(columns[d - begin], percent);
        }
    });
    if (job.stopRequested()) return cancelled();
    return result;
}

}  // namespace dicescope
