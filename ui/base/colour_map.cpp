#include "ui/base/colour_map.h"

#include <algorithm>
#include <cmath>

namespace dicescope {
namespace {

constexpr double kFade = 0.22;  // of a colour's distance from the background that is left
// Small magnitudes are where most weights are: a power below one shows them.
constexpr double kGamma = 0.6;

QRgb mixed(const QColor& from, const QColor& to, double share) {
    const auto channel = [share](int a, int b) { return static_cast<int>(std::lround(a + share * (b - a))); };
    return qRgb(channel(from.red(), to.red()), channel(from.green(), to.green()),
                channel(from.blue(), to.blue()));
}

}  // namespace

DivergingColours::DivergingColours(const Theme& theme) {
    const QColor below = theme.dark ? QColor(96, 176, 255) : QColor(0, 72, 160);
    const QColor above = theme.dark ? QColor(255, 160, 64) : QColor(176, 64, 0);
    for (std::size_t i = 0; i < kSteps; ++i) {
        const double value = (static_cast<double>(i) - (kSteps - 1) / 2.0) / ((kSteps - 1) / 2.0);
        const double share = std::pow(std::abs(value), kGamma);
        colours_[i] = mixed(theme.background, value < 0 ? below : above, share);
        colours_[kSteps + i] = mixed(theme.background, theme.faintText, kFade * share);
    }
}

std::size_t DivergingColours::step(double value, double range) {
    constexpr double kMiddle = (kSteps - 1) / 2.0;
    if (std::isnan(value)) return (kSteps - 1) / 2;
    return static_cast<std::size_t>(std::clamp(kMiddle + kMiddle / range * value, 0.0, kSteps - 1.0) + 0.5);
}

QRgb DivergingColours::at(double value, double range) const {
    return colours_[step(value, range)];
}

QRgb DivergingColours::faded(double value, double range) const {
    return colours_[kSteps + step(value, range)];
}

// A million pixels a picture: in float, and without a branch.
void DivergingColours::paint(std::span<const float> values, std::span<const std::uint8_t> faint, double range,
                             QRgb* out) const {
    constexpr float kMiddle = (kSteps - 1) / 2.0F;
    const float scale = kMiddle / static_cast<float>(range);
    for (std::size_t i = 0; i < values.size(); ++i) {
        const float value = values[i] == values[i] ? values[i] : 0;
        const float place = std::min(std::max(kMiddle + scale * value, 0.0F), kSteps - 1.0F);
        const std::size_t from = faint.empty() || faint[i] == 0 ? 0 : kSteps;
        out[i] = colours_[from + static_cast<std::size_t>(static_cast<int>(place + 0.5F))];
    }
}

}  // namespace dicescope
