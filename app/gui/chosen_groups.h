#pragma once

#include <optional>

#include "core/analysis/inputs.h"
#include "core/session/comparison_defaults.h"

namespace dicescope {

/// Groups of OOD sets for a session, after the user changed what is `shown` of them: the sets of the inputs.
/// Sets of the choice of before (absent: none was made) that are not among the inputs keep their group,
/// behind the others, for when they are back. Nothing where all is as the defaults have it.
[[nodiscard]] std::optional<OodGroups> chosenGroups(const AnalysisInputs& inputs, const OodGroups& shown,
                                                    const std::optional<OodGroups>& before,
                                                    const ComparisonDefaults& defaults);

}  // namespace dicescope
