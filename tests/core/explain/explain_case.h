#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <span>
#include <vector>

#include "core/base/matrix.h"
#include "core/explain/masked_head.h"
#include "core/sparsity/levels.h"
#include "core/sparsity/ranking.h"

/// A head and features drawn at random, with a plan by DICE's ranking; and what plain loops make of them.
namespace explain_case {

using namespace dicescope;

inline Matrix<float> randomFeatures(std::size_t rows, std::size_t units, unsigned seed) {
    std::mt19937 random(seed);
    std::normal_distribution<float> normal(0.3F, 1);
    Matrix<float> features(rows, units);
    for (float& value : features.view().flat()) value = std::max(0.0F, normal(random));
    return features;
}

struct Case {
    Matrix<float> weight;
    std::vector<float> bias;
    std::vector<double> mean;
    LevelPlan plan;

    Case(std::size_t classes, std::size_t units, unsigned seed) : weight(classes, units), bias(classes) {
        std::mt19937 random(seed);
        std::normal_distribution<float> normal;
        for (float& value : weight.view().flat()) value = normal(random);
        for (float& value : bias) value = normal(random);
        std::uniform_real_distribution<double> uniform(0, 2);
        for (std::size_t d = 0; d < units; ++d) mean.push_back(uniform(random));
        const std::vector<double> levels{0, 10, 30, 50, 70, 90, 99, 100};
        plan = planLevels(ranking().view(), levels).value();
    }
    [[nodiscard]] Matrix<double> ranking() const {
        return rankingValues(RankingRule::Contribution, weight.view(), mean, 0).value();
    }
    [[nodiscard]] HeadView head() const { return {weight.view(), bias}; }
    [[nodiscard]] std::size_t rows() const { return plan.levels.size() + 1; }
    /// The mask of a row: a level of the plan, or the dense head.
    [[nodiscard]] HeadMask mask(std::size_t row) const {
        return row < plan.levels.size() ? HeadMask{&plan, row} : HeadMask{};
    }
};

/// By the definition: kept where the ranking value is > numpy.percentile's threshold.
inline bool keeps(const Case& c, std::size_t row, std::size_t k, std::size_t d) {
    if (row == c.plan.levels.size()) return true;
    return static_cast<double>(c.weight(k, d)) * c.mean[d] > c.plan.thresholds[row];
}

inline double logit(const Case& c, std::size_t row, std::size_t k, std::span<const float> h,
                    std::span<const std::size_t> off = {},
                    float clip = std::numeric_limits<float>::infinity()) {
    double sum = static_cast<double>(c.bias[k]);
    for (std::size_t d = 0; d < h.size(); ++d) {
        bool kept = keeps(c, row, k, d);
        for (const std::size_t unit : off) kept = kept && unit != d;
        if (kept) sum += static_cast<double>(c.weight(k, d)) * static_cast<double>(std::min(h[d], clip));
    }
    return sum;
}

inline bool near(double actual, double expected, double tolerance = 1e-9) {
    if (std::isnan(expected)) return std::isnan(actual);
    return std::abs(actual - expected) <= tolerance * (1 + std::abs(expected));
}

}  // namespace explain_case
