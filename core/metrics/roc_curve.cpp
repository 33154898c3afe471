#include "core/metrics/roc_curve.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "core/metrics/ood_metrics.h"
#include "core/metrics/score_order.h"

namespace dicescope {
namespace {

template <class T>
Result<std::vector<RocPoint>> curveOf(std::span<const T> idScores, std::span<const T> oodScores) {
    if (const auto status = checkScores(idScores, "ID"); !status) return forwardError(status);
    if (const auto status = checkScores(oodScores, "OOD"); !status) return forwardError(status);
    const auto id = sortedKeys(idScores);
    const auto ood = sortedKeys(oodScores);

    std::vector<RocPoint> curve{{0, 0, std::numeric_limits<double>::infinity()}};
    std::size_t ids = 0;
    std::size_t oods = 0;
    walkDescending<OrderKey<T>>(id, ood, [&](OrderKey<T> key, std::size_t newIds, std::size_t newOods) {
        ids += newIds;
        oods += newOods;
        curve.push_back({static_cast<double>(oods) / static_cast<double>(ood.size()),
                         static_cast<double>(ids) / static_cast<double>(id.size()),
                         static_cast<double>(scoreOfKey<T>(key))});
    });
    return curve;
}

/// The pixel index of a value on one axis; -1 and `pixels` stand for everything before and after the view.
int pixelOf(double value, double low, double high, unsigned pixels) {
    const double position = std::floor((value - low) / (high - low) * pixels);
    return static_cast<int>(std::clamp(position, -1.0, static_cast<double>(pixels)));
}

}  // namespace

Result<std::vector<RocPoint>> rocCurve(std::span<const float> idScores, std::span<const float> oodScores) {
    return curveOf(idScores, oodScores);
}

Result<std::vector<RocPoint>> rocCurve(std::span<const double> idScores, std::span<const double> oodScores) {
    return curveOf(idScores, oodScores);
}

Result<std::vector<RocPoint>> thinForView(std::span<const RocPoint> curve, const RocView& view) {
    constexpr unsigned kMostPixels = 1U << 20;
    const auto usable = [](unsigned pixels, double low, double high) {
        return pixels > 0 && pixels <= kMostPixels && low < high && std::isfinite(high - low);
    };
    if (!usable(view.width, view.fprMin, view.fprMax) || !usable(view.height, view.tprMin, view.tprMax)) {
        return fail(
            ErrorCode::InvalidArgument,
            "The ROC view has no area to draw on; give it a width and a height in pixels and a range.");
    }
    const auto cellOf = [&](const RocPoint& point) {
        return std::pair(pixelOf(point.fpr, view.fprMin, view.fprMax, view.width),
                         pixelOf(point.tpr, view.tprMin, view.tprMax, view.height));
    };
    std::vector<RocPoint> thinned;
    for (std::size_t first = 0; first < curve.size();) {
        std::size_t end = first + 1;
        while (end < curve.size() && cellOf(curve[end]) == cellOf(curve[first])) ++end;
        thinned.push_back(curve[first]);
        if (end - first > 1) thinned.push_back(curve[end - 1]);
        first = end;
    }
    return thinned;
}

}  // namespace dicescope
