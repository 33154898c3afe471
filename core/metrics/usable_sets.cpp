#include "core/metrics/usable_sets.h"

#include <atomic>
#include <new>
#include <set>
#include <string_view>
#include <utility>

#include "core/base/parallel.h"
#include "core/base/progress_meter.h"
#include "core/metrics/ood_metrics.h"

namespace dicescope {
namespace {

Status checkSweep(const SweptSet& set, const LevelMetricsRequest& request) {
    const SweepResult& reference = *request.id.sweep;
    if (set.sweep->levels == request.levels.size() && set.sweep->hasDense == reference.hasDense &&
        reference.rows() > 0) {
        return {};
    }
    return fail(ErrorCode::Mismatch,
                "The sweep of \"" + set.name + "\" has other levels than the evaluation asks for (" +
                    std::to_string(set.sweep->levels) + " instead of " +
                    std::to_string(request.levels.size()) + "); sweep all sets with one plan.");
}

Status checkSets(const LevelMetricsRequest& request) {
    if (request.ood.empty()) {
        return fail(ErrorCode::InvalidArgument, "There is no OOD set to evaluate; name at least one.");
    }
    if (auto status = checkSweep(request.id, request); !status) return status;
    std::set<std::string_view> names;
    for (const SweptSet& set : request.ood) {
        if (!names.insert(set.name).second) {
            return fail(ErrorCode::InvalidArgument,
                        "Two OOD sets are called \"" + set.name + "\"; give each a name of its own.");
        }
        if (auto status = checkSweep(set, request); !status) return status;
    }
    return {};
}

Result<UsableSet> usable(const SweptSet& set) {
    UsableSet result{set.name, set.sweep, {}, 0};
    result.samples = set.done ? usableSamples(*set.sweep, *set.done) : usableSamples(*set.sweep);
    result.excluded = (set.done ? set.done->size() : set.sweep->samples) - result.samples.size();
    if (!result.samples.empty()) return result;
    return fail(ErrorCode::InvalidArgument,
                "No image of the set \"" + set.name +
                    "\" has finite logits yet; check its images and the model's features.");
}

}  // namespace

Result<UsableSets> usableSets(const LevelMetricsRequest& request) {
    if (const auto status = checkSets(request); !status) return forwardError(status);
    UsableSets sets;
    sets.rows = request.id.sweep->rows();
    auto id = usable(request.id);
    if (!id) return forwardError(id);
    sets.id = std::move(*id);
    for (const SweptSet& set : request.ood) {
        auto ood = usable(set);
        if (!ood) return forwardError(ood);
        sets.ood.push_back(std::move(*ood));
    }
    return sets;
}

Result<std::vector<float>> rankingAt(const UsableSet& set, std::size_t row, ScoreKind kind) {
    std::vector<float> ranking = rankingScores(*set.sweep, row, kind, set.samples);
    if (const auto status = checkScores(ranking, set.name); !status) return forwardError(status);
    return ranking;
}

Status forEachRow(std::size_t rows, unsigned threads, const Job& job, const std::string& stage,
                  const std::function<Status(std::size_t row)>& body) {
    std::vector<Status> outcomes(rows);
    std::atomic<bool> failed = false;
    ProgressMeter progress(job, stage, rows);
    try {
        parallelFor(rows, 1, threads, [&](std::size_t begin, std::size_t end) {
            for (std::size_t row = begin; row < end && !failed && !job.stopRequested(); ++row) {
                outcomes[row] = body(row);
                if (!outcomes[row]) failed = true;
                progress.add(1);
            }
        });
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::OutOfMemory,
                    "There is not enough memory to evaluate the levels; use fewer levels or fewer images.");
    }
    if (job.stopRequested()) return cancelled();
    for (Status& outcome : outcomes) {
        if (!outcome) return std::move(outcome);
    }
    return {};
}

}  // namespace dicescope
