#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/analysis/comparison.h"

namespace dicescope {

/// One detector on one OOD set or on an average over several.
struct ComparisonRow {
    std::string ood;  ///< name of the set, "average", "average-near" or "average-far"
    std::size_t oodCount = 0;
    OodMetrics metrics;
    const MetricIntervals* intervals = nullptr;   ///< null where there are none
    const MetricIntervals* difference = nullptr;  ///< to the baseline
};

/// The OOD sets in their order, their average, then those of the near and far groups where there are any. The
/// detector must have numbers; pointers are into it.
[[nodiscard]] std::vector<ComparisonRow> comparisonRows(const Comparison& comparison,
                                                        const ComparedDetector& detector);

/// The names of these rows.
[[nodiscard]] std::vector<std::string> comparisonColumns(const Comparison& comparison);

/// What a star beside a number means, in a sentence of plain ASCII; empty where no number is tested.
[[nodiscard]] std::string starLegend(const Comparison& comparison);

/// What the numbers mean, in sentences of plain ASCII; where the comparison is partial, that first.
[[nodiscard]] std::vector<std::string> comparisonConventions(const Comparison& comparison);

}  // namespace dicescope
