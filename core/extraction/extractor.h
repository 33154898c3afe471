#pragma once

#include <string>

#include "core/base/error.h"
#include "core/base/job.h"
#include "core/extraction/execution_plan.h"
#include "core/features/feature_cache.h"
#include "core/features/feature_set.h"
#include "core/features/file_hash_memo.h"
#include "core/images/image_folder.h"
#include "core/images/preprocess.h"
#include "core/model/classifier.h"

namespace dicescope {

struct ExtractionOptions {
    std::string name;           ///< of the set, for progress: "dtd5"
    unsigned threads = 0;       ///< CPU threads for decoding and for forwards; 0: all processors
    std::size_t batchSize = 0;  ///< 0: of the interrupted run, else remembered, else measured
    bool rereadFiles = false;   ///< hash every file's bytes again instead of believing the memo of file times
};

/// What an extraction did, for the user and for tests.
struct ExtractionCounts {
    std::size_t images = 0;     ///< files listed
    std::size_t fromCache = 0;  ///< features that were there already
    std::size_t decoded = 0;    ///< images decoded and run through the model now
    std::size_t skipped = 0;    ///< files without features
    std::size_t batchSize = 0;
};

struct ExtractedSet {
    FeatureSetPtr features;
    ExtractionCounts counts;
};

/// The cache key of features of this classifier under this preprocessing.
[[nodiscard]] FeatureCacheKey featureCacheKey(const ClassifierInfo& info, const Preprocess& preprocess);

/// Features and logits of every readable image of a folder, in its order. Images whose content is in the
/// cache are not decoded; the others go through decoding threads, a bounded queue and the model, and are in
/// the cache as soon as their batch is done, so that an interrupted run loses only the batches under way.
///
/// Image i always takes slot i mod B of batch i / B (B: the batch size) and a batch always has B rows, so a
/// feature's bits depend on the image, its place, B, the model and the device, and not on what was cached or
/// on the number of threads. When CUDA memory runs out the batch is run in halves from then on.
///
/// Memory: a few batches, and about 150 bytes a listed image. Errors: NotFound when not one image is
/// readable; those of the model and the cache; Cancelled (what was computed stays in the cache).
[[nodiscard]] Result<ExtractedSet> extractFeatures(const Classifier& classifier, const ImageFolder& folder,
                                                   const Preprocess& preprocess, FeatureCache& cache,
                                                   FileHashMemo& memo, const BatchSizeMemory& batchSizes,
                                                   const ExtractionOptions& options, const Job& job = {});

}  // namespace dicescope
