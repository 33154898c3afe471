#include "core/analysis/level_values.h"

#include <utility>
#include <vector>

#include "core/metrics/score_kind.h"

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

/// The one set that p is chosen on: an index into the validation or the OOD sets.
struct ChoiceSet {
    bool reported = false;
    std::size_t index = 0;
};

std::optional<ChoiceSet> findChoiceSet(const AnalysisInputs& inputs, const std::string& name) {
    for (std::size_t i = 0; i < inputs.validation.size(); ++i) {
        if (inputs.validation[i].name == name) return ChoiceSet{false, i};
    }
    for (std::size_t i = 0; i < inputs.ood.size(); ++i) {
        if (inputs.ood[i].name == name) return ChoiceSet{true, i};
    }
    return std::nullopt;
}

}  // namespace

LabelCount countRight(std::span<const int> labels, std::span<const std::int32_t> predictions,
                      const std::optional<std::span<const std::size_t>>& done) {
    LabelCount count;
    if (labels.empty()) return count;
    const auto add = [&](std::size_t i) {
        if (labels[i] < 0) return;
        ++count.labelled;
        if (predictions[i] == labels[i]) ++count.right;
    };
    if (done) {
        for (const std::size_t i : *done) add(i);
    } else {
        for (std::size_t i = 0; i < labels.size(); ++i) add(i);
    }
    return count;
}

Status checkChoice(const AnalysisInputs& inputs, const LevelChoiceRequest& choice) {
    if (!findChoiceSet(inputs, choice.on)) {
        return fail(ErrorCode::InvalidArgument, "There is no set '" + choice.on + "' to choose p on.");
    }
    std::vector<std::string> reported;
    for (const InputSet& set : inputs.ood) reported.push_back(set.name);
    return checkValidationSets(std::span(&choice.on, 1), reported, choice.allowReported);
}

Result<LevelChoice> chooseOn(const AnalysisInputs& inputs, const SweptSets& swept,
                             const LevelChoiceRequest& choice, const LevelMetrics& reported, unsigned threads,
                             const Job& job) {
    if (const auto status = checkChoice(inputs, choice); !status) return forwardError(status);
    const ChoiceSet set = *findChoiceSet(inputs, choice.on);
    const InputSet& input = (set.reported ? inputs.ood : inputs.validation)[set.index];
    const SweepResult& sweep = (set.reported ? swept.ood : swept.validation)[set.index];
    LevelMetricsRequest request = metricsRequest(inputs, swept.id, std::span(&input, 1), std::span(&sweep, 1),
                                                 reported.levels, threads);
    request.score = reported.score;
    request.tprLevel = reported.tprLevel;
    const auto validation = computeLevelMetrics(request, job);
    if (!validation) return forwardError(validation);
    return chooseLevel(**validation, reported, choice.criterion, choice.allowReported);
}

Result<PairedIntervals> intervalsAgainstDense(const SweptSets& swept, std::size_t row, ScoreKind score,
                                              const BootstrapOptions& options, const Job& job) {
    const OwnedColumns sparse(swept, row, score);
    const OwnedColumns dense(swept, swept.id.denseRow(), score);
    return bootstrapDifference(sparse.view(), dense.view(), options, job);
}

}  // namespace dicescope
