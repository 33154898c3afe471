#include "core/detectors/weibull.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace dicescope {
namespace {

/// Sums over the samples relative to the largest, whose logarithms are at most 0: powers cannot overflow.
struct PowerSums {
    double power = 0;     ///< sum of y^k
    double weighted = 0;  ///< sum of y^k ln y
};

PowerSums powerSums(std::span<const double> logs, double shape) {
    PowerSums sums;
    for (const double log : logs) {
        const double power = std::exp(shape * log);
        sums.power += power;
        sums.weighted += power * log;
    }
    return sums;
}

}  // namespace

double Weibull::cumulative(double x) const {
    return x > 0 ? -std::expm1(-std::exp(shape * (std::log(x) - logScale))) : 0;
}

std::optional<Weibull> fitWeibull(std::span<const double> samples) {
    if (samples.empty()) return std::nullopt;
    const auto [smallest, largest] = std::ranges::minmax_element(samples);
    if (!(*smallest < *largest) || *smallest <= 0) return std::nullopt;
    std::vector<double> logs;
    double mean = 0;
    for (const double sample : samples) {
        // Samples may differ in their last digits only: log1p keeps those.
        logs.push_back(std::log1p((sample - *largest) / *largest));
        mean += logs.back();
    }
    mean /= static_cast<double>(samples.size());

    // Of the shape: sum y^k ln y / sum y^k - 1/k - mean ln y, which only grows.
    const auto excess = [&](double shape) {
        const PowerSums sums = powerSums(logs, shape);
        return sums.weighted / sums.power - 1 / shape - mean;
    };
    double low = 1e-3;
    double high = 1;
    while (excess(high) < 0 && high < 1e300) high *= 2;
    while (excess(low) > 0 && low > 1e-300) low /= 2;
    constexpr int kMostSteps = 200;
    for (int step = 0; step < kMostSteps && high - low > 1e-13 * high; ++step) {
        const double middle = (low + high) / 2;
        (excess(middle) < 0 ? low : high) = middle;
    }
    const double shape = (low + high) / 2;
    const double logScale =
        std::log(*largest) +
        std::log(powerSums(logs, shape).power / static_cast<double>(samples.size())) / shape;
    return Weibull{shape, logScale};
}

}  // namespace dicescope
