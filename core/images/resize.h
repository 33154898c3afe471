#pragma once

#include "core/images/rgb_image.h"

namespace dicescope {

enum class Interpolation { Bilinear, Bicubic };

/// Resizes to width x height (both >= 1) bit-exactly as Pillow's Image.resize with the same filter:
/// antialiased (the filter's support grows with the reduction), two passes with 8 bits between them, 22-bit
/// fixed point. The horizontal pass comes first, except, as in Pillow 13 and later, where the height shrinks
/// by more than twice what the width does; Pillow 12 and earlier always take the horizontal pass first and
/// differ there by a level in a few pixels. Source: Pillow 13.0, src/libImaging/Resample.c.
[[nodiscard]] RgbImage resizeAsPillow(const RgbImage& image, int width, int height,
                                      Interpolation interpolation);

/// Resizes the shorter side to `size` (>= 1) as torchvision's Resize(int): the longer side is int(size * long
/// / short), which must fit into an int; an image that has the size already is returned unchanged.
[[nodiscard]] RgbImage resizeShorterSide(const RgbImage& image, int size, Interpolation interpolation);

/// Cuts out the centre as torchvision's CenterCrop: smaller images are first padded with zeros (left and top
/// get the smaller half), offsets are int(round((side - size) / 2)) with Python's rounding of halves to even.
[[nodiscard]] RgbImage centerCrop(const RgbImage& image, int height, int width);

}  // namespace dicescope
