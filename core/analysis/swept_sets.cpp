#include "core/analysis/swept_sets.h"

#include <cmath>
#include <utility>

#include "core/sparsity/sweep_torch.h"

namespace dicescope {
namespace {

/// A job whose progress is a part of that of a larger one, which has done `before` of `total` units.
Job partOf(const Job& job, std::size_t before, std::size_t total) {
    if (!job.progress) return job;
    return {job.stop, [sink = job.progress, before, total](const Progress& part) {
                Progress whole = part;
                whole.done = before + part.done;
                whole.total = total;
                if (part.unitsPerSecond > 0)
                    whole.secondsLeft = static_cast<double>(total - whole.done) / part.unitsPerSecond;
                sink(whole);
            }};
}

}  // namespace

Result<PlannedSweep> planSweep(const AnalysisInputs& inputs, RankingRule rule, std::uint64_t seed,
                               std::span<const double> levels, const Job& job) {
    const auto weight = inputs.head.weight.view();
    const auto values = rankingValues(rule, weight, inputs.featureMean, seed);
    if (!values) return forwardError(values);
    if (job.stopRequested()) return cancelled();
    auto plan = planLevels(values->view(), levels);
    if (!plan) return forwardError(plan);
    if (job.stopRequested()) return cancelled();
    auto sweep = Sweep::plan(weight, inputs.head.bias, *plan);
    if (!sweep) return forwardError(sweep);
    return PlannedSweep{std::move(*plan), std::move(*sweep)};
}

Status checkReactClip(const std::optional<float>& clip) {
    if (!clip || (std::isfinite(*clip) && *clip > 0)) return {};
    return fail(ErrorCode::InvalidArgument, "The ReAct clip must be a positive number; the authors use 1.0.");
}

bool isOnGpu(const AnalysisInputs& inputs) {
    return inputs.model && inputs.model->device.starts_with("cuda");
}

Result<SweepResult> sweepFeatures(const PlannedSweep& planned, const AnalysisInputs& inputs,
                                  MatrixView<const float> features, const SweepOptions& options,
                                  const Job& job, const PartialSink& sink) {
    if (isOnGpu(inputs)) {
        auto result = sweepOnDevice(features, inputs.head.weight.view(), inputs.head.bias, planned.plan,
                                    Sweep::Dense::AsLastRow, options, inputs.model->device, job, sink);
        if (result || result.error().code == ErrorCode::Cancelled) return result;
    }
    return planned.sweep.run(features, options, job, sink);
}

Result<SweptSets> sweepSets(const PlannedSweep& planned, const AnalysisInputs& inputs,
                            const SweepOptions& options, const Job& job, const SetsSink& sink) {
    const std::size_t total = countImages(inputs);
    std::size_t before = 0;
    SweptSets swept;
    const auto run = [&](const InputSet& set) {
        const Job setJob = partOf(job, before, total);
        const auto setSink = [&](const SweepResult& partial, std::span<const std::size_t> done) {
            sink({swept, set, partial, done});
        };
        before += set.features->size();
        return sweepFeatures(planned, inputs, set.features->features, options, setJob,
                             sink ? PartialSink(setSink) : PartialSink());
    };
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

std::size_t countImages(const AnalysisInputs& inputs) {
    std::size_t images = inputs.id.features->size();
    for (const auto* sets : {&inputs.ood, &inputs.validation}) {
        for (const InputSet& set : *sets) images += set.features->size();
    }
    return images;
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
