#include "core/explain/covariance_picture.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string>
#include <utility>

#include "core/base/exceptions.h"
#include "core/base/parallel.h"
#include "core/explain/colour_range.h"
#include "core/explain/contribution_map.h"

namespace dicescope {
namespace {

/// One unit along a side, with its weight as the mask leaves it.
struct Side {
    std::uint32_t unit = 0;
    double weight = 0;
};

Status checkRequest(const FeatureMoments& moments, const HeadView& head, const HeadMask& mask, std::size_t c,
                    std::span<const std::uint32_t> order, std::size_t pixels) {
    for (const Status& status : {checkHead(head, mask), checkClass(head, c), checkMoments(moments, head)}) {
        if (!status) return status;
    }
    for (const std::uint32_t unit : order) {
        if (Status status = checkUnit(unit, head.units()); !status) return status;
    }
    if (pixels > 0 && !order.empty()) return {};
    return fail(ErrorCode::InvalidArgument,
                "A covariance picture needs at least one unit and one pixel a side.");
}

std::vector<Side> sidesOf(const HeadView& head, const HeadMask& mask, std::size_t c,
                          std::span<const std::uint32_t> order) {
    std::vector<Side> sides;
    for (const std::uint32_t unit : order) {
        sides.push_back({unit, mask.keeps(c, unit) ? static_cast<double>(head.weight(c, unit)) : 0});
    }
    return sides;
}

/// The entry of largest magnitude of a block, times the number of samples; of equal ones the first.
double largestEntry(MatrixView<const double> scatter, std::span<const Side> rows,
                    std::span<const Side> columns) {
    double largest = 0;
    for (const Side& a : rows) {
        if (a.weight == 0) continue;
        for (const Side& b : columns) {
            const double value = a.weight * b.weight * scatter(a.unit, b.unit);
            if (std::abs(value) > std::abs(largest)) largest = value;
        }
    }
    return largest;
}

}  // namespace

Result<CovariancePicture> covariancePicture(const FeatureMoments& moments, const HeadView& head,
                                            const HeadMask& mask, std::size_t c,
                                            std::span<const std::uint32_t> order, std::size_t pixels) {
    if (const Status status = checkRequest(moments, head, mask, c, order, pixels); !status)
        return forwardError(status);
    return withoutExceptions(
        "The covariance picture", "There is not enough memory for the covariance picture; make it smaller.",
        [&]() -> Result<CovariancePicture> {
            const auto sides = sidesOf(head, mask, c, order);
            const std::size_t size = std::min(pixels, sides.size());
            const auto block = [&](std::size_t index) {
                const std::size_t begin = firstCellOfBlock(index, size, sides.size());
                return std::span(sides).subspan(begin,
                                                firstCellOfBlock(index + 1, size, sides.size()) - begin);
            };
            CovariancePicture picture{Matrix<float>(size, size), 1};
            const auto samples = static_cast<double>(moments.samples);
            parallelFor(size, 1, 0, [&](std::size_t y, std::size_t) {
                // The lower triangle, mirrored: a block and its mirror image show the same entry.
                for (std::size_t x = 0; x <= y; ++x) {
                    const double value = largestEntry(moments.scatter.view(), block(y), block(x)) / samples;
                    picture.value(y, x) = picture.value(x, y) = static_cast<float>(value);
                }
            });
            // At high p nearly everything is 0, which would make a range of the rest's smallest entries.
            std::vector<double> values;
            std::ranges::copy_if(picture.value.view().flat(), std::back_inserter(values),
                                 [](float value) { return value != 0; });
            picture.range = symmetricRange(std::move(values));
            return picture;
        });
}

}  // namespace dicescope
