#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "core/explain/image_explanation.h"
#include "ui/inspect/image_list.h"
#include "ui/plots/chart_data.h"

namespace dicescope {

/// Densities of the scores of every set at the list's row (dense where the query looks at the dense side),
/// each set in its colour, in bins over all of them. Empty without a score. Below 1 ms for 90,000 images.
[[nodiscard]] ChartData scoreChart(const ImageList& list);
/// The threshold, and the score of an image where one is given.
[[nodiscard]] std::vector<ChartMark> scoreMarks(const ImageList& list, std::optional<std::uint32_t> record);

/// Bars of what a logit is made of, and which unit a bar is.
struct WaterfallChart {
    ChartData data;
    /// units[series][point]: the unit; nothing for the bias and for the rests.
    std::vector<std::vector<std::optional<std::size_t>>> units;
};
/// From left to right: the bias, the largest kept contributions and the sum of the others, a gap, the largest
/// dropped ones and their rest.
[[nodiscard]] WaterfallChart waterfallChart(const Waterfall& waterfall, const QString& className);

}  // namespace dicescope
