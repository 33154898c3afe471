#include "core/metrics/bootstrap.h"

#include <algorithm>
#include <limits>
#include <new>
#include <numeric>
#include <string>

#include "core/base/parallel.h"
#include "core/base/progress_meter.h"
#include "core/metrics/ranked_column.h"
#include "core/metrics/resample.h"
#include "core/metrics/score_order.h"
#include "core/sparsity/contribution.h"

namespace dicescope {
namespace {

Status checkOptions(const BootstrapOptions& options) {
    if (options.resamples == 0 || options.resamples > kMostResamples) {
        return fail(ErrorCode::InvalidArgument, "The bootstrap takes from 1 to 1,000,000 resamples, not " +
                                                    std::to_string(options.resamples) + "; 1,000 is usual.");
    }
    if (!(options.confidence > 0 && options.confidence < 1)) {
        return fail(ErrorCode::InvalidArgument, "The confidence must be above 0 and below 1, not " +
                                                    std::to_string(options.confidence) + "; 0.95 is usual.");
    }
    return checkTprLevel(options.tprLevel);
}

Status checkSet(std::span<const double> scores, const std::string& name) {
    if (scores.size() >= std::numeric_limits<std::uint32_t>::max()) {
        return fail(ErrorCode::InvalidArgument,
                    "The set \"" + name + "\" has too many scores for a bootstrap.");
    }
    return checkScores(scores, name);
}

Status checkColumn(const ScoreColumn& column) {
    if (column.ood.empty()) {
        return fail(ErrorCode::InvalidArgument, "There is no OOD set for the bootstrap; name at least one.");
    }
    if (auto status = checkSet(column.id, "ID"); !status) return status;
    for (std::size_t s = 0; s < column.ood.size(); ++s) {
        if (auto status = checkSet(column.ood[s], "OOD " + std::to_string(s + 1)); !status) return status;
    }
    return {};
}

Status checkGroups(const std::vector<std::vector<std::size_t>>& groups, std::size_t sets) {
    for (std::vector<std::size_t> group : groups) {
        std::sort(group.begin(), group.end());
        if (group.empty()) {
            return fail(ErrorCode::InvalidArgument,
                        "A group of OOD sets for the bootstrap is empty; name its sets or leave it away.");
        }
        if (group.back() >= sets) {
            return fail(ErrorCode::InvalidArgument, "A group for the bootstrap names OOD set " +
                                                        std::to_string(group.back() + 1) + " of " +
                                                        std::to_string(sets) + "; name one that is there.");
        }
        if (std::adjacent_find(group.begin(), group.end()) != group.end()) {
            return fail(ErrorCode::InvalidArgument,
                        "A group for the bootstrap names an OOD set twice; leave one away.");
        }
    }
    return {};
}

/// The replicates of several columns under the same draws.
class Resampling {
  public:
    Resampling(std::span<const ScoreColumn> columns, const BootstrapOptions& options)
        : options_(options), idSize_(columns.front().id.size()) {
        for (const auto& scores : columns.front().ood) oodSizes_.push_back(scores.size());
        ranked_.reserve(columns.size());
        for (const ScoreColumn& column : columns) ranked_.emplace_back(column);
        replicates_.resize(options.resamples * columns.size() * oodSizes_.size());
    }

    Status run(const Job& job) {
        constexpr std::size_t kGrain = 8;  // buffers are made once a piece
        ProgressMeter progress(job, "Bootstrap", options_.resamples);
        parallelFor(options_.resamples, kGrain, options_.threads, [&](std::size_t begin, std::size_t end) {
            Buffers buffers;
            for (std::size_t resample = begin; resample < end && !job.stopRequested(); ++resample) {
                evaluate(resample, buffers);
                progress.add(1);
            }
        });
        if (job.stopRequested()) return cancelled();
        return {};
    }

    [[nodiscard]] const Replicate& replicate(std::size_t resample, std::size_t column,
                                             std::size_t set) const {
        return replicates_[(resample * ranked_.size() + column) * oodSizes_.size() + set];
    }

  private:
    struct Buffers {
        std::vector<std::uint32_t> draws;
        std::vector<std::uint32_t> weights;
        std::vector<std::vector<std::uint32_t>> cumulative;
    };

    void evaluate(std::size_t resample, Buffers& buffers) {
        buffers.draws.resize(idSize_);
        drawIndices({options_.seed, resample, 0}, idSize_, buffers.draws);
        buffers.weights.assign(idSize_, 0);
        for (const std::uint32_t image : buffers.draws) ++buffers.weights[image];
        buffers.cumulative.resize(ranked_.size());
        for (std::size_t c = 0; c < ranked_.size(); ++c) {
            ranked_[c].accumulate(buffers.weights, buffers.cumulative[c]);
        }
        const std::size_t needed = samplesAtLevel(idSize_, options_.tprLevel);
        for (std::size_t s = 0; s < oodSizes_.size(); ++s) {
            buffers.draws.resize(oodSizes_[s]);
            drawIndices({options_.seed, resample, s + 1}, oodSizes_[s], buffers.draws);
            for (std::size_t c = 0; c < ranked_.size(); ++c) {
                replicates_[(resample * ranked_.size() + c) * oodSizes_.size() + s] =
                    ranked_[c].evaluate(s, buffers.draws, buffers.cumulative[c], needed);
            }
        }
    }

    BootstrapOptions options_;
    std::size_t idSize_;
    std::vector<std::size_t> oodSizes_;
    std::vector<RankedColumn> ranked_;
    std::vector<Replicate> replicates_;
};

Interval interval(double estimate, std::vector<double> replicates, double confidence) {
    std::sort(replicates.begin(), replicates.end());
    return {estimate, percentileOfSorted(replicates, 50 * (1 - confidence)),
            percentileOfSorted(replicates, 50 * (1 + confidence))};
}

/// Intervals of a value of the replicates, valueOf(resample, set): for each set, and for means over sets.
template <class ValueOf>
class Summary {
  public:
    Summary(const BootstrapOptions& options, std::span<const Replicate> estimates, const ValueOf& valueOf)
        : options_(options), estimates_(estimates), valueOf_(valueOf) {}

    [[nodiscard]] BootstrapIntervals intervals() const {
        std::vector<std::size_t> all(estimates_.size());
        std::iota(all.begin(), all.end(), std::size_t{0});
        BootstrapIntervals result;
        result.ood.reserve(all.size());
        for (const std::size_t& set : all) result.ood.push_back(meanOver({&set, 1}));
        result.average = meanOver(all);
        result.groups.reserve(options_.groups.size());
        for (const auto& group : options_.groups) result.groups.push_back(meanOver(group));
        return result;
    }

  private:
    [[nodiscard]] MetricIntervals meanOver(std::span<const std::size_t> sets) const {
        return {meanOver(sets, &Replicate::fpr95), meanOver(sets, &Replicate::auroc)};
    }

    [[nodiscard]] Interval meanOver(std::span<const std::size_t> sets, double Replicate::*member) const {
        const auto count = static_cast<double>(sets.size());
        std::vector<double> means(options_.resamples);
        for (std::size_t r = 0; r < means.size(); ++r) {
            for (const std::size_t set : sets) means[r] += valueOf_(r, set).*member;
            means[r] /= count;
        }
        double estimate = 0;
        for (const std::size_t set : sets) estimate += estimates_[set].*member / count;
        return interval(estimate, std::move(means), options_.confidence);
    }

    const BootstrapOptions& options_;
    std::span<const Replicate> estimates_;
    const ValueOf& valueOf_;
};

std::vector<Replicate> estimatesOf(const ScoreColumn& column, double tprLevel) {
    std::vector<Replicate> estimates;
    const auto id = sortedKeys(column.id);
    for (const auto& scores : column.ood) {
        const OodMetrics metrics = metricsOfSortedKeys(id, sortedKeys(scores), tprLevel);
        estimates.push_back({metrics.fpr95, metrics.auroc});
    }
    return estimates;
}

Status checkSameImages(const ScoreColumn& first, const ScoreColumn& second) {
    const auto sameSize = [](std::span<const double> a, std::span<const double> b) {
        return a.size() == b.size();
    };
    if (sameSize(first.id, second.id) &&
        std::equal(first.ood.begin(), first.ood.end(), second.ood.begin(), second.ood.end(), sameSize)) {
        return {};
    }
    return fail(ErrorCode::Mismatch,
                "The two scores to compare do not speak of the same images; score the same sets with both "
                "detectors.");
}

Replicate minus(const Replicate& a, const Replicate& b) {
    return {a.fpr95 - b.fpr95, a.auroc - b.auroc};
}

tl::unexpected<Error> outOfMemory() {
    return fail(ErrorCode::OutOfMemory,
                "There is not enough memory for the bootstrap; ask for fewer resamples.");
}

}  // namespace

Result<BootstrapIntervals> bootstrapIntervals(const ScoreColumn& column, const BootstrapOptions& options,
                                              const Job& job) {
    if (const auto status = checkOptions(options); !status) return forwardError(status);
    if (const auto status = checkColumn(column); !status) return forwardError(status);
    if (const auto status = checkGroups(options.groups, column.ood.size()); !status)
        return forwardError(status);
    try {
        Resampling resampling(std::span(&column, 1), options);
        if (const auto status = resampling.run(job); !status) return forwardError(status);
        const auto valueOf = [&](std::size_t r, std::size_t s) { return resampling.replicate(r, 0, s); };
        return Summary(options, estimatesOf(column, options.tprLevel), valueOf).intervals();
    } catch (const std::bad_alloc&) {
        return outOfMemory();
    }
}

Result<PairedIntervals> bootstrapDifference(const ScoreColumn& first, const ScoreColumn& second,
                                            const BootstrapOptions& options, const Job& job) {
    if (const auto status = checkOptions(options); !status) return forwardError(status);
    if (const auto status = checkSameImages(first, second); !status) return forwardError(status);
    for (const ScoreColumn* column : {&first, &second}) {
        if (const auto status = checkColumn(*column); !status) return forwardError(status);
    }
    if (const auto status = checkGroups(options.groups, first.ood.size()); !status)
        return forwardError(status);
    try {
        const std::vector<ScoreColumn> columns{first, second};
        Resampling resampling(columns, options);
        if (const auto status = resampling.run(job); !status) return forwardError(status);
        const auto a = estimatesOf(first, options.tprLevel);
        const auto b = estimatesOf(second, options.tprLevel);
        std::vector<Replicate> difference(a.size());
        std::transform(a.begin(), a.end(), b.begin(), difference.begin(), minus);
        const auto ofFirst = [&](std::size_t r, std::size_t s) { return resampling.replicate(r, 0, s); };
        const auto ofSecond = [&](std::size_t r, std::size_t s) { return resampling.replicate(r, 1, s); };
        const auto less = [&](std::size_t r, std::size_t s) { return minus(ofFirst(r, s), ofSecond(r, s)); };
        return PairedIntervals{Summary(options, a, ofFirst).intervals(),
                               Summary(options, b, ofSecond).intervals(),
                               Summary(options, difference, less).intervals()};
    } catch (const std::bad_alloc&) {
        return outOfMemory();
    }
}

}  // namespace dicescope
