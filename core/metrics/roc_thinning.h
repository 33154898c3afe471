#pragma once

// Internal to core/metrics: ROC curves with no more vertices than drawing needs.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/metrics/level_curves.h"

namespace dicescope {

/// Thins the ROC curves of one ID set against one OOD set for the two views of LevelCurvesOptions.
///
/// In each view the curve rises monotonically to the right, so it crosses every antidiagonal x + y = const
/// once, and so does a chord between two of its points. A chord replaces what lies between its ends where on
/// the antidiagonals of all points passed over, in both views, it is no further than half a pixel from the
/// curve; the same then holds for the lines between those points.
class RocThinning {
  public:
    /// Neither count is 0; pixels: of a side of the views, > 0.
    RocThinning(std::size_t idCount, std::size_t oodCount, unsigned pixels);

    /// The thinned curve of keys sorted by sortedKeys(), as many as the counts say: some of the points of
    /// rocCurve() in their order, the first and the last among them. May be called by several threads.
    [[nodiscard]] std::vector<RocVertex> thin(std::span<const std::uint32_t> id,
                                              std::span<const std::uint32_t> ood) const;

  private:
    double fprUnit_;                 ///< FPR an OOD sample
    double tprUnit_;                 ///< TPR an ID sample
    double pixels_;                  ///< of a side
    std::vector<double> logColumn_;  ///< by number of OOD samples accepted: x in the logarithmic view, px
};

}  // namespace dicescope
