#include "core/analysis/swept_sets.h"

#include <cmath>
#include <utility>

#include "core/sparsity/sweep_torch.h"

namespace dicescope {

Result<PlannedSweep> planSweep(const AnalysisInputs& inputs, RankingRule rule, std::uint64_t seed,
                               std::span<const double> levels) {
    const auto weight = inputs.head.weight.view();
    const auto values = rankingValues(rule, weight, inputs.featureMean, seed);
    if (!values) return forwardError(values);
    auto plan = planLevels(values->view(), levels);
    if (!plan) return forwardError(plan);
    auto sweep = Sweep::plan(weight, inputs.head.bias, *plan);
    if (!sweep) return forwardError(sweep);
    return PlannedSweep{std::move(*plan), std::move(*sweep)};
}

Status checkReactClip(const std::optional<float>& clip) {
    if (!clip || (std::isfinite(*clip) && *clip > 0)) return {};
    return fail(ErrorCode::InvalidArgument, "The ReAct clip must be a positive number; the authors use 1.0.");
}

Result<SweptSets> sweepSets(const PlannedSweep& planned, const AnalysisInputs& inputs,
                            const SweepOptions& options, const Job& job) {
    const auto run = [&](const InputSet& set) -> Result<SweepResult> {
        const auto features = set.features->features;
        if (inputs.model && inputs.model->device.rfind("cuda", 0) == 0) {
            auto result = sweepOnDevice(features, inputs.head.weight.view(), inputs.head.bias, planned.plan,
                                        Sweep::Dense::AsLastRow, options, inputs.model->device, job);
            if (result || result.error().code == ErrorCode::Cancelled) return result;
        }
        return planned.sweep.run(features, options, job);
    };
    SweptSets swept;
    auto id = run(inputs.id);
    if (!id) return forwardError(id);
    swept.id = std::move(*id);
    for (const auto& [sets, results] :
         {std::pair{&inputs.ood, &swept.ood}, {&inputs.validation, &swept.validation}}) {
        for (const InputSet& set : *sets) {
            auto result = run(set);
            if (!result) return forwardError(result);
            results->push_back(std::move(*result));
        }
    }
    return swept;
}

LevelMetricsRequest metricsRequest(const AnalysisInputs& inputs, const SweepResult& id,
                                   std::span<const InputSet> sets, std::span<const SweepResult> ood,
                                   std::span<const double> levels, unsigned threads) {
    LevelMetricsRequest request;
    request.levels.assign(levels.begin(), levels.end());
    request.threads = threads;
    request.id = {inputs.id.name, &id, std::nullopt};
    for (std::size_t s = 0; s < sets.size(); ++s)
        request.ood.push_back({sets[s].name, &ood[s], std::nullopt});
    return request;
}

}  // namespace dicescope
