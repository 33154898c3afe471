#include "core/detectors/subsample.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

namespace dicescope {
namespace {

/// Uniform in 0..bound-1; the standard's distributions differ between platforms.
std::size_t below(std::mt19937_64& random, std::size_t bound) {
    const std::uint64_t limit = std::mt19937_64::max() - std::mt19937_64::max() % bound;
    std::uint64_t value = random();
    while (value >= limit) value = random();
    return static_cast<std::size_t>(value % bound);
}

}  // namespace

std::vector<std::size_t> drawRows(std::size_t count, std::size_t wanted, std::uint64_t seed) {
    std::vector<std::size_t> rows;
    if (wanted >= count) {
        rows.resize(count);
        std::iota(rows.begin(), rows.end(), std::size_t{0});
        return rows;
    }
    // Selection sampling (Knuth, The Art of Computer Programming 2, 3.4.2, algorithm S).
    std::mt19937_64 random(seed);
    rows.reserve(wanted);
    for (std::size_t i = 0; rows.size() < wanted; ++i) {
        if (below(random, count - i) < wanted - rows.size()) rows.push_back(i);
    }
    return rows;
}

std::size_t shareOf(std::size_t count, double percent, std::size_t atLeast) {
    const auto share = static_cast<std::size_t>(std::ceil(static_cast<double>(count) * (percent / 100)));
    return std::min(count, std::max(share, atLeast));
}

void copyRows(MatrixView<const float> matrix, const std::vector<std::size_t>& rows, std::size_t begin,
              MatrixView<float> out) {
    for (std::size_t r = 0; r < out.rows; ++r)
        std::ranges::copy(matrix.row(rows[begin + r]), out.row(r).begin());
}

}  // namespace dicescope
