#pragma once

#include <vector>

#include "core/base/error.h"
#include "core/base/job.h"
#include "core/base/matrix.h"

namespace dicescope {

// Dense linear algebra by the BLAS and LAPACK that LibTorch brings, on the CPU with all processors. Matrices
// are row-major; nothing here throws. Calls may run on several threads at once.

/// out (N x M) = a (N x K) * b (M x K)^T. Errors: Mismatch (shapes), OutOfMemory.
[[nodiscard]] Status multiplyTransposed(MatrixView<const float> a, MatrixView<const float> b,
                                        MatrixView<float> out);
[[nodiscard]] Status multiplyTransposed(MatrixView<const double> a, MatrixView<const double> b,
                                        MatrixView<double> out);

/// out (N x M) = a (N x K) * b (K x M). Errors: Mismatch (shapes), OutOfMemory.
[[nodiscard]] Status multiply(MatrixView<const float> a, MatrixView<const float> b, MatrixView<float> out);
[[nodiscard]] Status multiply(MatrixView<const double> a, MatrixView<const double> b, MatrixView<double> out);

/// out (K x K) += rows (N x K)^T * rows on and below the diagonal; above it nothing is promised until
/// mirrorLower(), so that a sum over many blocks is mirrored once. Errors: Mismatch (shapes), OutOfMemory.
[[nodiscard]] Status addLowerGram(MatrixView<const double> rows, MatrixView<double> out);

/// Copies what is below the diagonal of a square matrix to above it.
void mirrorLower(MatrixView<double> matrix);

/// Eigenvalues in increasing order and the eigenvectors, one a ROW, of unit length.
struct SymmetricEigen {
    std::vector<double> values;  ///< K
    Matrix<double> vectors;      ///< K x K
};

/// Of a symmetric K x K matrix (the lower triangle is read). Cannot be stopped: about 1 s at K = 1,000 and
/// 10 s at K = 2,048 on two cores. Errors: Mismatch (not square), InvalidArgument (a value that is not
/// finite), OutOfMemory.
[[nodiscard]] Result<SymmetricEigen> symmetricEigen(MatrixView<const double> matrix);

/// Moore-Penrose pseudo-inverse (M x N) of an N x M matrix, singular values below max(N, M) * eps * largest
/// taken as zero (numpy.linalg.matrix_rank's tolerance). Errors: InvalidArgument (a value that is not
/// finite), OutOfMemory.
[[nodiscard]] Result<Matrix<double>> pseudoInverse(MatrixView<const double> matrix);

/// Count, mean and scatter matrix of the rows of a feature matrix.
struct FeatureMoments {
    std::size_t samples = 0;
    std::vector<double> mean;  ///< D
    Matrix<double> scatter;    ///< D x D: sum over the rows of (h - mean)(h - mean)^T; covariance * samples
};

/// In two passes over blocks of rows, float64 throughout; memory beyond the result: one block. Stops within
/// one block (about 50 ms at D = 2,048). Progress in rows. Errors: InvalidArgument (no row, or a value that
/// is not finite), OutOfMemory, Cancelled.
[[nodiscard]] Result<FeatureMoments> featureMoments(MatrixView<const float> features, const Job& job);

}  // namespace dicescope
