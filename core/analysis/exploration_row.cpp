#include <algorithm>
#include <cmath>
#include <limits>
#include <new>

#include "core/analysis/exploration.h"
#include "core/analysis/level_values.h"
#include "core/metrics/score_kind.h"
#include "core/metrics/score_order.h"

namespace dicescope {
namespace {

/// The smallest ranking value whose score is >= threshold; NaN, above which nothing is, where none is. A
/// search over all floats costs less than the scores of all images.
float rankingCut(ScoreKind kind, double threshold) {
    const auto accepted = [&](std::uint32_t key) {
        return scoreOfRanking(kind, static_cast<double>(scoreOfKey<float>(key))) >= threshold;
    };
    constexpr float kInfinity = std::numeric_limits<float>::infinity();
    const std::uint32_t first = descendingKey(kInfinity);
    if (!accepted(first)) return std::numeric_limits<float>::quiet_NaN();
    // Keys of smaller scores are larger: the last accepted one is looked for.
    std::uint32_t low = first;
    std::uint32_t high = descendingKey(-kInfinity);
    while (low < high) {
        const std::uint32_t middle = high - (high - low) / 2;
        if (accepted(middle)) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    return scoreOfKey<float>(low);
}

template <class Ranking>
double shareAccepted(std::size_t samples, float cut, const Ranking& ranking) {
    std::size_t usable = 0;
    std::size_t accepted = 0;
    for (std::size_t i = 0; i < samples; ++i) {
        const float value = ranking(i);
        usable += std::isnan(value) ? 0 : 1;
        accepted += value >= cut ? 1 : 0;
    }
    return usable == 0 ? 0 : static_cast<double>(accepted) / static_cast<double>(usable);
}

double acceptedShare(const SweepResult& sweep, std::size_t row, ScoreKind kind, float cut) {
    const auto maxLogit = sweep.maxLogitAt(row);
    const auto excess = sweep.excessAt(row);
    switch (kind) {
        case ScoreKind::Energy:
            return shareAccepted(sweep.samples, cut, [&](std::size_t i) { return maxLogit[i] + excess[i]; });
        case ScoreKind::Msp:
            return shareAccepted(sweep.samples, cut, [&](std::size_t i) { return -excess[i]; });
        case ScoreKind::MaxLogit:
            return shareAccepted(sweep.samples, cut, [&](std::size_t i) { return maxLogit[i]; });
    }
    return 0;
}

}  // namespace

Result<PairedIntervals> intervalsAt(const Exploration& exploration, std::size_t row, BootstrapOptions options,
                                    const Job& job) {
    if (!exploration.complete()) {
        return fail(ErrorCode::InvalidArgument,
                    "Intervals need all images; wait until the sweep is complete.");
    }
    if (row >= exploration.rows()) {
        return fail(ErrorCode::InvalidArgument,
                    "There is no row " + std::to_string(row) + "; the last one is " +
                        std::to_string(exploration.denseRow()) + ", the dense head.");
    }
    options.tprLevel = exploration.view.tprLevel;
    try {
        return intervalsAgainstDense(*exploration.swept, row, exploration.view.score, options, job);
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::OutOfMemory,
                    "There is not enough memory for the intervals; use fewer images or resamples.");
    }
}

std::size_t rowNearest(const Exploration& exploration, std::optional<double> p) {
    return p ? nearestLevel(exploration.metrics->levels, *p) : exploration.denseRow();
}

AcceptedShares acceptedAt(const Exploration& exploration, std::size_t row, double threshold) {
    const ScoreKind kind = exploration.view.score;
    const float cut = rankingCut(kind, threshold);
    AcceptedShares shares;
    shares.id = acceptedShare(exploration.swept->id, row, kind, cut);
    for (const SweepResult& set : exploration.swept->ood)
        shares.ood.push_back(acceptedShare(set, row, kind, cut));
    return shares;
}

}  // namespace dicescope
