#include "core/detectors/training_statistics.h"

#include <algorithm>
#include <cmath>
#include <new>
#include <utility>
#include <vector>

#include "core/base/parallel.h"
#include "core/base/progress_meter.h"
#include "core/detectors/logits.h"
#include "core/linalg/linear_algebra.h"

namespace dicescope {
namespace {

/// Adds the rows of a block to the sums of their classes, each thread some of the units.
void addBlockSums(MatrixView<const float> block, std::span<const int> labels, TrainingStatistics& result) {
    for (const int label : labels) {
        if (label < 0) continue;
        ++result.classCounts[static_cast<std::size_t>(label)];
        ++result.labelled;
    }
    constexpr std::size_t kUnitsAtATime = 256;
    parallelFor(block.cols, kUnitsAtATime, 0, [&](std::size_t begin, std::size_t end) {
        for (std::size_t r = 0; r < block.rows; ++r) {
            if (labels[r] < 0) continue;
            const auto sums = result.classMeans.view().row(static_cast<std::size_t>(labels[r]));
            const auto row = block.row(r);
            for (std::size_t d = begin; d < end; ++d) {
                sums[d] += static_cast<double>(row[d]);
                result.labelledMean[d] += static_cast<double>(row[d]);
            }
        }
    });
}

Status addClassSums(MatrixView<const float> features, std::span<const int> labels, TrainingStatistics& result,
                    const Job& job) {
    ProgressMeter meter(job, "Means of the classes", labels.size());
    for (std::size_t begin = 0; begin < labels.size(); begin += kDetectorBlockRows) {
        if (job.stopRequested()) return cancelled();
        const auto block = rowsOf(features, begin, std::min(kDetectorBlockRows, labels.size() - begin));
        addBlockSums(block, labels.subspan(begin, block.rows), result);
        meter.add(block.rows);
    }
    return {};
}

void divideSums(TrainingStatistics& result) {
    for (std::size_t c = 0; c < result.classCounts.size(); ++c) {
        const auto count = static_cast<double>(std::max<std::size_t>(1, result.classCounts[c]));
        for (double& value : result.classMeans.view().row(c)) value /= count;
    }
    const auto count = static_cast<double>(std::max<std::size_t>(1, result.labelled));
    for (double& value : result.labelledMean) value /= count;
}

/// The labelled rows of a block about their mean; returns how many there are.
std::size_t centreLabelled(MatrixView<const float> block, std::span<const int> labels,
                           std::span<const double> mean, Matrix<double>& out) {
    std::size_t count = 0;
    for (std::size_t r = 0; r < block.rows; ++r) {
        if (labels[r] < 0) continue;
        for (std::size_t d = 0; d < block.cols; ++d) {
            out(count, d) = static_cast<double>(block(r, d)) - mean[d];
        }
        ++count;
    }
    return count;
}

Status addLabelledScatter(MatrixView<const float> features, std::span<const int> labels,
                          TrainingStatistics& result, const Job& job) {
    result.labelledScatter = Matrix<double>(features.cols, features.cols);
    Matrix<double> centred(std::min(kDetectorBlockRows, features.rows), features.cols);
    ProgressMeter meter(job, "Scatter of the labelled images", features.rows);
    for (std::size_t begin = 0; begin < features.rows; begin += kDetectorBlockRows) {
        if (job.stopRequested()) return cancelled();
        const auto block = rowsOf(features, begin, std::min(kDetectorBlockRows, features.rows - begin));
        const std::size_t count =
            centreLabelled(block, labels.subspan(begin, block.rows), result.labelledMean, centred);
        const auto rows = firstRows(centred, count);
        if (auto status = addGram(rows, result.labelledScatter.view()); !status) return status;
        meter.add(block.rows);
    }
    return {};
}

}  // namespace

Matrix<double> TrainingStatistics::withinScatter() const {
    const auto total = totalScatter();
    Matrix<double> scatter(total.rows, total.cols,
                           std::vector<double>(total.flat().begin(), total.flat().end()));
    Matrix<double> between(total.rows, total.cols);
    Matrix<double> deviations(classMeans.rows(), total.cols);
    for (std::size_t c = 0; c < classMeans.rows(); ++c) {
        const double weight = std::sqrt(static_cast<double>(classCounts[c]));
        for (std::size_t d = 0; d < total.cols; ++d) {
            deviations(c, d) = weight * (classMeans(c, d) - labelledMean[d]);
        }
    }
    // Shapes fit, so that nothing but memory can fail, and that throws.
    if (!addGram(std::as_const(deviations).view(), between.view())) throw std::bad_alloc();
    for (std::size_t i = 0; i < scatter.size(); ++i) scatter.data()[i] -= between.data()[i];
    return scatter;
}

Result<TrainingStatistics> computeTrainingStatistics(MatrixView<const float> features,
                                                     std::span<const int> labels, std::size_t classes,
                                                     const Job& job) {
    TrainingStatistics result;
    auto moments = featureMoments(features, job);
    if (!moments) return forwardError(moments);
    result.all = std::move(*moments);
    result.classCounts.resize(classes);
    result.classMeans = Matrix<double>(classes, features.cols);
    result.labelledMean.resize(features.cols);
    if (auto status = addClassSums(features, labels, result, job); !status) return forwardError(status);
    divideSums(result);
    if (result.labelled > 0 && result.labelled < features.rows) {
        if (auto status = addLabelledScatter(features, labels, result, job); !status)
            return forwardError(status);
    }
    return result;
}

Result<OriginAxes> computeOriginAxes(HeadView head, const FeatureMoments& moments) {
    const std::size_t units = head.units();
    Matrix<double> weight(head.classes(), units);
    std::ranges::copy(head.weight.flat(), weight.data());
    const auto inverse = pseudoInverse(std::as_const(weight).view());
    if (!inverse) return forwardError(inverse);

    OriginAxes result;
    result.origin.resize(units);
    Matrix<double> second = moments.scatter;
    for (std::size_t d = 0; d < units; ++d) {
        for (std::size_t c = 0; c < head.classes(); ++c) {
            result.origin[d] -= (*inverse)(d, c) * static_cast<double>(head.bias[c]);
        }
    }
    for (std::size_t r = 0; r < units; ++r) {
        const double shift = moments.mean[r] - result.origin[r];
        for (std::size_t c = 0; c < units; ++c) {
            second(r, c) /= static_cast<double>(moments.samples);
            second(r, c) += shift * (moments.mean[c] - result.origin[c]);
        }
    }
    auto axes = symmetricEigen(std::as_const(second).view());
    if (!axes) return forwardError(axes);
    result.axes = std::move(*axes);
    return result;
}

}  // namespace dicescope
