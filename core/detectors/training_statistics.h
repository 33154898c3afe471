#pragma once

// Internal to core/detectors: how TrainingData comes to its statistics.

#include <cstddef>
#include <span>

#include "core/detectors/kept_fit.h"
#include "core/detectors/training_data.h"

namespace dicescope {

/// The features and labels as in TrainingSource; not empty. Errors: those of featureMoments(), Cancelled.
[[nodiscard]] Result<TrainingStatistics> computeTrainingStatistics(MatrixView<const float> features,
                                                                   std::span<const int> labels,
                                                                   std::size_t classes, const Job& job);

void listFields(FitFields& fields, TrainingStatistics& fit, const TrainingData& training);
void listFields(FitFields& fields, OriginAxes& fit, const TrainingData& training);
void listFields(FitFields& fields, TrainingPredictions& fit, const TrainingData& training);

/// Errors: those of the linear algebra.
[[nodiscard]] Result<OriginAxes> computeOriginAxes(HeadView head, const FeatureMoments& moments);

/// Errors: those of TrainingData::forEachBlock().
[[nodiscard]] Result<TrainingPredictions> computePredictions(const TrainingData& training, const Job& job);

}  // namespace dicescope
