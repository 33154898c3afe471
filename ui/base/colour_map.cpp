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
        plain_[i] = mixed(theme.background, value < 0 ? below : above, share);
        faded_[i] = mixed(theme.background, theme.faintText, kFade * share);
    }
}

std::size_t DivergingColours::step(double value, double range) {
    const double share = std::isnan(value) ? 0 : std::clamp(value / range, -1.0, 1.0);
    return static_cast<std::size_t>(std::lround((share + 1) / 2 * (kSteps - 1)));
}

QRgb DivergingColours::at(double value, double range) const {
    return plain_[step(value, range)];
}

QRgb DivergingColours::faded(double value, double range) const {
    return faded_[step(value, range)];
}

}  // namespace dicescope
