#pragma once

#include <vector>

namespace dicescope {

/// Half the width of a symmetric colour range that a few extreme values do not decide: the 99.5th percentile
/// (numpy's) of the magnitudes; the largest one where that is 0, and 1 where all are 0 or there is none.
/// Values must be finite.
[[nodiscard]] double symmetricRange(std::vector<double> values);

}  // namespace dicescope
