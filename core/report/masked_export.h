#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "core/analysis/inputs.h"
#include "core/base/error.h"
#include "core/base/job.h"
#include "core/report/rule_evaluation.h"
#include "core/session/session.h"

namespace dicescope {

/// How a written model compares with the program's own scores.
struct MaskedModelCheck {
    std::size_t images = 0;        ///< compared
    bool onRealImages = false;     ///< of the ID set; false: noise, because the set's images are not at hand
    double largestDifference = 0;  ///< of the energies
    double largestScore = 0;       ///< max |energy| among them
};

/// Writes the model of the session with the masked head and the session's clip to `path` (writeMaskedModel),
/// loads it again and compares the energies of ID images with those of the features in `inputs`, W_masked
/// min(h, c) + b as the sweep computes it. A file that does not give the same scores (to a thousandth of
/// their size) does not stay. Errors: InvalidArgument (the head came as .npy), Mismatch (the model file is
/// not the one that was analysed any more), Internal (other scores), those of writeMaskedModel and
/// largestScoreDifference.
[[nodiscard]] Result<MaskedModelCheck> exportMaskedModel(const AnalysisInputs& inputs, const Session& session,
                                                         const MaskedWeight& masked,
                                                         const std::filesystem::path& path, const Job& job);

}  // namespace dicescope
