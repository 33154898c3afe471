#include "core/metrics/histogram.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/metrics/ood_metrics.h"

namespace dicescope {
namespace {

Status checkBins(const HistogramBins& bins) {
    const double extent = bins.high - bins.low;
    if (bins.count > 0 && extent > 0 && std::isfinite(extent) &&
        std::isfinite(static_cast<double>(bins.count) / extent)) {
        return {};
    }
    return fail(ErrorCode::InvalidArgument,
                "A histogram needs at least one bin and a finite range whose low end is below its high end.");
}

/// The bin of a score within [low, high].
std::size_t binOf(double score, std::span<const double> edges, double binsPerUnit) {
    const std::size_t last = edges.size() - 2;
    auto bin = std::min(static_cast<std::size_t>((score - edges.front()) * binsPerUnit), last);
    while (score < edges[bin]) --bin;
    while (bin < last && score >= edges[bin + 1]) ++bin;
    return bin;
}

}  // namespace

double HistogramBins::edge(std::size_t i) const {
    return i >= count ? high : low + static_cast<double>(i) * width();
}

std::vector<double> Histogram::density() const {
    std::vector<double> values(counts.size());
    if (total == 0) return values;
    const double unit = 1 / (static_cast<double>(total) * bins.width());
    std::transform(counts.begin(), counts.end(), values.begin(),
                   [unit](std::uint64_t count) { return static_cast<double>(count) * unit; });
    return values;
}

Result<HistogramBins> commonBins(std::span<const std::span<const float>> scoreSets, std::size_t binCount) {
    if (binCount == 0) return fail(ErrorCode::InvalidArgument, "A histogram needs at least one bin.");
    float low = std::numeric_limits<float>::infinity();
    float high = -low;
    for (const auto& scores : scoreSets) {
        for (const float score : scores) {
            if (!std::isfinite(score)) continue;
            low = std::min(low, score);
            high = std::max(high, score);
        }
    }
    if (low > high) return HistogramBins{0, 1, binCount};
    // Half a unit is lost in rounding beside a very large score, and the range must not be empty.
    const double margin = std::max(0.5, std::abs(static_cast<double>(low)) * 1e-6);
    if (low == high) return HistogramBins{low - margin, high + margin, binCount};
    return HistogramBins{low, high, binCount};
}

Result<Histogram> histogram(std::span<const float> scores, const HistogramBins& bins) {
    if (const auto status = checkBins(bins); !status) return forwardError(status);
    if (!scores.empty()) {
        if (const auto status = checkScores(scores, "histogram"); !status) return forwardError(status);
    }
    std::vector<double> edges(bins.count + 1);
    for (std::size_t i = 0; i < edges.size(); ++i) edges[i] = bins.edge(i);
    const double binsPerUnit = static_cast<double>(bins.count) / (bins.high - bins.low);

    Histogram result{bins, std::vector<std::uint64_t>(bins.count), 0, 0, scores.size()};
    for (const float score : scores) {
        if (score < bins.low) {
            ++result.underflow;
        } else if (score > bins.high) {
            ++result.overflow;
        } else {
            ++result.counts[binOf(score, edges, binsPerUnit)];
        }
    }
    return result;
}

}  // namespace dicescope
