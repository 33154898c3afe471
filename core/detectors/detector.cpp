#include "core/detectors/detector.h"

#include <algorithm>
#include <chrono>
#include <string>

#include "core/base/exceptions.h"
#include "core/base/progress_meter.h"
#include "core/detectors/logits.h"
#include "core/linalg/linear_algebra.h"

namespace dicescope {
namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

void endRun(DetectorRun& run, Error error) {
    run.error = std::move(error);
    run.scores = {};
}

void scoreBlock(const Detector& detector, const FeatureBlock& block, std::size_t begin, DetectorRun& run) {
    const auto start = Clock::now();
    const Status status = detector.score(block, std::span(run.scores).subspan(begin, block.features.rows));
    run.seconds += secondsSince(start);
    if (!status) endRun(run, status.error());
}

/// The logits of a block, and the time that they took added to every run that uses them.
Status addLogits(std::span<const DetectorPtr> detectors, HeadView head, Matrix<float>& storage,
                 FeatureBlock& block, std::vector<DetectorRun>& runs) {
    const bool used = std::ranges::any_of(detectors, [](const DetectorPtr& d) { return d->usesLogits(); });
    if (!used) return {};
    const auto start = Clock::now();
    const auto logits = firstRows(storage, block.features.rows);
    if (auto status = computeLogits(block.features, head.weight, head.bias, logits); !status) return status;
    block.logits = logits;
    const double seconds = secondsSince(start);
    for (std::size_t k = 0; k < detectors.size(); ++k) {
        if (detectors[k]->usesLogits()) runs[k].seconds += seconds;
    }
    return {};
}

Result<std::vector<DetectorRun>> scoreAll(std::span<const DetectorPtr> detectors, HeadView head,
                                          MatrixView<const float> features, const Job& job) {
    std::vector<DetectorRun> runs(detectors.size());
    for (DetectorRun& run : runs) run.scores.resize(features.rows);
    Matrix<float> logits(std::min(kBlockRows, features.rows), head.classes());
    ProgressMeter meter(job, "Scoring", features.rows);
    for (std::size_t begin = 0; begin < features.rows; begin += kBlockRows) {
        if (job.stopRequested()) return cancelled();
        FeatureBlock block{rowsOf(features, begin, std::min(kBlockRows, features.rows - begin)), {}};
        if (auto status = addLogits(detectors, head, logits, block, runs); !status)
            return forwardError(status);
        for (std::size_t k = 0; k < detectors.size(); ++k) {
            if (job.stopRequested()) return cancelled();
            if (!runs[k].error) scoreBlock(*detectors[k], block, begin, runs[k]);
        }
        meter.add(block.features.rows);
    }
    return runs;
}

}  // namespace

std::string detectorMemorySentence() {
    return "Memory ran out while detectors were fitted or scored; close other programs or use fewer images.";
}

Status computeLogits(MatrixView<const float> features, MatrixView<const float> weight,
                     std::span<const float> bias, MatrixView<float> out) {
    if (auto status = multiplyTransposed(features, weight, out); !status) return status;
    for (std::size_t r = 0; r < out.rows; ++r) {
        const auto row = out.row(r);
        for (std::size_t c = 0; c < row.size(); ++c) row[c] += bias[c];
    }
    return {};
}

Status Detector::score(const FeatureBlock& block, std::span<double> scores) const {
    const bool fits =
        scores.size() == block.features.rows && (!usesLogits() || block.logits.rows == block.features.rows);
    if (!fits) {
        return fail(ErrorCode::Mismatch,
                    "The block to be scored has another number of rows than its logits or scores.");
    }
    return withoutExceptions("Scoring", detectorMemorySentence(), [&] { return scoreRows(block, scores); });
}

Result<std::vector<DetectorRun>> scoreFeatures(std::span<const DetectorPtr> detectors, HeadView head,
                                               MatrixView<const float> features, const Job& job) {
    if (features.cols != head.units() && features.rows > 0) {
        return fail(ErrorCode::Mismatch, "The features have " + std::to_string(features.cols) +
                                             " values an image but the head has " +
                                             std::to_string(head.units()) +
                                             " units; use features of this model.");
    }
    return withoutExceptions("Scoring", detectorMemorySentence(),
                             [&] { return scoreAll(detectors, head, features, job); });
}

}  // namespace dicescope
