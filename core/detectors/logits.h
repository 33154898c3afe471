#pragma once

// Internal to core/detectors: logits of blocks of rows.

#include <cstddef>
#include <span>
#include <string>

#include "core/base/error.h"
#include "core/base/matrix.h"
#include "core/detectors/detector.h"

namespace dicescope {

/// Rows that are scored or fitted at a time.
inline constexpr std::size_t kDetectorBlockRows = 1024;

/// Logits or probabilities of training images that a detector may keep: 2 GB of them.
inline constexpr std::size_t kMostKeptLogits = 500'000'000;

/// out (n x C) = features (n x D) * weight (C x D)^T + bias, float32. Errors: those of multiplyTransposed().
[[nodiscard]] Status computeLogits(MatrixView<const float> features, MatrixView<const float> weight,
                                   std::span<const float> bias, MatrixView<float> out);

/// The first `rows` rows of a matrix that has at least so many.
template <class T>
[[nodiscard]] MatrixView<T> firstRows(Matrix<T>& matrix, std::size_t rows) {
    return {matrix.data(), rows, matrix.cols()};
}

/// `count` rows of a view from row `begin` on.
[[nodiscard]] inline MatrixView<const float> rowsOf(MatrixView<const float> matrix, std::size_t begin,
                                                    std::size_t count) {
    return {matrix.data + begin * matrix.cols, count, matrix.cols};
}

/// The sentence where memory runs out in this room.
[[nodiscard]] std::string detectorMemorySentence();

}  // namespace dicescope
