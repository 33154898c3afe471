#include "core/features/activation_range.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace dicescope {

ActivationRange activationRange(MatrixView<const float> features, double percent, std::size_t mostRows) {
    const std::size_t rows = std::min(features.rows, mostRows);
    std::vector<float> values;
    values.reserve(rows * features.cols);
    for (std::size_t r = 0; r < rows; ++r) {
        const auto row = features.row(r * features.rows / rows);
        std::copy_if(row.begin(), row.end(), std::back_inserter(values),
                     [](float v) { return std::isfinite(v); });
    }
    if (values.empty()) return {};
    const double position = percent / 100.0 * static_cast<double>(values.size() - 1);
    const auto at = values.begin() + static_cast<std::ptrdiff_t>(std::ceil(position));
    std::nth_element(values.begin(), at, values.end());
    return {static_cast<double>(*std::max_element(at, values.end())), static_cast<double>(*at)};
}

}  // namespace dicescope
