#include "core/explain/activation_map.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "core/base/exceptions.h"
#include "core/explain/row_blocks.h"

namespace dicescope {
namespace {

Status checkRequest(MatrixView<const float> maps, std::size_t height, std::size_t width,
                    std::span<const float> feature, const HeadView& head) {
    if (height == 0 || width == 0) {
        return fail(ErrorCode::InvalidArgument, "The feature maps have no positions; choose another model.");
    }
    if (maps.rows == head.units() && maps.cols == height * width &&
        (feature.empty() || feature.size() == head.units())) {
        return {};
    }
    return fail(ErrorCode::Mismatch, "The feature maps are " + std::to_string(maps.rows) + " x " +
                                         std::to_string(maps.cols) + " values, not the " +
                                         std::to_string(head.units()) + " units of the head at " +
                                         std::to_string(height) + " x " + std::to_string(width) +
                                         " positions; take them from this model.");
}

double meanOf(std::span<const double> values) {
    double sum = 0;
    for (const double value : values) sum += value;
    return sum / static_cast<double>(values.size());
}

double meanOf(std::span<const float> values) {
    double sum = 0;
    for (const float value : values) sum += static_cast<double>(value);
    return sum / static_cast<double>(values.size());
}

/// What a clip leaves of a unit's map: its mean becomes min(mean, clip).
double scaleOf(double mean, double clip) {
    return mean > clip ? clip / mean : 1;
}

Matrix<float> pictureOf(std::span<const double> values, std::size_t height, std::size_t width) {
    Matrix<float> picture(height, width);
    std::ranges::transform(values, picture.data(), [](double value) { return static_cast<float>(value); });
    return picture;
}

/// Maps of the kept and of the dropped weights, in float64.
struct Sums {
    std::vector<double> kept;
    std::vector<double> dropped;
};

ActivationMaps finish(const Sums& sums, std::size_t height, std::size_t width) {
    std::vector<double> dense(sums.kept.size());
    std::ranges::transform(sums.kept, sums.dropped, dense.begin(), std::plus());
    ActivationMaps result;
    result.dense = pictureOf(dense, height, width);
    result.kept = pictureOf(sums.kept, height, width);
    result.difference = pictureOf(sums.dropped, height, width);
    result.denseMean = meanOf(dense);
    result.keptMean = meanOf(sums.kept);
    return result;
}

}  // namespace

double ActivationMaps::checkError() const {
    return std::max(std::abs(denseMean - denseContribution), std::abs(keptMean - keptContribution));
}

Result<ActivationMaps> activationMaps(MatrixView<const float> maps, std::size_t height, std::size_t width,
                                      std::span<const float> feature, const HeadView& head,
                                      const HeadMask& mask, std::size_t c, std::optional<float> clip) {
    for (const Status& status : {checkHead(head, mask), checkClass(head, c), checkClip(clip),
                                 checkRequest(maps, height, width, feature, head)}) {
        if (!status) return forwardError(status);
    }
    return withoutExceptions(
        "The activation maps", "There is not enough memory for the activation maps; close other programs.",
        [&]() -> Result<ActivationMaps> {
            const auto most = static_cast<double>(clipOrInfinity(clip));
            Sums sums{std::vector<double>(maps.cols), std::vector<double>(maps.cols)};
            double keptContribution = 0;
            double droppedContribution = 0;
            for (std::size_t d = 0; d < head.units(); ++d) {
                const bool kept = mask.keeps(c, d);
                const auto weight = static_cast<double>(head.weight(c, d));
                const auto map = maps.row(d);
                const double mean = meanOf(map);
                const double h = feature.empty() ? mean : static_cast<double>(feature[d]);
                (kept ? keptContribution : droppedContribution) += weight * std::min(h, most);
                const double factor = weight * scaleOf(mean, most);
                auto& sum = kept ? sums.kept : sums.dropped;
                for (std::size_t i = 0; i < map.size(); ++i) sum[i] += factor * static_cast<double>(map[i]);
            }
            ActivationMaps result = finish(sums, height, width);
            result.classIndex = c;
            result.keptContribution = keptContribution;
            result.denseContribution = keptContribution + droppedContribution;
            return result;
        });
}

}  // namespace dicescope
