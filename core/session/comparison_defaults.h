#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "core/detectors/registry.h"
#include "core/metrics/ood_metrics.h"
#include "core/session/session.h"

namespace dicescope {

/// What a comparison of detectors takes from a session, until the user chooses otherwise.
struct ComparisonDefaults {
    double p = kDefaultLevel;        ///< of every DICE, percent of weights dropped
    std::optional<float> reactClip;  ///< ReAct's c; absent: fitted
    double tprLevel = kDefaultTprLevel;
    std::size_t resamples = 1000;       ///< of the intervals; 0: none
    std::uint64_t seed = 0;             ///< of the resamples
    std::vector<std::string> nearSets;  ///< OOD sets of the benchmark by name, whether they are there or not
    std::vector<std::string> farSets;

    friend bool operator==(const ComparisonDefaults&, const ComparisonDefaults&) = default;
};

/// The session's choices, kDefaultLevel at the dense head; the groups are those of its benchmark, none where
/// it has none or one that this program does not know.
[[nodiscard]] ComparisonDefaults comparisonDefaults(const Session& session);

/// Values of parameters (by detector id and name) that the defaults give: p of every DICE, c of every ReAct,
/// which is that of the registry where there is no clip.
[[nodiscard]] std::map<std::string, std::map<std::string, double>> detectorDefaults(
    const ComparisonDefaults& defaults);

/// parseDetectorList() with the values of detectorDefaults() for what the text does not say itself, by name,
/// by a variant ("as=") or, for the clip, by a percentile. Errors: InvalidArgument.
[[nodiscard]] Result<std::vector<DetectorSpec>> parseDetectorList(std::string_view text,
                                                                  const ComparisonDefaults& defaults);

}  // namespace dicescope
