#include "core/report/rule_evaluation.h"

#include <span>
#include <utility>

#include "core/analysis/swept_sets.h"

namespace dicescope {
namespace {

/// The rows of one sweep of a single level: the dense head's, then the level's.
void addSweep(Evaluation& evaluation, const SweepAnalysis& sweep, const std::string& dense,
              const std::string& masked) {
    const std::size_t denseRow = sweep.levels.size();
    for (const ScoreSweep& score : sweep.scores)
        addMetricRows(evaluation, *score.reported, denseRow, dense, std::nullopt);
    for (const ScoreSweep& score : sweep.scores)
        addMetricRows(evaluation, *score.reported, 0, masked, sweep.levels.front());
}

}  // namespace

Result<MaskedWeight> maskedWeight(const AnalysisInputs& inputs, const Session& session, const Job& job) {
    const Matrix<float>& dense = inputs.head.weight;
    MaskedWeight masked{dense, 0, dense.size(), dense.cols()};
    if (!session.p) return masked;
    const auto planned = planSweep(inputs, session.sweep.rule, session.sweep.seed,
                                   std::span(&*session.p, std::size_t{1}), job);
    if (!planned) return forwardError(planned);
    const LevelPlan& plan = planned->plan;
    masked.threshold = plan.thresholds.front();
    masked.kept = plan.kept.front();
    masked.units = 0;
    for (std::size_t d = 0; d < dense.cols(); ++d) {
        bool isUsed = false;
        for (std::size_t c = 0; c < dense.rows(); ++c) {
            if (plan.keeps(0, c, d))
                isUsed = true;
            else
                masked.weight(c, d) = 0;
        }
        masked.units += isUsed ? 1 : 0;
    }
    return masked;
}

Result<Evaluation> evaluateSession(const AnalysisInputs& inputs, const Session& session, const Job& job) {
    const EvaluationOptions options = evaluationOptions(session);
    if (session.sweep.rule == RankingRule::Contribution) return evaluate(inputs, options, job);

    SweepAnalysisOptions sweep = sweepAnalysisOptions(session);
    sweep.levels = options.levels;
    sweep.bootstrap = 0;
    sweep.choice.reset();
    sweep.reactClip.reset();
    const std::string rule(name(sweep.rule));
    Evaluation evaluation;
    evaluation.levels = options.levels;
    evaluation.reactClip = options.reactClip;
    const auto plain = analyseSweep(inputs, sweep, job);
    if (!plain) return forwardError(plain);
    addSweep(evaluation, *plain, "dense", rule);
    if (options.reactClip) {
        sweep.reactClip = options.reactClip;
        const auto clipped = analyseSweep(inputs, sweep, job);
        if (!clipped) return forwardError(clipped);
        addSweep(evaluation, *clipped, "react", rule + "+react");
    }
    Session atLevel = session;
    atLevel.p = options.levels.front();
    const auto masked = maskedWeight(inputs, atLevel, job);
    if (!masked) return forwardError(masked);
    evaluation.masks.push_back({options.levels.front(), masked->threshold, masked->kept, masked->units});
    return evaluation;
}

}  // namespace dicescope
