#include "core/analysis/evaluation.h"

#include <utility>

#include "core/analysis/level_values.h"
#include "core/analysis/swept_sets.h"
#include "core/metrics/level_metrics.h"

namespace dicescope {
namespace {

void addAccuracy(Evaluation& evaluation, const InputSet& id, std::span<const std::int32_t> prediction,
                 const std::string& detector, std::optional<double> p) {
    const LabelCount count = countRight(id.labels, prediction);
    if (count.labelled == 0) return;
    evaluation.accuracy.push_back({detector, p, count.labelled, count.accuracy()});
}

/// Adds what the swept heads say: the dense one as detector `dense`, each level as detector `masked`.
Status addDetectors(Evaluation& evaluation, const AnalysisInputs& inputs, const SweptSets& swept,
                    const std::string& dense, const std::string& masked, const EvaluationOptions& options,
                    const Job& job) {
    std::vector<LevelMetricsPtr> byScore;
    LevelMetricsRequest request =
        metricsRequest(inputs, swept.id, inputs.ood, swept.ood, evaluation.levels, options.threads);
    for (const ScoreKind score : {ScoreKind::Energy, ScoreKind::Msp, ScoreKind::MaxLogit}) {
        request.score = score;
        auto metrics = computeLevelMetrics(request, job);
        if (!metrics) return forwardError(metrics);
        byScore.push_back(std::move(*metrics));
    }
    const auto addHead = [&](std::size_t row, const std::string& detector, std::optional<double> p) {
        for (const auto& metrics : byScore) addMetricRows(evaluation, *metrics, row, detector, p);
        addAccuracy(evaluation, inputs.id, swept.id.predictionAt(row), detector, p);
    };
    addHead(swept.id.denseRow(), dense, std::nullopt);
    for (std::size_t level = 0; level < evaluation.levels.size(); ++level) {
        addHead(level, masked, evaluation.levels[level]);
    }
    return {};
}

std::vector<float> energyAt(const SweepResult& result, std::size_t row) {
    std::vector<float> energy(result.samples);
    const auto max = result.maxLogitAt(row);
    const auto excess = result.excessAt(row);
    for (std::size_t i = 0; i < energy.size(); ++i) energy[i] = max[i] + excess[i];
    return energy;
}

SetScores scoresOfSet(const SweepResult& result) {
    SetScores scores;
    const auto prediction = result.predictionAt(result.denseRow());
    scores.prediction.assign(prediction.begin(), prediction.end());
    scores.denseEnergy = energyAt(result, result.denseRow());
    for (std::size_t level = 0; level < result.levels; ++level)
        scores.diceEnergy.push_back(energyAt(result, level));
    return scores;
}

std::vector<MaskRow> describeMasks(const LevelPlan& plan) {
    std::vector<MaskRow> masks;
    for (std::size_t level = 0; level < plan.levels.size(); ++level) {
        std::size_t units = 0;
        for (std::size_t d = 0; d < plan.lastKept.cols(); ++d) {
            bool used = false;
            for (std::size_t c = 0; c < plan.lastKept.rows() && !used; ++c) used = plan.keeps(level, c, d);
            units += used ? 1 : 0;
        }
        masks.push_back({plan.levels[level], plan.thresholds[level], plan.kept[level], units});
    }
    return masks;
}

Status checkSets(const AnalysisInputs& inputs) {
    const auto check = [](const InputSet& set) -> Status {
        if (set.features->size() > 0) return {};
        return fail(ErrorCode::InvalidArgument, "The set '" + set.name + "' (" + set.source.string() +
                                                    ") has no usable image; name another folder.");
    };
    if (auto status = check(inputs.id); !status) return status;
    for (const InputSet& set : inputs.ood) {
        if (auto status = check(set); !status) return status;
    }
    return {};
}

}  // namespace

Status checkOptions(const EvaluationOptions& options) {
    if (auto status = checkLevels(options.levels); !status) return status;
    return checkReactClip(options.reactClip);
}

Result<Evaluation> evaluate(const AnalysisInputs& inputs, const EvaluationOptions& options, const Job& job) {
    if (auto status = checkSets(inputs); !status) return forwardError(status);
    if (auto status = checkOptions(options); !status) return forwardError(status);
    const auto planned = planSweep(inputs, RankingRule::Contribution, 0, options.levels, job);
    if (!planned) return forwardError(planned);
    SweepOptions sweepOptions;
    sweepOptions.threads = options.threads;
    const auto plain = sweepSets(*planned, inputs, sweepOptions, job);
    if (!plain) return forwardError(plain);

    Evaluation evaluation;
    evaluation.levels = options.levels;
    evaluation.reactClip = options.reactClip;
    evaluation.masks = describeMasks(planned->plan);
    evaluation.id = scoresOfSet(plain->id);
    for (const SweepResult& result : plain->ood) evaluation.ood.push_back(scoresOfSet(result));
    if (auto added = addDetectors(evaluation, inputs, *plain, "dense", "dice", options, job); !added) {
        return forwardError(added);
    }
    if (options.reactClip) {
        sweepOptions.reactClip = options.reactClip;
        const auto clipped = sweepSets(*planned, inputs, sweepOptions, job);
        if (!clipped) return forwardError(clipped);
        if (auto added = addDetectors(evaluation, inputs, *clipped, "react", "dice+react", options, job);
            !added) {
            return forwardError(added);
        }
    }
    return evaluation;
}

void addMetricRows(Evaluation& evaluation, const LevelMetrics& metrics, std::size_t index,
                   const std::string& detector, std::optional<double> p) {
    std::size_t oodCount = 0;
    for (const OodLevels& ood : metrics.ood) {
        evaluation.rows.push_back(
            {detector, metrics.score, p, ood.name, metrics.idSamples, ood.samples, ood.metrics.at(index)});
        oodCount += ood.samples;
    }
    evaluation.rows.push_back(
        {detector, metrics.score, p, "average", metrics.idSamples, oodCount, metrics.average.at(index)});
}

}  // namespace dicescope
