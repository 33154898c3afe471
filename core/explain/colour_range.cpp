#include "core/explain/colour_range.h"

#include <algorithm>
#include <cmath>

#include "core/sparsity/contribution.h"

namespace dicescope {

double symmetricRange(std::vector<double> values) {
    constexpr double kColourPercentile = 99.5;
    if (values.empty()) return 1;
    for (double& value : values) value = std::abs(value);
    const double robust = percentile(values, kColourPercentile);
    if (robust > 0) return robust;
    const double largest = *std::ranges::max_element(values);
    return largest > 0 ? largest : 1;
}

}  // namespace dicescope
