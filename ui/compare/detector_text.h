#pragma once

#include <QString>

#include "core/detectors/registry.h"

namespace dicescope {

/// What an analysis has for detectors; see DetectorNeed.
struct DetectorSupply {
    bool featureMean = false;
    bool trainingFeatures = false;
    bool trainingLabels = false;
    bool model = false;
};

/// Why a detector cannot run with what there is, as a sentence; empty where it can.
[[nodiscard]] QString whyUnavailable(const DetectorSpec& spec, const DetectorSupply& supply);

/// "training labels", and "only features" for nothing.
[[nodiscard]] QString needText(DetectorNeed need);
/// The same in a word or two.
[[nodiscard]] QString shortNeedText(DetectorNeed need);
/// What its time grows with, as a sentence.
[[nodiscard]] QString costText(DetectorCost cost);
/// Whether it takes so long that it is said beforehand.
[[nodiscard]] bool isSlow(DetectorCost cost);
/// "< 1 s", "12 s", "3 min", "1 h 10 min".
[[nodiscard]] QString durationText(double seconds);
/// "as OpenOOD" for "openood".
[[nodiscard]] QString variantText(const std::string& variant);
/// "Sun and Li, ECCV 2022, arXiv 2111.09805" with a link to arXiv, as rich text.
[[nodiscard]] QString citationText(const DetectorCitation& citation);
/// What a parameter means, its range and its default.
[[nodiscard]] QString parameterTip(const DetectorParameter& parameter);
/// The spec without values that are the defaults anyway: specs of equal settings are then equal.
[[nodiscard]] DetectorSpec withoutDefaults(DetectorSpec spec);

}  // namespace dicescope
