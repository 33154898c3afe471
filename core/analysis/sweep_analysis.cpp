#include "core/analysis/sweep_analysis.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/analysis/swept_sets.h"

namespace dicescope {
namespace {

std::vector<double> scoreColumn(const SweepResult& sweep, std::size_t row, ScoreKind score) {
    const auto samples = usableSamples(sweep);
    const auto ranking = rankingScores(sweep, row, score, samples);
    return {ranking.begin(), ranking.end()};
}

/// Score columns of one row for the ID set and every OOD set. Ranking values serve: intervals of FPR95 and
/// AUROC depend on the order alone.
struct OwnedColumns {
    std::vector<double> id;
    std::vector<std::vector<double>> ood;

    OwnedColumns(const SweptSets& swept, std::size_t row, ScoreKind score)
        : id(scoreColumn(swept.id, row, score)) {
        for (const SweepResult& set : swept.ood) ood.push_back(scoreColumn(set, row, score));
    }
    [[nodiscard]] ScoreColumn view() const {
        ScoreColumn column{id, {}};
        for (const auto& set : ood) column.ood.emplace_back(set);
        return column;
    }
};

std::size_t nearestLevel(const std::vector<double>& levels, double p) {
    const auto nearest =
        std::ranges::min_element(levels, {}, [p](double level) { return std::abs(level - p); });
    return static_cast<std::size_t>(nearest - levels.begin());
}

/// The one set that p is chosen on, among validation and OOD sets.
struct ChoiceSet {
    const InputSet* set = nullptr;
    const SweepResult* sweep = nullptr;
};

ChoiceSet findChoiceSet(const AnalysisInputs& inputs, const SweptSets& swept, const std::string& name) {
    for (std::size_t i = 0; i < inputs.validation.size(); ++i) {
        if (inputs.validation[i].name == name) return {&inputs.validation[i], &swept.validation[i]};
    }
    for (std::size_t i = 0; i < inputs.ood.size(); ++i) {
        if (inputs.ood[i].name == name) return {&inputs.ood[i], &swept.ood[i]};
    }
    return {};
}

Result<LevelChoice> choose(const AnalysisInputs& inputs, const SweptSets& swept,
                           const SweepAnalysisOptions& options, const LevelMetrics& reported,
                           const Job& job) {
    const ChoiceSet chosenOn = findChoiceSet(inputs, swept, options.choice->on);
    if (chosenOn.set == nullptr) {
        return fail(ErrorCode::InvalidArgument,
                    "There is no set '" + options.choice->on + "' to choose p on.");
    }
    LevelMetricsRequest request =
        metricsRequest(inputs, swept.id, std::span(chosenOn.set, 1), std::span(chosenOn.sweep, 1),
                       options.levels, options.threads);
    request.score = reported.score;
    const auto validation = computeLevelMetrics(request, job);
    if (!validation) return forwardError(validation);
    return chooseLevel(**validation, reported, options.choice->criterion, options.choice->allowReported);
}

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
        auto choice = choose(inputs, swept, options, *result.reported, job);
        if (!choice) return forwardError(choice);
        result.intervalLevel = choice->chosen.index;
        result.choice = std::move(*choice);
    }
    if (options.bootstrap > 0) {
        BootstrapOptions bootstrap;
        bootstrap.resamples = options.bootstrap;
        bootstrap.seed = options.seed;
        bootstrap.threads = options.threads;
        const OwnedColumns sparse(swept, result.intervalLevel, score);
        const OwnedColumns dense(swept, swept.id.denseRow(), score);
        auto intervals = bootstrapDifference(sparse.view(), dense.view(), bootstrap, job);
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
    const auto planned = planSweep(inputs, options.rule, options.seed, options.levels);
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
