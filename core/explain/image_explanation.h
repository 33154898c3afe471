#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "core/base/error.h"
#include "core/explain/masked_head.h"

namespace dicescope {

/// A class and its logit.
struct ClassLogit {
    std::size_t classIndex = 0;
    double logit = 0;
};

/// What one head says about one image.
struct HeadAnswer {
    std::vector<double> logits;   ///< C, summed in float64
    double energy = 0;            ///< logsumexp of the logits, T = 1
    double maxProbability = 0;    ///< the largest softmax probability
    std::vector<ClassLogit> top;  ///< largest logits first, equal ones by index; NaN last
    /// Index of the largest logit; the smallest among equals.
    [[nodiscard]] std::size_t prediction() const { return top.front().classIndex; }
};

/// The dense and the masked head on one image. With logits that are not finite energy and maxProbability are
/// NaN.
struct ImageExplanation {
    HeadAnswer dense;
    HeadAnswer masked;
};

/// feature: D values of one image; clip: ReAct's c, on both heads; top: how many classes to list (at least
/// one is). O(C D): milliseconds. Errors: those of checkHead(), checkFeatures().
[[nodiscard]] Result<ImageExplanation> explainImage(std::span<const float> feature, const HeadView& head,
                                                    const HeadMask& mask, std::optional<float> clip,
                                                    std::size_t top);

/// One bar of a waterfall: w_cd min(h_d, clip).
struct ContributionTerm {
    std::size_t unit = 0;
    double value = 0;
};

/// Contributions to one logit on one side of the mask.
struct WaterfallPart {
    std::vector<ContributionTerm> largest;  ///< by magnitude, largest first, equal ones by index
    double rest = 0;                        ///< sum of all others
    std::size_t restCount = 0;
    double sum = 0;  ///< largest + rest
};

/// How one logit comes about: bias + kept.sum is the masked logit, that + dropped.sum the dense one, to
/// float64 rounding.
struct Waterfall {
    std::size_t classIndex = 0;
    double bias = 0;
    WaterfallPart kept;
    WaterfallPart dropped;

    [[nodiscard]] double masked() const { return bias + kept.sum; }
    [[nodiscard]] double dense() const { return bias + kept.sum + dropped.sum; }
};

/// c: the class, or nothing for the dense head's prediction; bars: most terms listed a part. Errors: as
/// explainImage(), checkClass().
[[nodiscard]] Result<Waterfall> waterfall(std::span<const float> feature, const HeadView& head,
                                          const HeadMask& mask, std::optional<std::size_t> c,
                                          std::optional<float> clip, std::size_t bars);

}  // namespace dicescope
