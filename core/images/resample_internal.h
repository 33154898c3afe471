#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/images/resize.h"
#include "core/images/rgb_image.h"

namespace dicescope::detail {

/// The weights of a run of neighbouring output positions along one axis. Output position i (counted from the
/// first one of the run) is the sum over t < count[i] of input[first[i] + t] * weights[i * stride + t], in
/// 22-bit fixed point.
struct ResampleFilter {
    int stride = 0;
    std::vector<int> first;
    std::vector<int> count;
    std::vector<std::int32_t> weights;

    [[nodiscard]] std::size_t size() const { return first.size(); }
    /// The input positions that any output of the run reads: [inputBegin, inputEnd).
    [[nodiscard]] int inputBegin() const { return first.front(); }
    [[nodiscard]] int inputEnd() const { return first.back() + count.back(); }
};

/// Fractional bits of the weights; the sum starts at one half so that the shift rounds.
inline constexpr int kWeightBits = 32 - 8 - 2;

/// The weights for output positions [begin, begin + size) when inputSize pixels become outputSize.
[[nodiscard]] ResampleFilter makeFilter(int inputSize, std::int64_t outputSize, std::int64_t begin, int size,
                                        Interpolation interpolation);

/// A part of an image: `left` and `top` may lie far out where the whole would not fit into memory.
struct Window {
    std::int64_t left = 0;
    std::int64_t top = 0;
    int width = 0;
    int height = 0;
};

/// The pixels inside `window` of the image resized to width x height; only what they need is computed.
[[nodiscard]] RgbImage resampleWindow(const RgbImage& image, std::int64_t width, std::int64_t height,
                                      const Window& window, Interpolation interpolation);

/// One row of RGB pixels along x. `row` starts at input pixel `origin`; reads one byte past the last input
/// pixel and writes one byte past the last output pixel.
void resampleRow(const std::uint8_t* row, int origin, const ResampleFilter& filter, std::uint8_t* out);

/// One output row along y: out[b] = sum over t of rows[t * rowBytes + b] * weights[t], for b < bytes.
void resampleColumns(const std::uint8_t* rows, std::size_t rowBytes, std::span<const std::int32_t> weights,
                     std::size_t bytes, std::uint8_t* out);

}  // namespace dicescope::detail
