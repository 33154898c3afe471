#include <algorithm>
#include <cmath>

#include "core/base/exceptions.h"
#include "core/base/parallel.h"
#include "core/base/progress_meter.h"
#include "core/linalg/linear_algebra.h"

namespace dicescope {
namespace {

constexpr std::size_t kBlockRows = 512;
constexpr std::size_t kRowsAtATime = 64;  // that one thread centres
constexpr const char* kStage = "Covariance of the features";

template <class Body>
Status overBlocks(MatrixView<const float> features, ProgressMeter& meter, const Job& job, const Body& body) {
    for (std::size_t begin = 0; begin < features.rows; begin += kBlockRows) {
        if (job.stopRequested()) return cancelled();
        const std::size_t count = std::min(kBlockRows, features.rows - begin);
        const MatrixView<const float> block{features.data + begin * features.cols, count, features.cols};
        if (Status done = body(block); !done) return done;
        meter.add(count);
    }
    return {};
}

Status addSums(MatrixView<const float> block, std::vector<double>& sums) {
    for (std::size_t r = 0; r < block.rows; ++r) {
        const auto row = block.row(r);
        for (std::size_t d = 0; d < block.cols; ++d) sums[d] += static_cast<double>(row[d]);
    }
    return {};
}

Result<FeatureMoments> compute(MatrixView<const float> features, const Job& job) {
    const std::size_t units = features.cols;
    FeatureMoments moments{features.rows, std::vector<double>(units), Matrix<double>(units, units)};
    ProgressMeter meter(job, kStage, 2 * features.rows);
    Status summed = overBlocks(features, meter, job,
                               [&](MatrixView<const float> block) { return addSums(block, moments.mean); });
    if (!summed) return forwardError(summed);
    for (double& value : moments.mean) value /= static_cast<double>(features.rows);
    if (!std::ranges::all_of(moments.mean, [](double value) { return std::isfinite(value); })) {
        return fail(ErrorCode::InvalidArgument,
                    "The features hold NaN or infinity, so they have no covariance; extract them again.");
    }

    Matrix<double> centred(std::min(kBlockRows, features.rows), units);
    Status added = overBlocks(features, meter, job, [&](MatrixView<const float> block) {
        parallelFor(block.rows, kRowsAtATime, 0, [&](std::size_t first, std::size_t end) {
            for (std::size_t r = first; r < end; ++r) {
                for (std::size_t d = 0; d < units; ++d) {
                    centred(r, d) = static_cast<double>(block(r, d)) - moments.mean[d];
                }
            }
        });
        return addLowerGram({centred.data(), block.rows, units}, moments.scatter.view());
    });
    if (!added) return forwardError(added);
    mirrorLower(moments.scatter.view());
    return moments;
}

}  // namespace

Result<FeatureMoments> featureMoments(MatrixView<const float> features, const Job& job) {
    if (features.empty()) {
        return fail(ErrorCode::InvalidArgument,
                    "A set without images has no covariance; choose another set.");
    }
    return withoutExceptions("The covariance", "Memory ran out for the covariance of the features.",
                             [&] { return compute(features, job); });
}

}  // namespace dicescope
