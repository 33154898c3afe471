#include "core/metrics/level_metrics.h"

#include <algorithm>
#include <new>
#include <utility>

#include "core/metrics/score_order.h"
#include "core/metrics/usable_sets.h"

namespace dicescope {
namespace {

/// One row's scores of one set: sorted keys, and the moments of the score.
struct RowScores {
    std::vector<std::uint32_t> keys;
    double mean = 0;
    double variance = 0;
};

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

Result<RowScores> rowScores(const UsableSet& set, std::size_t row, ScoreKind kind) {
    const auto ranking = rankingAt(set, row, kind);
    if (!ranking) return forwardError(ranking);
    RowScores scores;
    scores.keys = sortedKeys<float>(*ranking);
    takeMoments(*ranking, kind, scores);
    return scores;
}

/// A snapshot with columns of zeros for every row.
std::shared_ptr<LevelMetrics> emptySnapshot(const LevelMetricsRequest& request, const UsableSets& sets) {
    auto snapshot = std::make_shared<LevelMetrics>();
    snapshot->score = request.score;
    snapshot->tprLevel = request.tprLevel;
    snapshot->levels = request.levels;
    snapshot->hasDense = request.id.sweep->hasDense;
    snapshot->idName = sets.id.name;
    snapshot->idSamples = sets.id.samples.size();
    snapshot->idExcluded = sets.id.excluded;
    snapshot->idMoments = MomentColumns(sets.rows);
    snapshot->average = MetricColumns(sets.rows);
    snapshot->averageGap.resize(sets.rows);
    for (const UsableSet& set : sets.ood) {
        snapshot->ood.push_back({set.name, set.samples.size(), set.excluded, MetricColumns(sets.rows),
                                 MomentColumns(sets.rows), std::vector<double>(sets.rows)});
    }
    return snapshot;
}

/// Different rows may be evaluated at the same time.
Status evaluateRow(const UsableSets& sets, std::size_t row, LevelMetrics& snapshot) {
    const auto id = rowScores(sets.id, row, snapshot.score);
    if (!id) return forwardError(id);
    snapshot.idMoments.mean[row] = id->mean;
    snapshot.idMoments.variance[row] = id->variance;
    std::vector<OodMetrics> all;
    double gaps = 0;
    for (std::size_t s = 0; s < sets.ood.size(); ++s) {
        OodLevels& levels = snapshot.ood[s];
        const auto ood = rowScores(sets.ood[s], row, snapshot.score);
        if (!ood) return forwardError(ood);
        OodMetrics metrics = metricsOfSortedKeys(id->keys, ood->keys, snapshot.tprLevel);
        metrics.threshold = scoreOfRanking(snapshot.score, metrics.threshold);
        all.push_back(metrics);
        levels.metrics.set(row, metrics);
        levels.moments.mean[row] = ood->mean;
        levels.moments.variance[row] = ood->variance;
        levels.gap[row] = id->mean - ood->mean;
        gaps += levels.gap[row];
    }
    snapshot.average.set(row, averageMetrics(all));
    snapshot.averageGap[row] = gaps / static_cast<double>(sets.ood.size());
    return {};
}

Result<LevelMetricsPtr> evaluateAllRows(const LevelMetricsRequest& request, const Job& job) {
    const auto sets = usableSets(request);
    if (!sets) return forwardError(sets);
    const auto snapshot = emptySnapshot(request, *sets);
    const auto status = forEachRow(sets->rows, request.threads, job, "Evaluating levels",
                                   [&](std::size_t row) { return evaluateRow(*sets, row, *snapshot); });
    if (!status) return forwardError(status);
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
    if (const auto status = checkTprLevel(request.tprLevel); !status) return forwardError(status);
    try {
        return evaluateAllRows(request, job);
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::OutOfMemory,
                    "There is not enough memory to evaluate the levels; use fewer levels or fewer images.");
    }
}

}  // namespace dicescope
