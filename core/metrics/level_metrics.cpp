#include "core/metrics/level_metrics.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <new>
#include <set>
#include <utility>

#include "core/base/parallel.h"
#include "core/base/progress_meter.h"
#include "core/metrics/score_order.h"

namespace dicescope {
namespace {

struct UsableSet {
    const SweepResult& sweep;
    std::vector<std::size_t> samples;
};

/// One row's scores of one set: sorted keys, and the moments of the score.
struct RowScores {
    std::vector<std::uint32_t> keys;
    double mean = 0;
    double variance = 0;
};

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

Status checkRequest(const LevelMetricsRequest& request) {
    if (auto status = checkTprLevel(request.tprLevel); !status) return status;
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

UsableSet usable(const SweptSet& set) {
    return {*set.sweep, set.done ? usableSamples(*set.sweep, *set.done) : usableSamples(*set.sweep)};
}

void takeMoments(std::span<const float> ranking, ScoreKind kind, RowScores& row) {
    const auto count = static_cast<double>(ranking.size());
    std::vector<double> scores(ranking.size());
    std::transform(ranking.begin(), ranking.end(), scores.begin(),
                   [kind](float value) { return scoreOfRanking(kind, static_cast<double>(value)); });
    double sum = 0;
    for (const double score : scores) sum += score;
    row.mean = sum / count;
    double squares = 0;
    for (const double score : scores) squares += (score - row.mean) * (score - row.mean);
    row.variance = squares / count;
}

Result<RowScores> rowScores(const UsableSet& set, std::size_t row, ScoreKind kind, std::string_view setName) {
    const std::vector<float> ranking = rankingScores(set.sweep, row, kind, set.samples);
    if (const auto status = checkScores(ranking, setName); !status) return forwardError(status);
    RowScores scores;
    scores.keys = sortedKeys<float>(ranking);
    takeMoments(ranking, kind, scores);
    return scores;
}

/// Evaluates single rows into a snapshot; different rows may be evaluated at the same time.
class RowEvaluation {
  public:
    RowEvaluation(const LevelMetricsRequest& request, LevelMetrics& snapshot)
        : snapshot_(snapshot), id_(usable(request.id)) {
        for (const SweptSet& set : request.ood) ood_.push_back(usable(set));
        prepare(request);
    }

    [[nodiscard]] Status checkUsable() const {
        const auto check = [](const UsableSet& set, const std::string& name) -> Status {
            if (!set.samples.empty()) return {};
            return fail(ErrorCode::InvalidArgument,
                        "No image of the set \"" + name +
                            "\" has finite logits yet; check its images and the model's features.");
        };
        Status status = check(id_, snapshot_.idName);
        for (std::size_t s = 0; status && s < ood_.size(); ++s)
            status = check(ood_[s], snapshot_.ood[s].name);
        return status;
    }

    Status evaluate(std::size_t row) {
        const auto id = rowScores(id_, row, snapshot_.score, snapshot_.idName);
        if (!id) return forwardError(id);
        snapshot_.idMoments.mean[row] = id->mean;
        snapshot_.idMoments.variance[row] = id->variance;
        std::vector<OodMetrics> all;
        double gaps = 0;
        for (std::size_t s = 0; s < ood_.size(); ++s) {
            OodLevels& levels = snapshot_.ood[s];
            const auto ood = rowScores(ood_[s], row, snapshot_.score, levels.name);
            if (!ood) return forwardError(ood);
            OodMetrics metrics = metricsOfSortedKeys(id->keys, ood->keys, snapshot_.tprLevel);
            metrics.threshold = scoreOfRanking(snapshot_.score, metrics.threshold);
            all.push_back(metrics);
            levels.metrics.set(row, metrics);
            levels.moments.mean[row] = ood->mean;
            levels.moments.variance[row] = ood->variance;
            levels.gap[row] = id->mean - ood->mean;
            gaps += levels.gap[row];
        }
        snapshot_.average.set(row, averageMetrics(all));
        snapshot_.averageGap[row] = gaps / static_cast<double>(ood_.size());
        return {};
    }

  private:
    void prepare(const LevelMetricsRequest& request) {
        const auto considered = [](const SweptSet& set) {
            return set.done ? set.done->size() : set.sweep->samples;
        };
        snapshot_.score = request.score;
        snapshot_.tprLevel = request.tprLevel;
        snapshot_.levels = request.levels;
        snapshot_.hasDense = request.id.sweep->hasDense;
        snapshot_.idName = request.id.name;
        snapshot_.idSamples = id_.samples.size();
        snapshot_.idExcluded = considered(request.id) - id_.samples.size();
        const std::size_t rows = snapshot_.rows();
        snapshot_.idMoments = MomentColumns(rows);
        snapshot_.average = MetricColumns(rows);
        snapshot_.averageGap.resize(rows);
        for (std::size_t s = 0; s < ood_.size(); ++s) {
            const std::size_t samples = ood_[s].samples.size();
            snapshot_.ood.push_back({request.ood[s].name, samples, considered(request.ood[s]) - samples,
                                     MetricColumns(rows), MomentColumns(rows), std::vector<double>(rows)});
        }
    }

    LevelMetrics& snapshot_;
    UsableSet id_;
    std::vector<UsableSet> ood_;
};

Result<LevelMetricsPtr> evaluateAllRows(const LevelMetricsRequest& request, const Job& job) {
    auto snapshot = std::make_shared<LevelMetrics>();
    RowEvaluation evaluation(request, *snapshot);
    if (const auto status = evaluation.checkUsable(); !status) return forwardError(status);
    const std::size_t rows = snapshot->rows();
    std::vector<Status> outcomes(rows);
    std::atomic<bool> failed = false;
    ProgressMeter progress(job, "Evaluating levels", rows);
    parallelFor(rows, 1, request.threads, [&](std::size_t begin, std::size_t end) {
        for (std::size_t row = begin; row < end && !failed && !job.stopRequested(); ++row) {
            outcomes[row] = evaluation.evaluate(row);
            if (!outcomes[row]) failed = true;
            progress.add(1);
        }
    });
    if (job.stopRequested()) return cancelled();
    for (const Status& outcome : outcomes) {
        if (!outcome) return forwardError(outcome);
    }
    return snapshot;
}

}  // namespace

MetricColumns::MetricColumns(std::size_t rows)
    : fpr95(rows),
      fpr95OodPositive(rows),
      auroc(rows),
      auprIn(rows),
      auprOut(rows),
      threshold(rows),
      tpr(rows) {}

OodMetrics MetricColumns::at(std::size_t row) const {
    return {fpr95[row],   fpr95OodPositive[row], auroc[row], auprIn[row],
            auprOut[row], threshold[row],        tpr[row]};
}

void MetricColumns::set(std::size_t row, const OodMetrics& metrics) {
    fpr95[row] = metrics.fpr95;
    fpr95OodPositive[row] = metrics.fpr95OodPositive;
    auroc[row] = metrics.auroc;
    auprIn[row] = metrics.auprIn;
    auprOut[row] = metrics.auprOut;
    threshold[row] = metrics.threshold;
    tpr[row] = metrics.tpr;
}

Result<LevelMetricsPtr> computeLevelMetrics(const LevelMetricsRequest& request, const Job& job) {
    if (const auto status = checkRequest(request); !status) return forwardError(status);
    try {
        return evaluateAllRows(request, job);
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::OutOfMemory,
                    "There is not enough memory to evaluate the levels; use fewer levels or fewer images.");
    }
}

}  // namespace dicescope
