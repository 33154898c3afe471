#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/demo/fashion_mnist.h"

namespace dicescope {

/// A grey image of 28 x 28, row-major.
using DemoImage = std::array<std::uint8_t, kFashionPixels>;

// Each function makes image number `index` of its set, and of nothing but (seed, index): sets can be made in
// any order and on any number of threads. `index` also walks through the kinds of the set, so that each kind
// gets an equal share.

/// A letter, digit or sign in one of OpenCV's Hershey fonts, light on black, under a random affine map.
[[nodiscard]] DemoImage makeGlyph(std::uint64_t seed, std::size_t index);

/// A texture that fills the image: stripes, checkers, rings, Gabor patches, fractal value noise ("plasma") or
/// cells.
[[nodiscard]] DemoImage makeTexture(std::uint64_t seed, std::size_t index);

/// Noise: uniform, Gaussian, Gaussian smoothed over one to two pixels, or sparse impulses.
[[nodiscard]] DemoImage makeNoise(std::uint64_t seed, std::size_t index);

}  // namespace dicescope
