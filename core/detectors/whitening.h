#pragma once

// Internal to core/detectors: coordinates in which a covariance is the identity.

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/base/matrix.h"
#include "core/detectors/kept_fit.h"

namespace dicescope {

/// Takes features, less a centre, to where a covariance is the identity.
struct Whitening {
    std::vector<double> centre;  ///< D
    Matrix<double> axes;         ///< R x D: eigenvectors over the root of their eigenvalues
    Matrix<double> leftOut;      ///< D - R x D: eigenvectors of eigenvalues that count as zero

    /// (features - centre) axes^T: n x R.
    [[nodiscard]] Result<Matrix<double>> apply(MatrixView<const float> features) const;
};

void listFields(FitFields& fields, Whitening& whitening, const TrainingData& training);
/// Under names that begin with `prefix`.
void listFields(FitFields& fields, const std::string& prefix, Whitening& whitening, std::size_t units);

/// Of the covariance scatter / samples, by its pseudo-inverse: directions in which the training images do not
/// vary, but for rounding errors of sums as large as `scale`, are left out. ridge is added to the scatter's
/// diagonal. Errors: InvalidArgument where no direction is left, and those of symmetricEigen().
[[nodiscard]] Result<Whitening> whiten(Matrix<double> scatter, double scale, std::size_t samples,
                                       double ridge, std::span<const double> centre);

/// Turns the axes of a whitening so that a second covariance, scatter / samples, becomes diagonal as well;
/// returns one over its diagonal (R). It must leave out the same directions as the first. Errors: those of
/// the linear algebra.
[[nodiscard]] Result<std::vector<double>> rotateToDiagonal(Whitening& whitening,
                                                           MatrixView<const double> scatter,
                                                           std::size_t samples);

/// Whether a scatter matrix is zero in the directions that a whitening leaves out, but for rounding errors.
[[nodiscard]] bool isZeroOutside(const Whitening& whitening, MatrixView<const double> scatter);

[[nodiscard]] double largestDiagonal(MatrixView<const double> matrix);

}  // namespace dicescope
