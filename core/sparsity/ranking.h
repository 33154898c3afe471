#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "core/base/error.h"
#include "core/base/matrix.h"

namespace dicescope {

/// What orders the weights for dropping; the names in quotes are those of the CLI and of result files.
enum class RankingRule {
    Contribution,          ///< "contribution": V = W * E[h], signed: DICE
    AbsoluteContribution,  ///< "abs-contribution": |V|
    AbsoluteWeight,        ///< "abs-weight": |W|, weight pruning
    RandomWeight,          ///< "random-weight": uniform, seeded, one value a weight: weight dropping
    UnitActivation,        ///< "unit-activation": E[h_d] for every class: unit pruning
    RandomUnit,            ///< "random-unit": uniform, seeded, one value a unit: unit dropping
};

/// Every rule, in the order of the enumeration.
[[nodiscard]] std::span<const RankingRule> allRankingRules();
[[nodiscard]] std::string_view name(RankingRule rule);
/// Errors: InvalidArgument, naming the rules there are.
[[nodiscard]] Result<RankingRule> parseRankingRule(std::string_view text);
/// Whether the rule ranks by the mean features (Contribution, AbsoluteContribution, UnitActivation).
[[nodiscard]] bool needsMean(RankingRule rule);

/// The C x D values that a rule ranks by; a weight is kept at p when its value is > percentile(values, p).
/// weight: C x D; mean: D values, may be empty where needsMean() is false. The random rules draw from a
/// 64-bit Mersenne twister with `seed`, in row-major order, the same values on every platform. Errors:
/// Mismatch when a mean is needed and has not D values.
[[nodiscard]] Result<Matrix<double>> rankingValues(RankingRule rule, MatrixView<const float> weight,
                                                   std::span<const double> mean, std::uint64_t seed);

}  // namespace dicescope
