#include "core/sparsity/ranking.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <random>
#include <string>

#include "core/sparsity/contribution.h"

namespace dicescope {
namespace {

struct NamedRule {
    RankingRule rule;
    std::string_view name;
};

constexpr std::array kNames{
    NamedRule{RankingRule::Contribution, "contribution"},
    NamedRule{RankingRule::AbsoluteContribution, "abs-contribution"},
    NamedRule{RankingRule::AbsoluteWeight, "abs-weight"},
    NamedRule{RankingRule::RandomWeight, "random-weight"},
    NamedRule{RankingRule::UnitActivation, "unit-activation"},
    NamedRule{RankingRule::RandomUnit, "random-unit"},
};

constexpr std::array kRules{RankingRule::Contribution,   RankingRule::AbsoluteContribution,
                            RankingRule::AbsoluteWeight, RankingRule::RandomWeight,
                            RankingRule::UnitActivation, RankingRule::RandomUnit};

/// Uniform in [0, 1) with 53 random bits; std::uniform_real_distribution differs between standard libraries.
class UniformSource {
  public:
    explicit UniformSource(std::uint64_t seed) : engine_(seed) {}
    double operator()() { return static_cast<double>(engine_() >> 11) * 0x1p-53; }

  private:
    std::mt19937_64 engine_;
};

Matrix<double> broadcast(std::size_t classes, std::span<const double> units) {
    Matrix<double> values(classes, units.size());
    for (std::size_t c = 0; c < classes; ++c) std::ranges::copy(units, values.view().row(c).begin());
    return values;
}

Matrix<double> absolute(Matrix<double> values) {
    for (double& value : values.view().flat()) value = std::abs(value);
    return values;
}

Matrix<double> weights(MatrixView<const float> weight) {
    Matrix<double> values(weight.rows, weight.cols);
    std::ranges::copy(weight.flat(), values.data());
    return values;
}

Matrix<double> randomWeights(MatrixView<const float> weight, std::uint64_t seed) {
    Matrix<double> values(weight.rows, weight.cols);
    std::ranges::generate(values.view().flat(), UniformSource(seed));
    return values;
}

Matrix<double> randomUnits(MatrixView<const float> weight, std::uint64_t seed) {
    std::vector<double> units(weight.cols);
    std::ranges::generate(units, UniformSource(seed));
    return broadcast(weight.rows, units);
}

}  // namespace

std::span<const RankingRule> allRankingRules() {
    return kRules;
}

std::string_view name(RankingRule rule) {
    const auto found = std::ranges::find(kNames, rule, &NamedRule::rule);
    return found == kNames.end() ? std::string_view() : found->name;
}

Result<RankingRule> parseRankingRule(std::string_view text) {
    const auto found = std::ranges::find(kNames, text, &NamedRule::name);
    if (found != kNames.end()) return found->rule;
    std::string known;
    for (const auto& entry : kNames) known.append(known.empty() ? "" : ", ").append(entry.name);
    return fail(ErrorCode::InvalidArgument,
                "There is no ranking '" + std::string(text) + "'; choose one of " + known + ".");
}

bool needsMean(RankingRule rule) {
    return rule == RankingRule::Contribution || rule == RankingRule::AbsoluteContribution ||
           rule == RankingRule::UnitActivation;
}

Result<Matrix<double>> rankingValues(RankingRule rule, MatrixView<const float> weight,
                                     std::span<const double> mean, std::uint64_t seed) {
    if (needsMean(rule) && mean.size() != weight.cols) {
        return fail(ErrorCode::Mismatch, "The ranking '" + std::string(name(rule)) + "' needs " +
                                             std::to_string(weight.cols) + " mean features, but there are " +
                                             std::to_string(mean.size()) +
                                             "; use the mean that belongs to this model.");
    }
    switch (rule) {
        case RankingRule::Contribution:
            return contribution(weight, mean);
        case RankingRule::AbsoluteContribution:
            return contribution(weight, mean).map(absolute);
        case RankingRule::AbsoluteWeight:
            return absolute(weights(weight));
        case RankingRule::RandomWeight:
            return randomWeights(weight, seed);
        case RankingRule::UnitActivation:
            return broadcast(weight.rows, mean);
        case RankingRule::RandomUnit:
            return randomUnits(weight, seed);
    }
    return fail(ErrorCode::InvalidArgument, "There is no such ranking; choose one of the listed rules.");
}

}  // namespace dicescope
