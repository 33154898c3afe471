#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/base/error.h"
#include "core/base/job.h"
#include "core/base/matrix.h"
#include "core/explain/masked_head.h"
#include "core/explain/unit_statistics.h"

namespace dicescope {

/// Mean and standard deviation (divided by N) of the contributions w_cd h_d of one set to one class, in the
/// order of ClassProfile::units. NaN for a set without images.
struct ProfileLine {
    std::vector<double> mean;
    std::vector<double> sd;
};

/// Figure 1 of the DICE paper for one class.
struct ClassProfile {
    std::size_t classIndex = 0;
    std::vector<std::uint32_t>
        units;                       ///< D, by mean ID contribution from large to small, equal ones by index
    std::vector<std::uint8_t> kept;  ///< D, in that order: 1 where the mask keeps the weight
    ProfileLine id;
    std::vector<ProfileLine> ood;  ///< in the order of the sets, each in the order of `units`
};

/// id, ood: statistics of the sets' features (taken with ReAct's clip where that is looked at). Microseconds:
/// a move of p only needs profileKept(). Errors: those of checkHead() and checkClass(); Mismatch (statistics
/// of another D).
[[nodiscard]] Result<ClassProfile> classProfile(const HeadView& head, const HeadMask& mask, std::size_t c,
                                                const UnitStatistics& id,
                                                std::span<const UnitStatistics> ood);

/// The kept flags of a profile at another mask. The mask must fit the head of the profile.
[[nodiscard]] std::vector<std::uint8_t> profileKept(const ClassProfile& profile, const HeadMask& mask);

/// Figure 2 of the DICE paper: the logit of one class for every image, by several masks in one reading of the
/// features.
struct ClassLogits {
    std::size_t classIndex = 0;
    Matrix<float> logits;  ///< masks x N, summed in float64
};

/// masks: at least one, such as {dense, level}; features: N x D. A logit may be infinite or NaN where the
/// features are huge: commonBins() passes over such values, histogram() refuses NaN. All processors; progress
/// in rows; stops within a few ms. Errors: those of checkHead(), checkFeatures() and checkClass();
/// InvalidArgument (no mask), OutOfMemory, Cancelled.
[[nodiscard]] Result<ClassLogits> classLogits(MatrixView<const float> features, const HeadView& head,
                                              std::span<const HeadMask> masks, std::size_t c,
                                              std::optional<float> clip = {}, const Job& job = {});

}  // namespace dicescope
