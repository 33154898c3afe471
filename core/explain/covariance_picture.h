#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/base/error.h"
#include "core/base/matrix.h"
#include "core/explain/masked_head.h"
#include "core/explain/variance_theory.h"
#include "core/linalg/linear_algebra.h"

namespace dicescope {

/// Figure 4 of the DICE paper: covariance w_d w_e Cov(h_d, h_e) of the contributions to one class, reduced to
/// a picture.
struct CovariancePicture {
    Matrix<float> value;  ///< S x S, symmetric: the entry of largest magnitude in each block
    double range = 1;     ///< half the width of a robust symmetric colour range: the 99.5th percentile of the
                          ///< picture's magnitudes that are not 0; 1 where all are
};

/// order: the units along both sides, each once (a part of them is fine); pixels: most blocks a side, >= 1;
/// S = min(pixels, order.size()), blocks as in MapPicture. Weights that the mask drops count as 0. O(D^2).
/// Errors: those of checkHead() and checkClass(); Mismatch (moments), InvalidArgument (no samples, no such
/// unit, no pixels), OutOfMemory.
[[nodiscard]] Result<CovariancePicture> covariancePicture(const FeatureMoments& moments, const HeadView& head,
                                                          const HeadMask& mask, std::size_t c,
                                                          std::span<const std::uint32_t> order,
                                                          std::size_t pixels);

}  // namespace dicescope
