#include "ui/inspect/map_overlay.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "ui/base/colour_map.h"

namespace dicescope {
namespace {

/// Between which two cells a place lies, and how far from the first.
struct Between {
    std::size_t first = 0;
    std::size_t second = 0;
    float share = 0;
};

std::vector<Between> places(std::size_t cells, std::size_t pixels) {
    std::vector<Between> result(pixels);
    const double scale = static_cast<double>(cells) / static_cast<double>(pixels);
    for (std::size_t i = 0; i < pixels; ++i) {
        const double at =
            std::clamp((static_cast<double>(i) + 0.5) * scale - 0.5, 0.0, static_cast<double>(cells - 1));
        const auto first = static_cast<std::size_t>(at);
        result[i] = {first, std::min(first + 1, cells - 1),
                     static_cast<float>(at - static_cast<double>(first))};
    }
    return result;
}

}  // namespace

Matrix<float> enlarged(MatrixView<const float> map, std::size_t height, std::size_t width) {
    const auto rows = places(map.rows, height);
    const auto columns = places(map.cols, width);
    Matrix<float> result(height, width);
    for (std::size_t y = 0; y < height; ++y) {
        const auto upper = map.row(rows[y].first);
        const auto lower = map.row(rows[y].second);
        for (std::size_t x = 0; x < width; ++x) {
            const Between& at = columns[x];
            const float above = upper[at.first] + (upper[at.second] - upper[at.first]) * at.share;
            const float below = lower[at.first] + (lower[at.second] - lower[at.first]) * at.share;
            result(y, x) = above + (below - above) * rows[y].share;
        }
    }
    return result;
}

QColor overlayColour(bool positive) {
    // The brighter ones of the two themes stand out from more pictures.
    static const DivergingColours colours(darkTheme());
    return QColor(colours.at(positive ? 1 : -1, 1));
}

QImage overlayPicture(MatrixView<const float> map, double range, double opacity) {
    const QColor positive = overlayColour(true);
    const QColor negative = overlayColour(false);
    QImage picture(static_cast<int>(map.cols), static_cast<int>(map.rows), QImage::Format_ARGB32);
    for (std::size_t y = 0; y < map.rows; ++y) {
        auto* line = reinterpret_cast<QRgb*>(picture.scanLine(static_cast<int>(y)));
        for (std::size_t x = 0; x < map.cols; ++x) {
            const auto value = static_cast<double>(map(y, x));
            const double share = std::isnan(value) ? 0 : std::min(1.0, std::abs(value) / range);
            const QColor& colour = value > 0 ? positive : negative;
            line[x] = qRgba(colour.red(), colour.green(), colour.blue(),
                            static_cast<int>(std::lround(255 * opacity * share)));
        }
    }
    return picture;
}

}  // namespace dicescope
