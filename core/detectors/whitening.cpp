#include "core/detectors/whitening.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "core/detectors/row_math.h"
#include "core/linalg/linear_algebra.h"

namespace dicescope {
namespace {

/// Eigenvalues of a D x D matrix of sums as large as `scale` that are nothing but rounding errors.
double zeroTolerance(std::size_t units, double scale) {
    return static_cast<double>(units) * std::numeric_limits<double>::epsilon() * scale;
}

}  // namespace

Result<Matrix<double>> Whitening::apply(MatrixView<const float> features) const {
    Matrix<double> centred(features.rows, features.cols);
    forEachRow(features.rows, [&](std::size_t r) {
        for (std::size_t d = 0; d < features.cols; ++d) {
            centred(r, d) = static_cast<double>(features(r, d)) - centre[d];
        }
    });
    Matrix<double> out(features.rows, axes.rows());
    if (auto status = multiplyTransposed(std::as_const(centred).view(), axes.view(), out.view()); !status)
        return forwardError(status);
    return out;
}

void listFields(FitFields& fields, Whitening& whitening, const TrainingData& training) {
    listFields(fields, "", whitening, training.head().units());
}

void listFields(FitFields& fields, const std::string& prefix, Whitening& whitening, std::size_t units) {
    fields.vector(prefix + "centre", whitening.centre, units);
    fields.matrix(prefix + "axes", whitening.axes, FitFields::kAny, units);
    fields.matrix(prefix + "left_out", whitening.leftOut, units - std::min(units, whitening.axes.rows()),
                  FitFields::kAny);
}

Result<Whitening> whiten(Matrix<double> scatter, double scale, std::size_t samples, double ridge,
                         std::span<const double> centre) {
    for (std::size_t d = 0; d < scatter.rows(); ++d) scatter(d, d) += ridge;
    const auto eigen = symmetricEigen(std::as_const(scatter).view());
    if (!eigen) return forwardError(eigen);
    const double tolerance = zeroTolerance(scatter.rows(), std::max(scale, eigen->values.back()));
    const auto first = static_cast<std::size_t>(
        std::ranges::find_if(eigen->values, [&](double value) { return value > tolerance; }) -
        eigen->values.begin());
    if (first == eigen->values.size()) {
        return fail(ErrorCode::InvalidArgument,
                    "The training images of a class do not differ from one another, so there is no "
                    "covariance; use more training images.");
    }
    const double* vectors = eigen->vectors.data();
    Whitening result{{centre.begin(), centre.end()},
                     Matrix<double>(eigen->values.size() - first, scatter.cols()),
                     Matrix<double>(first, scatter.cols(), {vectors, vectors + first * scatter.cols()})};
    for (std::size_t k = first; k < eigen->values.size(); ++k) {
        const double factor = std::sqrt(static_cast<double>(samples) / eigen->values[k]);
        for (std::size_t d = 0; d < scatter.cols(); ++d) {
            result.axes(k - first, d) = factor * eigen->vectors(k, d);
        }
    }
    return result;
}

Result<std::vector<double>> rotateToDiagonal(Whitening& whitening, MatrixView<const double> scatter,
                                             std::size_t samples) {
    const Matrix<double>& axes = whitening.axes;
    Matrix<double> half(axes.rows(), axes.cols());
    if (auto status = multiply(axes.view(), scatter, half.view()); !status) return forwardError(status);
    Matrix<double> inside(axes.rows(), axes.rows());
    if (auto status = multiplyTransposed(std::as_const(half).view(), axes.view(), inside.view()); !status)
        return forwardError(status);
    const auto eigen = symmetricEigen(std::as_const(inside).view());
    if (!eigen) return forwardError(eigen);
    Matrix<double> turned(axes.rows(), axes.cols());
    if (auto status = multiply(eigen->vectors.view(), axes.view(), turned.view()); !status)
        return forwardError(status);
    whitening.axes = std::move(turned);
    std::vector<double> precision;
    for (const double value : eigen->values) precision.push_back(static_cast<double>(samples) / value);
    return precision;
}

bool isZeroOutside(const Whitening& whitening, MatrixView<const double> scatter) {
    const double tolerance = zeroTolerance(scatter.rows, largestDiagonal(scatter));
    for (std::size_t k = 0; k < whitening.leftOut.rows(); ++k) {
        const auto direction = whitening.leftOut.view().row(k);
        double variance = 0;
        for (std::size_t d = 0; d < scatter.rows; ++d)
            variance += direction[d] * dotProduct(scatter.row(d), direction);
        if (variance > tolerance) return false;
    }
    return true;
}

double largestDiagonal(MatrixView<const double> matrix) {
    double largest = 0;
    for (std::size_t d = 0; d < matrix.rows; ++d) largest = std::max(largest, matrix(d, d));
    return largest;
}

}  // namespace dicescope
