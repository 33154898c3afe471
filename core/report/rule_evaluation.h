#pragma once

#include <cstdint>
#include <optional>

#include "core/analysis/evaluation.h"
#include "core/analysis/inputs.h"
#include "core/base/error.h"
#include "core/base/job.h"
#include "core/base/matrix.h"
#include "core/session/session.h"

namespace dicescope {

/// The head's weight as one level of a rule leaves it.
struct MaskedWeight {
    Matrix<float> weight;   ///< C x D, zeros where dropped
    double threshold = 0;   ///< of the ranking values
    std::size_t kept = 0;   ///< weights
    std::size_t units = 0;  ///< units with at least one kept weight
};

/// The mask of a session's rule at its p; every weight is kept at the dense head. Errors: those of
/// planSweep().
[[nodiscard]] Result<MaskedWeight> maskedWeight(const AnalysisInputs& inputs, const Session& session,
                                                const Job& job);

/// What metrics files of a session hold: evaluate() for DICE. For another rule the same numbers by
/// analyseSweep(), with the rule's name as the detector ("abs-weight", "abs-weight+react"), without
/// accuracies and without the scores of single images. Errors: those of evaluate() and analyseSweep().
[[nodiscard]] Result<Evaluation> evaluateSession(const AnalysisInputs& inputs, const Session& session,
                                                 const Job& job);

}  // namespace dicescope
