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

/// Moves a meter of rows on within a block, of which every detector counts as the same share.
class BlockProgress {
  public:
    BlockProgress(ProgressMeter& meter, std::size_t rows, std::size_t detectors)
        : meter_(meter), rows_(rows), detectors_(detectors) {}

    /// The job of the detector at index k.
    [[nodiscard]] Job jobOf(const Job& job, std::size_t k) {
        return {job.stop, [this, k](const Progress& progress) {
                    if (progress.total == 0) return;
                    reach(static_cast<double>(k) +
                          static_cast<double>(progress.done) / static_cast<double>(progress.total));
                }};
    }
    void finish() { addTo(rows_); }

  private:
    void reach(double detectorsDone) {
        addTo(static_cast<std::size_t>(static_cast<double>(rows_) * detectorsDone /
                                       static_cast<double>(detectors_)));
    }
    void addTo(std::size_t rows) {
        if (rows <= done_) return;
        meter_.add(rows - done_);
        done_ = rows;
    }

    ProgressMeter& meter_;
    std::size_t rows_;
    std::size_t detectors_;
    std::size_t done_ = 0;
};

/// Fails only where the work was stopped; what else goes wrong ends the run.
Status scoreBlock(const Detector& detector, const FeatureBlock& block, std::size_t begin, const Job& job,
                  DetectorRun& run) {
    if (job.stopRequested()) return cancelled();
    const auto start = Clock::now();
    const auto scores = std::span(run.scores).subspan(begin, block.features.rows);
    Status status = detector.score(block, scores, job);
    run.seconds += secondsSince(start);
    if (status) return {};
    if (status.error().code == ErrorCode::Cancelled) return status;
    endRun(run, status.error());
    return {};
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
    Matrix<float> logits(std::min(kDetectorBlockRows, features.rows), head.classes());
    ProgressMeter meter(job, "Scoring", features.rows);
    for (std::size_t begin = 0; begin < features.rows; begin += kDetectorBlockRows) {
        if (job.stopRequested()) return cancelled();
        FeatureBlock block{rowsOf(features, begin, std::min(kDetectorBlockRows, features.rows - begin)), {}};
        if (auto status = addLogits(detectors, head, logits, block, runs); !status)
            return forwardError(status);
        BlockProgress progress(meter, block.features.rows, detectors.size());
        for (std::size_t k = 0; k < detectors.size(); ++k) {
            if (runs[k].error) continue;
            const Status status = scoreBlock(*detectors[k], block, begin, progress.jobOf(job, k), runs[k]);
            if (!status) return forwardError(status);
        }
        progress.finish();
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

Status Detector::score(const FeatureBlock& block, std::span<double> scores, const Job& job) const {
    const bool fits =
        scores.size() == block.features.rows && (!usesLogits() || block.logits.rows == block.features.rows);
    if (!fits) {
        return fail(ErrorCode::Mismatch,
                    "The block to be scored has another number of rows than its logits or scores.");
    }
    return withoutExceptions("Scoring", detectorMemorySentence(),
                             [&] { return scoreRows(block, scores, job); });
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
