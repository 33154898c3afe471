#pragma once

// Internal to core/detectors: how TrainingData comes to its statistics.

#include <cstddef>
#include <span>

#include "core/detectors/training_data.h"

namespace dicescope {

/// The features and labels as in TrainingSource; not empty. Errors: those of featureMoments(), Cancelled.
[[nodiscard]] Result<TrainingStatistics> computeTrainingStatistics(MatrixView<const float> features,
                                                                   std::span<const int> labels,
                                                                   std::size_t classes, const Job& job);

/// Errors: those of the linear algebra.
[[nodiscard]] Result<OriginAxes> computeOriginAxes(HeadView head, const FeatureMoments& moments);

}  // namespace dicescope
