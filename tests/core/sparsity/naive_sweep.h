#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "core/sparsity/sweep.h"

/// A head with its ranking, and features to evaluate.
struct SweepCase {
    dicescope::Matrix<float> weight;
    std::vector<float> bias;
    dicescope::Matrix<double> ranking;
    dicescope::Matrix<float> features;
    std::vector<double> levels;
};

/// What the definition says, in double precision: the weights whose ranking value is above the threshold, one
/// at a time.
struct NaiveSummary {
    std::vector<double> logits;
    double maxLogit = 0;
    double excess = 0;
    int prediction = 0;
};

inline NaiveSummary summarise(std::vector<double> logits) {
    NaiveSummary summary;
    const auto largest = std::max_element(logits.begin(), logits.end());
    summary.maxLogit = *largest;
    summary.prediction = static_cast<int>(largest - logits.begin());
    double others = 0;
    for (auto logit = logits.begin(); logit != logits.end(); ++logit) {
        if (logit != largest) others += std::exp(*logit - summary.maxLogit);
    }
    summary.excess = std::log1p(others);
    summary.logits = std::move(logits);
    return summary;
}

/// `threshold`: none for the dense head.
inline NaiveSummary naive(const SweepCase& c, std::size_t sample, std::optional<double> threshold,
                          std::optional<float> clip = {}) {
    std::vector<double> logits;
    for (std::size_t k = 0; k < c.weight.rows(); ++k) {
        double logit = c.bias[k];
        for (std::size_t d = 0; d < c.weight.cols(); ++d) {
            const float h = clip ? std::min(c.features(sample, d), *clip) : c.features(sample, d);
            if (!threshold || c.ranking(k, d) > *threshold) logit += double{c.weight(k, d)} * double{h};
        }
        logits.push_back(logit);
    }
    return summarise(std::move(logits));
}

inline bool isNear(double value, double expected) {
    return std::abs(value - expected) <= 1e-4 + 1e-5 * std::abs(expected);
}

/// The first difference between a result and the definition, or nothing.
inline std::string difference(const SweepCase& c, const dicescope::LevelPlan& plan,
                              const dicescope::SweepResult& result, std::optional<float> clip = {}) {
    for (std::size_t row = 0; row < result.rows(); ++row) {
        for (std::size_t i = 0; i < result.samples; ++i) {
            const bool dense = row == plan.levels.size();
            const auto expected =
                naive(c, i, dense ? std::nullopt : std::optional(plan.thresholds[row]), clip);
            const double largest = result.maxLogitAt(row)[i];
            const double excess = result.excessAt(row)[i];
            const auto predicted = static_cast<std::size_t>(result.predictionAt(row)[i]);
            const bool good = isNear(largest, expected.maxLogit) &&
                              isNear(largest + excess, expected.maxLogit + expected.excess) &&
                              isNear(std::exp(-excess), std::exp(-expected.excess)) && excess >= 0 &&
                              predicted < expected.logits.size() &&
                              isNear(expected.logits[predicted], expected.maxLogit);
            if (!good) {
                return "row " + std::to_string(row) + " sample " + std::to_string(i) + ": max " +
                       std::to_string(largest) + " for " + std::to_string(expected.maxLogit) + ", excess " +
                       std::to_string(excess) + " for " + std::to_string(expected.excess) + ", class " +
                       std::to_string(predicted) + " for " + std::to_string(expected.prediction);
            }
        }
    }
    return {};
}

inline std::vector<double> percentSteps(double step) {
    std::vector<double> levels;
    for (int i = 0; i * step <= 100; ++i) levels.push_back(i * step);
    return levels;
}

/// Normal weights and half-normal features, as after a ReLU; the ranking is the contribution.
inline SweepCase randomCase(std::size_t classes, std::size_t units, std::size_t samples, unsigned seed) {
    std::mt19937 random(seed);
    std::normal_distribution<float> normal;
    SweepCase c{dicescope::Matrix<float>(classes, units), std::vector<float>(classes),
                dicescope::Matrix<double>(classes, units), dicescope::Matrix<float>(samples, units),
                percentSteps(5)};
    for (float& w : c.weight.view().flat()) w = normal(random) * 0.3f;
    for (float& b : c.bias) b = normal(random);
    for (float& h : c.features.view().flat()) h = std::max(normal(random), 0.0f);
    for (std::size_t k = 0; k < classes; ++k) {
        for (std::size_t d = 0; d < units; ++d) {
            c.ranking(k, d) = double{c.weight(k, d)} * (0.1 + static_cast<double>(d % 7));
        }
    }
    return c;
}

/// Integers so small that every sum of products is exact in float32, with ties in everything.
inline SweepCase integerCase(std::size_t classes, std::size_t units, std::size_t samples, unsigned seed) {
    std::mt19937 random(seed);
    SweepCase c = randomCase(classes, units, samples, seed);
    const auto draw = [&](int lowest, unsigned count) {
        return static_cast<float>(lowest + static_cast<int>(random() % count));
    };
    for (float& w : c.weight.view().flat()) w = draw(-3, 7);
    for (float& b : c.bias) b = draw(-2, 5);
    for (float& h : c.features.view().flat()) h = draw(0, 5);
    for (std::size_t i = 0; i < c.ranking.size(); ++i) c.ranking.data()[i] = double{c.weight.data()[i]};
    return c;
}
