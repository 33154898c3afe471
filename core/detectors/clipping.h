#pragma once

// Internal to core/detectors: the parameters of ReAct, which DICE shares.

#include <vector>

#include "core/detectors/family.h"
#include "core/detectors/shaped_energy.h"

namespace dicescope {

/// "c" and "percentile"; with a given c a detector needs `otherwise`.
[[nodiscard]] std::vector<DetectorParameter> reactParameters(DetectorNeed otherwise);

/// min(h, c), c given or fitted. Errors: InvalidArgument (a fitted c of 0 that would leave nothing), those
/// of flatPercentile().
[[nodiscard]] Result<RowShaper> reactShaper(const Settings& settings, const TrainingData& training,
                                            const Job& job);

}  // namespace dicescope
