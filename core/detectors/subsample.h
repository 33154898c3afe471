#pragma once

// Internal to core/detectors: rows drawn from the training set.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/matrix.h"

namespace dicescope {

/// `wanted` different indices of 0..count-1 in increasing order, every subset equally likely; all of them
/// where wanted >= count. The same on every platform for the same seed.
[[nodiscard]] std::vector<std::size_t> drawRows(std::size_t count, std::size_t wanted, std::uint64_t seed);

/// A percentage of the rows, rounded up, but at least `atLeast` where there are so many.
[[nodiscard]] std::size_t shareOf(std::size_t count, double percent, std::size_t atLeast);

/// Copies the rows named to the first rows of `out`.
void copyRows(MatrixView<const float> matrix, const std::vector<std::size_t>& rows, std::size_t begin,
              MatrixView<float> out);

}  // namespace dicescope
