#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "core/base/error.h"
#include "core/base/job.h"
#include "core/base/matrix.h"
#include "core/detectors/detector.h"
#include "core/linalg/linear_algebra.h"

namespace dicescope {

class FitStore;

/// What detectors are fitted on. The spans belong to `storage` or to someone who outlives the TrainingData.
struct TrainingSource {
    HeadView head;
    std::span<const double> mean;      ///< D, E[h] over ID training images; empty where it is not known
    MatrixView<const float> features;  ///< N x D of ID training images, finite; empty where there are none
    std::span<const int> labels;       ///< N, index of the logit that is right, -1 where not known; or empty
    std::shared_ptr<const void> storage;
    /// Where fits are kept between runs, in files called by what they were fitted on; empty: nowhere.
    std::filesystem::path fitFolder = {};
};

/// First and second moments of the training features, from three passes over them, or four where some are
/// labelled and some are not.
struct TrainingStatistics {
    FeatureMoments all;                    ///< of every row
    std::size_t labelled = 0;              ///< rows with a known label
    std::vector<std::size_t> classCounts;  ///< C, labelled rows a class
    Matrix<double> classMeans;             ///< C x D, of the labelled rows; zeros for a class without one
    std::vector<double> labelledMean;      ///< D, of the labelled rows
    Matrix<double> labelledScatter;        ///< D x D, about labelledMean; empty where every row is labelled
                                           ///< (it is all.scatter then) and where none is
    /// The scatter of the labelled rows about their mean.
    [[nodiscard]] MatrixView<const double> totalScatter() const {
        return labelledScatter.size() == 0 ? all.scatter.view() : labelledScatter.view();
    }
    /// The scatter of the labelled rows about their classes' means: total minus between.
    [[nodiscard]] Matrix<double> withinScatter() const;
};

/// The principal axes of the training features about the origin u = -pinv(W) b, where every logit is as near
/// to 0 as it can be (ViM: Wang et al., CVPR 2022).
struct OriginAxes {
    std::vector<double> origin;  ///< D, u
    SymmetricEigen axes;         ///< of the mean of (h - u)(h - u)^T, increasing
};

/// What the dense head says about the training images.
struct TrainingPredictions {
    std::vector<std::int32_t> prediction;    ///< N, the class of the largest logit
    double meanMaxLogit = 0;                 ///< mean over the rows of their largest logit
    std::vector<std::size_t> correctCounts;  ///< C, rows a class that are labelled so and predicted so
    Matrix<double> correctMeans;             ///< C x D, the mean feature of those; zeros where there is none
};

/// The ID training features with what several detectors need from them, computed when first asked for and
/// kept: in memory (a few D x D matrices of float64), and in files where the source names a folder.
/// Thread-safe; a second caller waits for the first.
class TrainingData {
  public:
    /// Errors: Mismatch (sizes), InvalidArgument (a head without classes or features, a label out of range, a
    /// value of head or mean that is not finite).
    [[nodiscard]] static Result<std::shared_ptr<const TrainingData>> create(TrainingSource source);

    [[nodiscard]] const HeadView& head() const { return source_.head; }
    [[nodiscard]] std::span<const double> mean() const { return source_.mean; }
    [[nodiscard]] MatrixView<const float> features() const { return source_.features; }
    [[nodiscard]] std::span<const int> labels() const { return source_.labels; }
    [[nodiscard]] std::size_t size() const { return source_.features.rows; }
    [[nodiscard]] bool hasMean() const { return !source_.mean.empty(); }
    [[nodiscard]] bool hasFeatures() const { return source_.features.rows > 0; }
    /// Whether at least one training image has a known label.
    [[nodiscard]] bool hasLabels() const;

    /// Errors: InvalidArgument (no features), OutOfMemory, Cancelled.
    [[nodiscard]] Result<std::shared_ptr<const TrainingStatistics>> statistics(const Job& job) const;
    /// Errors: as statistics().
    [[nodiscard]] Result<std::shared_ptr<const OriginAxes>> originAxes(const Job& job) const;
    /// Errors: as statistics().
    [[nodiscard]] Result<std::shared_ptr<const TrainingPredictions>> predictions(const Job& job) const;

    /// Calls `visit` for blocks of rows in their order, on this thread: `first` is the index of the block's
    /// first row; the logits are there where asked for. Progress in rows under `stage`. Stops within one
    /// block. Errors: what visit returns, OutOfMemory, Cancelled.
    using Visit = std::function<Status(const FeatureBlock& block, std::size_t first)>;
    [[nodiscard]] Status forEachBlock(bool withLogits, const std::string& stage, const Job& job,
                                      const Visit& visit) const;

    /// Internal to core/detectors (kept_fit.h): the fits of this data that are kept on disk, null where none
    /// are. The first call reads every feature. Errors: Cancelled.
    [[nodiscard]] Result<std::shared_ptr<const FitStore>> fitStore(const Job& job) const;

  private:
    explicit TrainingData(TrainingSource source) : source_(std::move(source)) {}

    TrainingSource source_;
    bool hasLabels_ = false;
    mutable std::mutex fitStoreMutex_;
    mutable std::shared_ptr<const FitStore> fitStore_;
    mutable std::mutex statisticsMutex_;
    mutable std::shared_ptr<const TrainingStatistics> statistics_;
    mutable std::mutex axesMutex_;
    mutable std::shared_ptr<const OriginAxes> originAxes_;
    mutable std::mutex predictionsMutex_;
    mutable std::shared_ptr<const TrainingPredictions> predictions_;
};

using TrainingDataPtr = std::shared_ptr<const TrainingData>;

}  // namespace dicescope
