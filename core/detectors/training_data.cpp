#include "core/detectors/training_data.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "core/base/exceptions.h"
#include "core/base/progress_meter.h"
#include "core/detectors/fit_store.h"
#include "core/detectors/kept_fit.h"
#include "core/detectors/logits.h"
#include "core/detectors/training_statistics.h"

namespace dicescope {
namespace {

template <class T>
bool allFinite(std::span<const T> values) {
    return std::ranges::all_of(values, [](T value) { return std::isfinite(value); });
}

Status checkSizes(const TrainingSource& source) {
    const std::size_t units = source.head.units();
    if (source.head.bias.size() != source.head.classes()) {
        return fail(ErrorCode::Mismatch, "The head has another number of biases than of classes.");
    }
    if (!source.mean.empty() && source.mean.size() != units) {
        return fail(ErrorCode::Mismatch, "The mean features have " + std::to_string(source.mean.size()) +
                                             " values but the head has " + std::to_string(units) +
                                             " units; use the mean that belongs to this model.");
    }
    if (source.features.rows > 0 && source.features.cols != units) {
        return fail(ErrorCode::Mismatch, "The training features have " +
                                             std::to_string(source.features.cols) +
                                             " values an image but the head has " + std::to_string(units) +
                                             " units; use features of this model.");
    }
    if (!source.labels.empty() && source.labels.size() != source.features.rows) {
        return fail(ErrorCode::Mismatch, "The training set has another number of labels than of images.");
    }
    return {};
}

Status checkValues(const TrainingSource& source) {
    if (source.head.weight.empty()) {
        return fail(ErrorCode::InvalidArgument, "The head has no classes or no units.");
    }
    if (!allFinite<float>(source.head.weight.flat()) || !allFinite(source.head.bias) ||
        !allFinite(source.mean)) {
        return fail(ErrorCode::InvalidArgument,
                    "The head or the mean features hold NaN or infinity; export the model again.");
    }
    const int classes = static_cast<int>(source.head.classes());
    if (std::ranges::any_of(source.labels, [&](int label) { return label >= classes; })) {
        return fail(ErrorCode::InvalidArgument,
                    "A training label is beyond the classes of the head; check the labels' order.");
    }
    return {};
}

/// The value behind a pointer under a lock, computed where it is not there yet.
template <class T, class Compute>
Result<std::shared_ptr<const T>> once(std::mutex& mutex, std::shared_ptr<const T>& value,
                                      const Compute& compute) {
    const std::scoped_lock lock(mutex);
    if (value) return value;
    auto result = withoutExceptions("Fitting", detectorMemorySentence(), compute);
    if (!result) return forwardError(result);
    value = std::make_shared<const T>(std::move(*result));
    return value;
}

tl::unexpected<Error> noFeatures() {
    return fail(ErrorCode::InvalidArgument,
                "There are no features of ID training images; name a training set.");
}

}  // namespace

Result<std::shared_ptr<const TrainingData>> TrainingData::create(TrainingSource source) {
    if (auto status = checkSizes(source); !status) return forwardError(status);
    if (auto status = checkValues(source); !status) return forwardError(status);
    std::shared_ptr<TrainingData> data(new TrainingData(std::move(source)));
    data->hasLabels_ = std::ranges::any_of(data->source_.labels, [](int label) { return label >= 0; });
    return data;
}

Result<std::shared_ptr<const FitStore>> TrainingData::fitStore(const Job& job) const {
    if (source_.fitFolder.empty() || !hasFeatures()) return nullptr;
    return once(fitStoreMutex_, fitStore_, [&]() -> Result<FitStore> {
        const auto key = fitKey(source_, job);
        if (!key) return forwardError(key);
        return FitStore(source_.fitFolder, *key);
    });
}

bool TrainingData::hasLabels() const {
    return hasLabels_;
}

Status TrainingData::forEachBlock(bool withLogits, const std::string& stage, const Job& job,
                                  const Visit& visit) const {
    return withoutExceptions("Fitting", detectorMemorySentence(), [&]() -> Status {
        const MatrixView<const float> features = source_.features;
        Matrix<float> logits(withLogits ? std::min(kDetectorBlockRows, features.rows) : 0, head().classes());
        ProgressMeter meter(job, stage, features.rows);
        for (std::size_t begin = 0; begin < features.rows; begin += kDetectorBlockRows) {
            if (job.stopRequested()) return cancelled();
            FeatureBlock block{rowsOf(features, begin, std::min(kDetectorBlockRows, features.rows - begin)),
                               {}};
            if (withLogits) {
                const auto out = firstRows(logits, block.features.rows);
                if (auto status = computeLogits(block.features, head().weight, head().bias, out); !status)
                    return status;
                block.logits = out;
            }
            if (auto status = visit(block, begin); !status) return status;
            meter.add(block.features.rows);
        }
        return {};
    });
}

Result<std::shared_ptr<const TrainingPredictions>> TrainingData::predictions(const Job& job) const {
    if (!hasFeatures()) return noFeatures();
    return once(predictionsMutex_, predictions_, [&] {
        return keptFit<TrainingPredictions>(*this, "predictions", job,
                                            [&] { return computePredictions(*this, job); });
    });
}

Result<std::shared_ptr<const TrainingStatistics>> TrainingData::statistics(const Job& job) const {
    if (!hasFeatures()) return noFeatures();
    return once(statisticsMutex_, statistics_, [&] {
        return keptFit<TrainingStatistics>(*this, "statistics", job, [&] {
            return computeTrainingStatistics(features(), labels(), head().classes(), job);
        });
    });
}

Result<std::shared_ptr<const OriginAxes>> TrainingData::originAxes(const Job& job) const {
    const auto moments = statistics(job);
    if (!moments) return forwardError(moments);
    return once(axesMutex_, originAxes_, [&] {
        return keptFit<OriginAxes>(*this, "origin-axes", job,
                                   [&] { return computeOriginAxes(head(), (*moments)->all); });
    });
}

}  // namespace dicescope
