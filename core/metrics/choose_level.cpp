#include "core/metrics/choose_level.h"

#include <algorithm>
#include <cmath>

namespace dicescope {
namespace {

const std::vector<double>& columnOf(const MetricColumns& metrics, LevelCriterion criterion) {
    return criterion == LevelCriterion::Fpr95 ? metrics.fpr95 : metrics.auroc;
}

/// `levels` ends before the dense row that the column may have.
LevelValue bestOf(const std::vector<double>& levels, const MetricColumns& metrics, LevelCriterion criterion) {
    const auto& column = columnOf(metrics, criterion);
    const auto end = column.begin() + static_cast<std::ptrdiff_t>(levels.size());
    const auto best = criterion == LevelCriterion::Fpr95 ? std::min_element(column.begin(), end)
                                                         : std::max_element(column.begin(), end);
    const auto index = static_cast<std::size_t>(best - column.begin());
    return {index, levels[index], *best};
}

LevelRegret regretOf(std::string ood, const LevelMetrics& reported, const MetricColumns& metrics,
                     const LevelValue& chosen, LevelCriterion criterion) {
    const LevelValue here{chosen.index, chosen.level, columnOf(metrics, criterion)[chosen.index]};
    const LevelValue best = bestOf(reported.levels, metrics, criterion);
    return {std::move(ood), here, best, std::abs(here.value - best.value)};
}

std::vector<std::string> namesOf(const LevelMetrics& metrics) {
    std::vector<std::string> names;
    for (const OodLevels& set : metrics.ood) names.push_back(set.name);
    return names;
}

bool anyShared(std::span<const std::string> a, std::span<const std::string> b) {
    return std::find_first_of(a.begin(), a.end(), b.begin(), b.end()) != a.end();
}

}  // namespace

std::string_view name(LevelCriterion criterion) {
    return criterion == LevelCriterion::Fpr95 ? "fpr95" : "auroc";
}

Result<LevelCriterion> parseLevelCriterion(std::string_view text) {
    for (const LevelCriterion criterion : {LevelCriterion::Fpr95, LevelCriterion::Auroc}) {
        if (name(criterion) == text) return criterion;
    }
    return fail(ErrorCode::InvalidArgument,
                "There is no criterion \"" + std::string(text) + "\" to choose p by; take fpr95 or auroc.");
}

LevelValue bestLevel(const LevelMetrics& metrics, LevelCriterion criterion) {
    return bestOf(metrics.levels, metrics.average, criterion);
}

Status checkValidationSets(std::span<const std::string> validation, std::span<const std::string> reported,
                           bool allowSameSet) {
    if (validation.empty()) {
        return fail(ErrorCode::InvalidArgument, "There is no set to choose p on; name a validation set.");
    }
    const auto shared =
        std::find_first_of(validation.begin(), validation.end(), reported.begin(), reported.end());
    if (shared == validation.end() || allowSameSet) return {};
    return fail(
        ErrorCode::InvalidArgument,
        "p cannot be chosen on \"" + *shared +
            "\" because that set is also reported and its numbers would look better than they are; choose on "
            "another set or on noise images, or allow it explicitly.");
}

Result<LevelChoice> chooseLevel(const LevelMetrics& validation, const LevelMetrics& reported,
                                LevelCriterion criterion, bool allowSameSet) {
    const std::vector<std::string> chosenOn = namesOf(validation);
    const std::vector<std::string> reportedOn = namesOf(reported);
    if (const auto status = checkValidationSets(chosenOn, reportedOn, allowSameSet); !status) {
        return forwardError(status);
    }
    if (validation.levels.empty()) {
        return fail(ErrorCode::InvalidArgument, "There are no levels to choose p from; give at least one.");
    }
    if (validation.levels != reported.levels || validation.score != reported.score ||
        validation.tprLevel != reported.tprLevel) {
        return fail(ErrorCode::Mismatch,
                    "The validation sets were evaluated at other levels or with another score than the "
                    "reported sets; "
                    "evaluate both alike.");
    }
    LevelChoice choice;
    choice.criterion = criterion;
    choice.score = validation.score;
    choice.chosenOn = chosenOn;
    choice.chosen = bestLevel(validation, criterion);
    choice.chosenOnReportedSet = anyShared(chosenOn, reportedOn);
    choice.average = regretOf("average", reported, reported.average, choice.chosen, criterion);
    for (const OodLevels& set : reported.ood) {
        choice.sets.push_back(regretOf(set.name, reported, set.metrics, choice.chosen, criterion));
    }
    return choice;
}

}  // namespace dicescope
