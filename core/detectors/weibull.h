#pragma once

// Internal to core/detectors: the two-parameter Weibull distribution.

#include <optional>
#include <span>

namespace dicescope {

/// P(X <= x) = 1 - exp(-(x / scale)^shape) for x > 0.
struct Weibull {
    double shape = 1;
    double logScale = 0;  ///< ln(scale)

    /// P(X <= x); 0 for x <= 0.
    [[nodiscard]] double cumulative(double x) const;
};

/// The maximum-likelihood fit to positive samples; nothing where there are fewer than two different ones.
[[nodiscard]] std::optional<Weibull> fitWeibull(std::span<const double> samples);

}  // namespace dicescope
