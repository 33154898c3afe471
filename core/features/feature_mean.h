#pragma once

#include <cstddef>
#include <vector>

#include "core/base/error.h"
#include "core/base/matrix.h"

namespace dicescope {

/// The mean feature E[h] of the method, and over how many rows it was taken.
struct FeatureMean {
    std::vector<double> mean;  ///< D
    std::size_t rows = 0;      ///< rows in the mean, at least 1
    std::size_t nonFiniteRows =
        0;  ///< rows left out because they hold NaN or infinity: tell the user when not 0
};

/// The mean of rows that arrive in pieces: one float64 sum a column, added row after row. The same rows in
/// the same order give the same bits however they were cut into pieces, and the same bits as NumPy's
/// `x.mean(axis=0, dtype=float64)`. Rows with a NaN or an infinity are counted and left out, so that one
/// broken image does not spoil the mean. Memory: D doubles. Not thread-safe.
class MeanAccumulator {
  public:
    explicit MeanAccumulator(std::size_t columns);

    /// Adds rows of `columns` values each. Errors: Mismatch when rows.cols differs and there is a row.
    [[nodiscard]] Status addRows(MatrixView<const float> rows);

    [[nodiscard]] std::size_t count() const { return count_; }  ///< rows in the mean so far
    [[nodiscard]] std::size_t nonFiniteRows() const { return nonFiniteRows_; }
    /// Errors: InvalidArgument when no row with finite values was added.
    [[nodiscard]] Result<FeatureMean> mean() const;

  private:
    std::vector<double> sums_;
    std::size_t count_ = 0;
    std::size_t nonFiniteRows_ = 0;
};

/// The mean of all rows of N x D features. Errors: InvalidArgument when no row has finite values only.
[[nodiscard]] Result<FeatureMean> featureMean(MatrixView<const float> features);

}  // namespace dicescope
