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

struct BenchmarkPreset;

/// The baseline of a comparison where none was chosen, as a text of parseDetectorSpec().
inline constexpr std::string_view kUsualBaseline = "energy";

/// What a comparison of detectors takes from a session, until the user chooses otherwise.
struct ComparisonDefaults {
    double p = kDefaultLevel;        ///< of every DICE, percent of weights dropped
    std::optional<float> reactClip;  ///< ReAct's c; absent: fitted
    double tprLevel = kDefaultTprLevel;
    std::size_t resamples = 1000;       ///< of the intervals; 0: none
    std::uint64_t seed = 0;             ///< of the resamples
    std::vector<std::string> nearSets;  ///< OOD sets of the benchmark by name, whether they are there or not
    std::vector<std::string> farSets;
    const BenchmarkPreset* benchmark = nullptr;  ///< whose numbers stand beside; of benchmarkPresets()

    friend bool operator==(const ComparisonDefaults&, const ComparisonDefaults&) = default;
};

/// The session's choices but for its ComparisonChoices, kDefaultLevel at the dense head; the groups are those
/// of its benchmark, none where it has none or one that this program does not know.
[[nodiscard]] ComparisonDefaults comparisonDefaults(const Session& session);
/// With the resamples and groups that were chosen in place of those of the defaults.
[[nodiscard]] ComparisonDefaults withChoices(ComparisonDefaults defaults, const ComparisonChoices& choices);

/// Values of parameters by detector id and name.
using DetectorValues = std::map<std::string, std::map<std::string, double>>;

/// What the defaults give: p of every DICE, c of every ReAct, which is that of the registry where there is no
/// clip.
[[nodiscard]] DetectorValues detectorDefaults(const ComparisonDefaults& defaults);

/// parseDetectorSpec() with these values for what the text does not say itself, by name, by a variant ("as=")
/// or, for the clip, by a percentile. Errors: InvalidArgument.
[[nodiscard]] Result<DetectorSpec> parseDetectorSpec(std::string_view text, const DetectorValues& values);
/// The same for parseDetectorList(). Errors: InvalidArgument.
[[nodiscard]] Result<std::vector<DetectorSpec>> parseDetectorList(std::string_view text,
                                                                  const ComparisonDefaults& defaults);
/// specText() that also says what detectorDefaults() would give otherwise: parses back to the spec with any
/// values. The spec must be one of checkDetectorSpec().
[[nodiscard]] std::string settledText(const DetectorSpec& spec);

}  // namespace dicescope
