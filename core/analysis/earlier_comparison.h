#pragma once

#include <optional>

#include "core/analysis/comparison.h"

namespace dicescope {

/// What an earlier comparison has of a new one. Only what has the sizes of the new one counts.
class EarlierComparison {
  public:
    /// earlier: of the same inputs; may be null. frame: settings and sets of the new comparison.
    EarlierComparison(const Comparison* earlier, const Comparison& frame);

    /// The detector with these settings and its scores on all sets; null where there is none.
    [[nodiscard]] const ComparedDetector* scored(const DetectorSpec& spec) const;

    /// The same with intervals as the new comparison asks for them and, where a baseline is given, the
    /// difference to it; null where it lacks any of it.
    [[nodiscard]] const ComparedDetector* bootstrapped(const DetectorSpec& spec,
                                                       const std::optional<DetectorSpec>& baseline) const;

  private:
    const Comparison* earlier_;       ///< null where nothing can be taken over
    bool bootstrappedAlike_ = false;  ///< resamples, seed, level and groups are those of the new comparison
};

}  // namespace dicescope
