#pragma once

// Internal to core/explain.

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

namespace dicescope {

/// sum over d of weight[d] * min(h[d], clip) in float64, in eight partial sums that are always the same.
[[nodiscard]] inline double clippedDot(std::span<const double> weight, const float* h, float clip) {
    constexpr std::size_t kLanes = 8;
    std::array<double, kLanes> sums{};
    std::size_t d = 0;
    for (; d + kLanes <= weight.size(); d += kLanes) {
        for (std::size_t i = 0; i < kLanes; ++i)
            sums[i] += weight[d + i] * static_cast<double>(std::min(h[d + i], clip));
    }
    for (; d < weight.size(); ++d) sums[0] += weight[d] * static_cast<double>(std::min(h[d], clip));
    double total = 0;
    for (const double sum : sums) total += sum;
    return total;
}

}  // namespace dicescope
