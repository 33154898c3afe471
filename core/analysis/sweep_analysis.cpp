#include "core/analysis/sweep_analysis.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/analysis/level_values.h"
#include "core/analysis/swept_sets.h"
#include "core/sparsity/levels.h"

namespace dicescope {
namespace {

Result<ScoreSweep> sweepOfScore(const AnalysisInputs& inputs, const SweptSets& swept,
                                const SweepAnalysisOptions& options, ScoreKind score, const Job& job) {
    LevelMetricsRequest request =
        metricsRequest(inputs, swept.id, inputs.ood, swept.ood, options.levels, options.threads);
    request.score = score;
    auto reported = computeLevelMetrics(request, job);
    if (!reported) return forwardError(reported);

    ScoreSweep result;
    result.score = score;
    result.reported = std::move(*reported);
    result.bestByFpr95 = bestLevel(*result.reported, LevelCriterion::Fpr95);
    result.bestByAuroc = bestLevel(*result.reported, LevelCriterion::Auroc);
    result.intervalLevel = nearestLevel(options.levels, options.bootstrapLevel);
    if (options.choice) {
        auto choice = chooseOn(inputs, swept, *options.choice, *result.reported, options.threads, job);
        if (!choice) return forwardError(choice);
        result.intervalLevel = choice->chosen.index;
        result.choice = std::move(*choice);
    }
    if (options.bootstrap > 0) {
        BootstrapOptions bootstrap;
        bootstrap.resamples = options.bootstrap;
        bootstrap.seed = options.seed;
        bootstrap.threads = options.threads;
        auto intervals = intervalsAgainstDense(swept, result.intervalLevel, score, bootstrap, job);
        if (!intervals) return forwardError(intervals);
        result.intervals = std::move(*intervals);
    }
    return result;
}

/// A validation set must not be a reported one under another name.
Status checkOtherPlace(const InputsConfig& config, const std::string& on) {
    for (const NamedSource& validation : config.validation) {
        if (validation.name != on) continue;
        for (const NamedSource& reported : config.ood) {
            std::error_code ignored;
            if (!std::filesystem::equivalent(validation.path, reported.path, ignored)) continue;
            return fail(ErrorCode::InvalidArgument,
                        "The validation set '" + on + "' is the reported set '" + reported.name +
                            "' under another name; choose p on images that are not reported.");
        }
    }
    return {};
}

}  // namespace

Status checkSweepOptions(const SweepAnalysisOptions& options, const InputsConfig& config) {
    if (auto status = checkLevels(options.levels); !status) return status;
    if (auto status = checkReactClip(options.reactClip); !status) return status;
    if (options.bootstrap > 1'000'000) {
        return fail(ErrorCode::InvalidArgument,
                    "More than 1,000,000 resamples were asked for; 1,000 are usual.");
    }
    if (!options.choice) return {};
    std::vector<std::string> reported;
    for (const NamedSource& source : config.ood) reported.push_back(source.name);
    const std::string& on = options.choice->on;
    const auto isOn = [&](const NamedSource& source) { return source.name == on; };
    const bool isValidation =
        (on == kNoiseSetName && config.noiseImages > 0) || std::ranges::any_of(config.validation, isOn);
    if (!isValidation && !std::ranges::any_of(config.ood, isOn)) {
        return fail(ErrorCode::InvalidArgument, "There is no set '" + on +
                                                    "' to choose p on; name it with --validation " + on +
                                                    "=PATH, or use on=" + std::string(kNoiseSetName) + ".");
    }
    if (auto status = checkValidationSets(std::span(&on, 1), reported, options.choice->allowReported);
        !status)
        return status;
    return options.choice->allowReported ? Status{} : checkOtherPlace(config, on);
}

Result<SweepAnalysis> analyseSweep(const AnalysisInputs& inputs, const SweepAnalysisOptions& options,
                                   const Job& job) {
    const auto planned = planSweep(inputs, options.rule, options.seed, options.levels, job);
    if (!planned) return forwardError(planned);
    SweepOptions sweepOptions;
    sweepOptions.reactClip = options.reactClip;
    sweepOptions.predictions = false;
    sweepOptions.threads = options.threads;
    const auto swept = sweepSets(*planned, inputs, sweepOptions, job);
    if (!swept) return forwardError(swept);

    SweepAnalysis analysis;
    analysis.rule = options.rule;
    analysis.reactClip = options.reactClip;
    analysis.resamples = options.bootstrap;
    analysis.levels = planned->plan.levels;
    analysis.thresholds = planned->plan.thresholds;
    analysis.kept = planned->plan.kept;
    for (const ScoreKind score : {ScoreKind::Energy, ScoreKind::Msp, ScoreKind::MaxLogit}) {
        auto one = sweepOfScore(inputs, *swept, options, score, job);
        if (!one) return forwardError(one);
        analysis.scores.push_back(std::move(*one));
    }
    return analysis;
}

}  // namespace dicescope
