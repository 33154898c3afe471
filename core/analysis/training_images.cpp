#include "core/analysis/training_images.h"

#include <utility>

#include "core/features/cache_names.h"
#include "core/features/feature_cache.h"

namespace dicescope {

Result<TrainingDataPtr> trainingDataOf(const std::shared_ptr<const AnalysisInputs>& inputs,
                                       const std::filesystem::path& fitFolder) {
    TrainingSource source;
    source.head = {inputs->head.weight.view(), inputs->head.bias};
    source.mean = inputs->featureMean;
    if (inputs->idTrain) {
        source.features = inputs->idTrain->features->features;
        source.labels = inputs->idTrain->labels;
    }
    source.storage = inputs;
    source.fitFolder = fitFolder;
    return TrainingData::create(std::move(source));
}

std::filesystem::path fitFolderOf(const ExtractionSettings& settings) {
    if (!settings.useCache) return {};
    return (settings.cache.empty() ? defaultCacheRoot() : settings.cache) / kFitFolder;
}

}  // namespace dicescope
