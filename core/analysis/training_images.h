#pragma once

#include <filesystem>
#include <memory>

#include "core/analysis/inputs.h"
#include "core/base/error.h"
#include "core/detectors/training_data.h"

namespace dicescope {

/// The training images of an analysis as detectors are fitted on them; keeps the inputs alive. What was
/// fitted stays in it: hand the same one to several comparisons. Between runs it stays in fitFolder
/// (fitFolderOf(); empty: nowhere). Errors: those of TrainingData::create().
[[nodiscard]] Result<TrainingDataPtr> trainingDataOf(const std::shared_ptr<const AnalysisInputs>& inputs,
                                                     const std::filesystem::path& fitFolder = {});

/// Where fits are kept beside the features of such an extraction; empty where nothing is kept.
[[nodiscard]] std::filesystem::path fitFolderOf(const ExtractionSettings& settings);

}  // namespace dicescope
