#pragma once

#include <cstddef>
#include <memory>

#include "core/analysis/comparison.h"
#include "core/analysis/inputs.h"

namespace dicescope {

struct ModelScorerOptions {
    unsigned threads = 0;       ///< CPU threads for decoding and for the model; 0: all processors
    std::size_t batchSize = 0;  ///< images a pass; 0: by the size of the model's input
};

/// Scores images by the detectors that need the model (`odin`): the analysis's model, head, device and
/// preprocessing, on the images that features were made of, which are read and decoded again from
/// FeatureProvenance::folder. The model is loaded at the first call and kept as long as the scorer or a copy
/// of it lives. Scores depend on the batch size in the last bits, and never on the number of threads. When
/// memory runs out a batch is run in halves from then on. Progress in images. Stops within one batch.
///
/// The scorer may be called from several threads. It fails before anything is run where the folder of any ID
/// or OOD set of the inputs is not known or gone, since one set without scores is no comparison.
///
/// Errors of the scorer: InvalidArgument (the inputs have no model, it is not a detector that needs one, a
/// set's folder is not known), NotFound (a folder is gone), Mismatch (an image or the model file is not what
/// it was when features were made), those of reading and decoding, of OdinModel, Cancelled.
[[nodiscard]] ModelScorer modelScorer(std::shared_ptr<const AnalysisInputs> inputs,
                                      const ModelScorerOptions& options = {});

}  // namespace dicescope
