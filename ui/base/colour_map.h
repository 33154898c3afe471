#pragma once

#include <QRgb>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "ui/base/theme.h"

namespace dicescope {

/// Colours of signed values, zero in the middle: blue below, the theme's background at zero, orange above, as
/// far apart for people with a colour vision deficiency as for others; lightness grows (dark theme) or falls
/// (light theme) evenly with the magnitude.
class DivergingColours {
  public:
    explicit DivergingColours(const Theme& theme);

    /// value / range clamped to -1..1; NaN is drawn as zero. range > 0.
    [[nodiscard]] QRgb at(double value, double range) const;
    /// The same, faded towards the background: a dropped weight.
    [[nodiscard]] QRgb faded(double value, double range) const;
    /// The same for a whole line of a picture: `out` has a colour for each of the values; faint: not 0 where
    /// it is faded, of the same length; or empty.
    void paint(std::span<const float> values, std::span<const std::uint8_t> faint, double range,
               QRgb* out) const;

  private:
    static constexpr std::size_t kSteps = 511;
    [[nodiscard]] static std::size_t step(double value, double range);
    std::array<QRgb, 2 * kSteps> colours_;  ///< plain ones, then faded ones
};

}  // namespace dicescope
