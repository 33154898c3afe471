#include "core/detectors/training_statistics.h"

#include <algorithm>
#include <cmath>
#include <new>
#include <numeric>
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
        if (auto status = addLowerGram(rows, result.labelledScatter.view()); !status) return status;
        meter.add(block.rows);
    }
    mirrorLower(result.labelledScatter.view());
    return {};
}

/// Sums up what the head says about the rows of a block.
void addPredictions(const FeatureBlock& block, std::size_t first, std::span<const int> labels,
                    TrainingPredictions& result) {
    for (std::size_t r = 0; r < block.features.rows; ++r) {
        const auto logits = block.logits.row(r);
        const auto best = std::max_element(logits.begin(), logits.end());
        const auto predicted = static_cast<std::size_t>(best - logits.begin());
        result.prediction[first + r] = static_cast<std::int32_t>(predicted);
        result.meanMaxLogit += static_cast<double>(*best);
        if (labels.empty() || labels[first + r] != static_cast<int>(predicted)) continue;
        ++result.correctCounts[predicted];
        const auto row = block.features.row(r);
        for (std::size_t d = 0; d < row.size(); ++d) {
            result.correctMeans(predicted, d) += static_cast<double>(row[d]);
        }
    }
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
    if (!addLowerGram(std::as_const(deviations).view(), between.view())) throw std::bad_alloc();
    mirrorLower(between.view());
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

void listFields(FitFields& fields, TrainingStatistics& fit, const TrainingData& training) {
    const std::size_t units = training.head().units();
    const std::size_t classes = training.head().classes();
    fit.all.samples = training.size();
    fields.vector("mean", fit.all.mean, units);
    fields.matrix("scatter", fit.all.scatter, units, units);
    fields.integers("class_counts", fit.classCounts, classes);
    fit.labelled = std::accumulate(fit.classCounts.begin(), fit.classCounts.end(), std::size_t{0});
    fields.matrix("class_means", fit.classMeans, classes, units);
    fields.vector("labelled_mean", fit.labelledMean, units);
    const bool some = fit.labelled > 0 && fit.labelled < fit.all.samples;
    fields.matrix("labelled_scatter", fit.labelledScatter, some ? units : 0, some ? units : 0);
}

void listFields(FitFields& fields, OriginAxes& fit, const TrainingData& training) {
    const std::size_t units = training.head().units();
    fields.vector("origin", fit.origin, units);
    fields.vector("values", fit.axes.values, units);
    fields.matrix("vectors", fit.axes.vectors, units, units);
}

void listFields(FitFields& fields, TrainingPredictions& fit, const TrainingData& training) {
    fields.integers("prediction", fit.prediction, training.size());
    fields.number("mean_max_logit", fit.meanMaxLogit);
    fields.integers("correct_counts", fit.correctCounts, training.head().classes());
    fields.matrix("correct_means", fit.correctMeans, training.head().classes(), training.head().units());
}

Result<TrainingPredictions> computePredictions(const TrainingData& training, const Job& job) {
    const std::size_t classes = training.head().classes();
    TrainingPredictions result;
    result.prediction.resize(training.size());
    result.correctCounts.resize(classes);
    result.correctMeans = Matrix<double>(classes, training.head().units());
    const Status status = training.forEachBlock(true, "Classifying training images", job,
                                                [&](const FeatureBlock& block, std::size_t first) -> Status {
                                                    addPredictions(block, first, training.labels(), result);
                                                    return {};
                                                });
    if (!status) return forwardError(status);
    result.meanMaxLogit /= static_cast<double>(training.size());
    for (std::size_t c = 0; c < classes; ++c) {
        const auto count = static_cast<double>(std::max<std::size_t>(1, result.correctCounts[c]));
        for (double& value : result.correctMeans.view().row(c)) value /= count;
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
