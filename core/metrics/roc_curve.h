#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/base/error.h"

namespace dicescope {

/// One point of a ROC curve, ID positive: the shares of OOD and of ID scores that are >= threshold.
struct RocPoint {
    double fpr = 0;
    double tpr = 0;
    double threshold = 0;

    friend bool operator==(const RocPoint&, const RocPoint&) = default;
};

/// The part of the ROC plane that is drawn and the pixels that it is drawn on; pixel (i, j) covers
/// [i, i+1) x [j, j+1) of the view scaled to width x height.
struct RocView {
    double fprMin = 0;
    double fprMax = 1;
    double tprMin = 0;
    double tprMax = 1;
    unsigned width = 0;   ///< px, > 0
    unsigned height = 0;  ///< px, > 0
};

/// The whole curve, as sklearn.metrics.roc_curve(drop_intermediate=False): one point a distinct score from
/// the highest to the lowest, after a first point (0, 0) with threshold +inf. Ends in (1, 1). Errors:
/// InvalidArgument (an empty set, NaN).
[[nodiscard]] Result<std::vector<RocPoint>> rocCurve(std::span<const float> idScores,
                                                     std::span<const float> oodScores);
[[nodiscard]] Result<std::vector<RocPoint>> rocCurve(std::span<const double> idScores,
                                                     std::span<const double> oodScores);

/// The points needed to draw `curve` as a polyline on the view, a subset of it in the same order. Rule: of
/// each run of points that fall in the same pixel only the first and the last stay; everything left of the
/// view counts as one more pixel column, everything right, below and above likewise. Since the curve is
/// monotone and a pixel is convex, the thinned polyline passes through exactly the same pixels of the view,
/// and a plotter that moves vertices into their pixels draws exactly the same lines; at most 2 (width +
/// height + 4) points remain. A plotter with subpixel positions (Qt) may shade a pixel next to the curve
/// otherwise, as the line within a pixel is straightened: pass a multiple (2 to 4) of the real width and
/// height to keep subpixels. Errors: InvalidArgument (a view without pixels or extent).
[[nodiscard]] Result<std::vector<RocPoint>> thinForView(std::span<const RocPoint> curve, const RocView& view);

}  // namespace dicescope
