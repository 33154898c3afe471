#pragma once

#include <QString>
#include <optional>

#include "ui/compare/comparison_columns.h"

namespace dicescope {

// How the comparison's table writes its headers, cells and tool tips.

/// Two lines: which sets, and which metric.
[[nodiscard]] QString headerText(const ComparisonColumn& column, const Comparison& comparison);
/// The same in one line, for text that is copied: "dtd5 FPR95".
[[nodiscard]] QString headerLine(const ComparisonColumn& column, const Comparison& comparison);
/// What the column means, by which convention.
[[nodiscard]] QString headerTip(const ComparisonColumn& column, const Comparison& comparison);

/// "23.41", "▼ −1.20", "0.8": percent, percentage points, seconds.
[[nodiscard]] QString valueText(const ComparisonColumn& column, double value, int verdict);
/// "[22.9, 24.0]".
[[nodiscard]] QString intervalText(const ComparisonColumn& column, const Interval& interval);
/// Everything that is known of a metric of one detector.
[[nodiscard]] QString cellTip(const ComparedDetector& detector, const ComparisonColumn& column,
                              const Comparison& comparison);

}  // namespace dicescope
