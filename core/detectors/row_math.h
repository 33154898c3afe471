#pragma once

// Internal to core/detectors: arithmetic on single rows, float64 throughout.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>

#include "core/base/matrix.h"
#include "core/base/parallel.h"

namespace dicescope {

/// Calls body(r) for every row, on all processors.
template <class Body>
void forEachRow(std::size_t rows, const Body& body) {
    constexpr std::size_t kRowsAtATime = 32;
    parallelFor(rows, kRowsAtATime, 0, [&](std::size_t begin, std::size_t end) {
        for (std::size_t r = begin; r < end; ++r) body(r);
    });
}

template <class A, class B>
[[nodiscard]] double dotProduct(std::span<const A> a, std::span<const B> b) {
    // Four sums of their own, so that the additions need not wait for one another.
    constexpr std::size_t kSums = 4;
    double sums[kSums] = {};
    std::size_t i = 0;
    for (; i + kSums <= a.size(); i += kSums) {
        for (std::size_t k = 0; k < kSums; ++k) {
            sums[k] += static_cast<double>(a[i + k]) * static_cast<double>(b[i + k]);
        }
    }
    for (; i < a.size(); ++i) sums[0] += static_cast<double>(a[i]) * static_cast<double>(b[i]);
    return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

template <class A>
[[nodiscard]] double norm(std::span<const A> a) {
    return std::sqrt(dotProduct(a, a));
}

template <class A, class B>
[[nodiscard]] double squaredDistance(std::span<const A> a, std::span<const B> b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const double difference = static_cast<double>(a[i]) - static_cast<double>(b[i]);
        sum += difference * difference;
    }
    return sum;
}

[[nodiscard]] inline double sumOfMagnitudes(std::span<const float> values) {
    double sum = 0;
    for (const float value : values) sum += std::abs(static_cast<double>(value));
    return sum;
}

[[nodiscard]] inline double sumOf(std::span<const float> values) {
    double sum = 0;
    for (const float value : values) sum += static_cast<double>(value);
    return sum;
}

/// 1 / ||row||; 0 for a row of zeros, which so normalises to itself.
[[nodiscard]] inline double inverseNorm(std::span<const float> row) {
    const double length = norm(row);
    return length > 0 ? 1 / length : 0;
}

/// The largest logit apart from the others, so that nothing is lost where one class has nearly all.
struct RowSummary {
    double largest = 0;
    std::size_t prediction = 0;  ///< the smallest index among equals
    double others = 0;           ///< sum over the other classes of exp(l_c - largest)

    /// logsumexp of the logits.
    [[nodiscard]] double energy() const { return largest + std::log1p(others); }
    /// log of the largest softmax probability.
    [[nodiscard]] double logLargestProbability() const { return -std::log1p(others); }
};

/// Of not empty logits, each times `scale`.
template <class T>
[[nodiscard]] RowSummary summarise(std::span<const T> logits, double scale = 1) {
    RowSummary summary;
    summary.prediction =
        static_cast<std::size_t>(std::max_element(logits.begin(), logits.end()) - logits.begin());
    summary.largest = scale * static_cast<double>(logits[summary.prediction]);
    for (std::size_t c = 0; c < logits.size(); ++c) {
        if (c == summary.prediction) continue;
        summary.others += std::exp(scale * static_cast<double>(logits[c]) - summary.largest);
    }
    return summary;
}

}  // namespace dicescope
