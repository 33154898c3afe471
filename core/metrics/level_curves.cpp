#include "core/metrics/level_curves.h"

#include <algorithm>
#include <array>
#include <new>
#include <utility>

#include "core/metrics/roc_thinning.h"
#include "core/metrics/score_order.h"
#include "core/metrics/usable_sets.h"

namespace dicescope {
namespace {

float scoreOf(ScoreKind kind, float ranking) {
    return static_cast<float>(scoreOfRanking(kind, static_cast<double>(ranking)));
}

/// The lowest and the highest score of one or several rows.
using Extremes = std::array<float, 2>;

Result<std::vector<Extremes>> extremesOfRows(const UsableSets& sets, const LevelMetricsRequest& request,
                                             const Job& job) {
    std::vector<Extremes> extremes(sets.rows);
    const auto find = [&](std::size_t row) -> Status {
        const auto extend = [&](const UsableSet& set, bool isFirst) -> Status {
            const auto ranking = rankingAt(set, row, request.score);
            if (!ranking) return forwardError(ranking);
            const auto [low, high] = std::ranges::minmax(*ranking);
            auto& row_ = extremes[row];
            row_ = {isFirst ? low : std::min(row_[0], low), isFirst ? high : std::max(row_[1], high)};
            return {};
        };
        auto status = extend(sets.id, true);
        for (std::size_t s = 0; status && s < sets.ood.size(); ++s) status = extend(sets.ood[s], false);
        for (float& ranking : extremes[row]) ranking = scoreOf(request.score, ranking);
        return status;
    };
    const Job silent{job.stop, {}};
    if (auto status = forEachRow(sets.rows, request.threads, silent, {}, find); !status)
        return forwardError(status);
    return extremes;
}

Result<std::vector<HistogramBins>> binsOfRows(std::span<const Extremes> extremes,
                                              const LevelCurvesOptions& options) {
    const std::vector<std::span<const float>> spans(extremes.begin(), extremes.end());
    std::vector<HistogramBins> bins;
    for (std::size_t row = 0; row < spans.size(); ++row) {
        if (options.range == BinRange::AllRows && row > 0) {
            bins.push_back(bins.front());
            continue;
        }
        const auto own = std::span(spans).subspan(row, 1);
        const auto found = commonBins(options.range == BinRange::AllRows ? spans : own, options.bins);
        if (!found) return forwardError(found);
        bins.push_back(*found);
    }
    return bins;
}

/// Counts by the rule of histogram(): in a sorted list a bin is the piece between its two edges.
std::vector<std::uint32_t> countInBins(std::span<const std::uint32_t> keys, const HistogramBins& bins,
                                       ScoreKind kind) {
    std::vector<std::uint32_t> counts(bins.count);
    auto end = keys.end();
    for (std::size_t bin = 0; bin < bins.count; ++bin) {
        const double upper = bins.edge(bin + 1);
        const auto isAbove = [&](std::uint32_t key) {
            return static_cast<double>(scoreOf(kind, scoreOfKey<float>(key))) >= upper;
        };
        const auto begin =
            bin + 1 == bins.count ? keys.begin() : std::partition_point(keys.begin(), end, isAbove);
        counts[bin] = static_cast<std::uint32_t>(end - begin);
        end = begin;
    }
    return counts;
}

/// Fills single rows of the curves; different rows may be filled at the same time.
class RowCurves {
  public:
    RowCurves(const UsableSets& sets, unsigned pixels, LevelCurves& curves) : sets_(sets), curves_(curves) {
        const auto histograms = [&](const UsableSet& set) {
            return SetHistograms{set.name, std::vector<std::vector<std::uint32_t>>(sets.rows),
                                 set.samples.size()};
        };
        curves.id = histograms(sets.id);
        for (const UsableSet& set : sets.ood) {
            curves.ood.push_back(histograms(set));
            curves.rocs.push_back({set.name, std::vector<std::vector<RocVertex>>(sets.rows)});
            thinnings_.emplace_back(sets.id.samples.size(), set.samples.size(), pixels);
        }
    }

    Status fill(std::size_t row) {
        const auto id = histogramAt(sets_.id, row, curves_.id);
        if (!id) return forwardError(id);
        for (std::size_t s = 0; s < sets_.ood.size(); ++s) {
            const auto ood = histogramAt(sets_.ood[s], row, curves_.ood[s]);
            if (!ood) return forwardError(ood);
            curves_.rocs[s].curves[row] = thinnings_[s].thin(*id, *ood);
        }
        return {};
    }

  private:
    /// Counts the row of a set and returns its sorted keys.
    Result<std::vector<std::uint32_t>> histogramAt(const UsableSet& set, std::size_t row,
                                                   SetHistograms& histograms) {
        const auto ranking = rankingAt(set, row, curves_.score);
        if (!ranking) return forwardError(ranking);
        auto keys = sortedKeys<float>(*ranking);
        histograms.counts[row] = countInBins(keys, curves_.bins[row], curves_.score);
        return keys;
    }

    const UsableSets& sets_;
    LevelCurves& curves_;
    std::vector<RocThinning> thinnings_;
};

Result<LevelCurvesPtr> curvesOfAllRows(const LevelMetricsRequest& request, const LevelCurvesOptions& options,
                                       const Job& job) {
    const auto sets = usableSets(request);
    if (!sets) return forwardError(sets);
    const auto extremes = extremesOfRows(*sets, request, job);
    if (!extremes) return forwardError(extremes);
    auto bins = binsOfRows(*extremes, options);
    if (!bins) return forwardError(bins);

    auto curves = std::make_shared<LevelCurves>();
    curves->score = request.score;
    curves->range = options.range;
    curves->bins = std::move(*bins);
    RowCurves rows(*sets, options.rocPixels, *curves);
    const auto status = forEachRow(sets->rows, request.threads, job, "Preparing curves",
                                   [&](std::size_t row) { return rows.fill(row); });
    if (!status) return forwardError(status);
    return curves;
}

}  // namespace

Status checkCurvesOptions(const LevelCurvesOptions& options) {
    constexpr std::size_t kMostBins = 10'000;
    constexpr unsigned kMostPixels = 1U << 20;
    if (options.bins < 1 || options.bins > kMostBins) {
        return fail(ErrorCode::InvalidArgument, "A histogram has 1 to 10,000 bins, not " +
                                                    std::to_string(options.bins) +
                                                    "; choose a number there.");
    }
    if (options.rocPixels < 1 || options.rocPixels > kMostPixels) {
        return fail(ErrorCode::InvalidArgument, "ROC curves are drawn on 1 to 1,048,576 pixels a side, not " +
                                                    std::to_string(options.rocPixels) +
                                                    "; choose a number there.");
    }
    return {};
}

Result<LevelCurvesPtr> computeLevelCurves(const LevelMetricsRequest& request,
                                          const LevelCurvesOptions& options, const Job& job) {
    if (const auto status = checkCurvesOptions(options); !status) return forwardError(status);
    try {
        return curvesOfAllRows(request, options, job);
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::OutOfMemory,
                    "There is not enough memory for the curves of the levels; use fewer levels or bins.");
    }
}

}  // namespace dicescope
