#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace dicescope {

/// OOD sets by name that are averaged apart.
struct OodGroups {
    std::vector<std::string> nearSets;
    std::vector<std::string> farSets;

    friend bool operator==(const OodGroups&, const OodGroups&) = default;
};

/// Detectors with their settings, as texts of parseDetectorSpec(). Settings that a text leaves open are those
/// of detectorDefaults(): they follow the session.
struct DetectorChoice {
    std::vector<std::string> checked;    ///< that are compared
    std::vector<std::string> unchecked;  ///< others whose settings are kept

    friend bool operator==(const DetectorChoice&, const DetectorChoice&) = default;
};

/// What a user chose for a comparison of detectors. What is absent was not chosen: it is as in
/// comparisonDefaults(), and follows the session and its benchmark.
struct ComparisonChoices {
    std::optional<DetectorChoice> detectors;
    std::optional<std::string> baseline;  ///< text of a detector; empty: none; absent: Energy
    std::optional<OodGroups> groups;
    std::optional<std::size_t> resamples;  ///< 0: no intervals

    friend bool operator==(const ComparisonChoices&, const ComparisonChoices&) = default;
};

}  // namespace dicescope
