#include "core/sparsity/contribution.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

namespace dicescope {
namespace {

/// Where numpy looks: between the order statistics `below` and `below + 1`, `fraction` of the way.
struct Position {
    std::size_t below = 0;
    double fraction = 0;
};

Position position(std::size_t count, double p) {
    const auto last = static_cast<double>(count - 1);
    const double at = last * (p / 100.0);
    if (at >= last) return {count - 1, 0};
    const double below = std::floor(at);
    return {static_cast<std::size_t>(below), at - below};
}

double interpolate(double a, double b, double t) {
    // numpy's _lerp counts from the nearer end, which gives other last bits than a + (b - a) t alone.
    const double difference = b - a;
    return t >= 0.5 ? b - difference * (1 - t) : a + difference * t;
}

}  // namespace

Result<Matrix<double>> contribution(MatrixView<const float> weight, std::span<const double> mean) {
    if (mean.size() != weight.cols) {
        return fail(ErrorCode::Mismatch, "The mean features have " + std::to_string(mean.size()) +
                                             " values but the head has " + std::to_string(weight.cols) +
                                             " units; use the mean that belongs to this model.");
    }
    Matrix<double> values(weight.rows, weight.cols);
    for (std::size_t c = 0; c < weight.rows; ++c) {
        for (std::size_t d = 0; d < weight.cols; ++d) values(c, d) = double{weight(c, d)} * mean[d];
    }
    return values;
}

double percentile(std::span<const double> values, double p) {
    assert(!values.empty());
    std::vector<double> copy(values.begin(), values.end());
    const auto [below, fraction] = position(copy.size(), p);
    const auto a = copy.begin() + static_cast<std::ptrdiff_t>(below);
    std::nth_element(copy.begin(), a, copy.end());
    const auto b = std::min_element(a + 1, copy.end());
    return b == copy.end() ? *a : interpolate(*a, *b, fraction);
}

double percentileOfSorted(std::span<const double> sorted, double p) {
    assert(!sorted.empty());
    const auto [below, fraction] = position(sorted.size(), p);
    return interpolate(sorted[below], sorted[std::min(below + 1, sorted.size() - 1)], fraction);
}

}  // namespace dicescope
