#include "core/linalg/linear_algebra.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "core/base/blas_threads.h"
#include "core/base/exceptions.h"
#include "core/base/parallel.h"

namespace dicescope {
namespace {

// Rows of a product that one thread computes at a time: enough for the BLAS to be at its best.
constexpr std::size_t kRowsAtATime = 256;

constexpr const char* kOutOfMemory =
    "Memory ran out in a matrix product; close other programs or use fewer images.";

template <class T>
at::Tensor tensorOf(MatrixView<T> matrix) {
    using Value = std::remove_const_t<T>;
    // from_blob() takes no const pointer; nothing writes through those of const views.
    return at::from_blob(const_cast<Value*>(matrix.data),
                         {static_cast<std::int64_t>(matrix.rows), static_cast<std::int64_t>(matrix.cols)},
                         c10::CppTypeToScalarType<Value>::value);
}

template <class Body>
auto guarded(const Body& body) -> decltype(body()) {
    return withoutExceptions("A matrix product", kOutOfMemory, [&] {
        const c10::NoGradGuard inference;
        return body();
    });
}

// The threads are this program's own, over blocks of rows: the BLAS would let one caller at a time use its
// threads, and its results might depend on their number.
template <class Body>
void overRows(std::size_t rows, const Body& body) {
    parallelFor(rows, kRowsAtATime, 0, [&](std::size_t begin, std::size_t end) {
        const OneBlasThread alone;
        const c10::NoGradGuard inference;
        body(static_cast<std::int64_t>(begin), static_cast<std::int64_t>(end - begin));
    });
}

template <class T>
Status product(MatrixView<const T> a, MatrixView<const T> b, bool transposed, MatrixView<T> out) {
    const std::size_t inner = transposed ? b.cols : b.rows;
    const std::size_t columns = transposed ? b.rows : b.cols;
    if (a.cols != inner || out.rows != a.rows || out.cols != columns) {
        return fail(ErrorCode::Mismatch,
                    "The matrices of a product do not fit together: " + std::to_string(a.rows) + " x " +
                        std::to_string(a.cols) + " and " + std::to_string(b.rows) + " x " +
                        std::to_string(b.cols) + ".");
    }
    if (out.empty()) return {};
    return guarded([&]() -> Status {
        const at::Tensor left = tensorOf(a);
        const at::Tensor right = transposed ? tensorOf(b).t() : tensorOf(b);
        const at::Tensor result = tensorOf(out);
        overRows(a.rows, [&](std::int64_t begin, std::int64_t count) {
            at::Tensor rows = result.narrow(0, begin, count);
            at::mm_out(rows, left.narrow(0, begin, count), right);
        });
        return {};
    });
}

bool allFinite(MatrixView<const double> matrix) {
    return std::ranges::all_of(matrix.flat(), [](double value) { return std::isfinite(value); });
}

tl::unexpected<Error> notFinite() {
    return fail(ErrorCode::InvalidArgument,
                "A matrix to be decomposed holds NaN or infinity; look for broken feature rows.");
}

std::vector<double> valuesOf(const at::Tensor& tensor) {
    const at::Tensor plain = tensor.contiguous();
    const double* data = plain.data_ptr<double>();
    return {data, data + plain.numel()};
}

}  // namespace

Status multiplyTransposed(MatrixView<const float> a, MatrixView<const float> b, MatrixView<float> out) {
    return product(a, b, true, out);
}

Status multiplyTransposed(MatrixView<const double> a, MatrixView<const double> b, MatrixView<double> out) {
    return product(a, b, true, out);
}

Status multiply(MatrixView<const float> a, MatrixView<const float> b, MatrixView<float> out) {
    return product(a, b, false, out);
}

Status multiply(MatrixView<const double> a, MatrixView<const double> b, MatrixView<double> out) {
    return product(a, b, false, out);
}

Status addLowerGram(MatrixView<const double> rows, MatrixView<double> out) {
    if (out.rows != rows.cols || out.cols != rows.cols) {
        return fail(ErrorCode::Mismatch, "The sum of products has not one row and column a feature.");
    }
    if (out.empty() || rows.rows == 0) return {};
    return guarded([&]() -> Status {
        const at::Tensor values = tensorOf(rows);
        const at::Tensor sums = tensorOf(out);
        overRows(out.rows, [&](std::int64_t begin, std::int64_t count) {
            at::Tensor stripe = sums.narrow(0, begin, count).narrow(1, 0, begin + count);
            stripe.addmm_(values.narrow(1, begin, count).t(), values.narrow(1, 0, begin + count));
        });
        return {};
    });
}

void mirrorLower(MatrixView<double> matrix) {
    for (std::size_t r = 0; r < matrix.rows; ++r) {
        for (std::size_t c = 0; c < r; ++c) matrix(c, r) = matrix(r, c);
    }
}

Result<SymmetricEigen> symmetricEigen(MatrixView<const double> matrix) {
    if (matrix.rows != matrix.cols) return fail(ErrorCode::Mismatch, "The matrix is not square.");
    if (!allFinite(matrix)) return notFinite();
    if (matrix.empty()) return SymmetricEigen{};
    return guarded([&]() -> Result<SymmetricEigen> {
        useBlasThreads(static_cast<int>(defaultThreadCount()));
        const auto [values, columns] = at::linalg_eigh(tensorOf(matrix), "L");
        return SymmetricEigen{valuesOf(values),
                              Matrix<double>(matrix.rows, matrix.cols, valuesOf(columns.t()))};
    });
}

Result<Matrix<double>> pseudoInverse(MatrixView<const double> matrix) {
    if (!allFinite(matrix)) return notFinite();
    if (matrix.empty()) return Matrix<double>(matrix.cols, matrix.rows);
    return guarded([&]() -> Result<Matrix<double>> {
        useBlasThreads(static_cast<int>(defaultThreadCount()));
        const double tolerance =
            static_cast<double>(std::max(matrix.rows, matrix.cols)) * std::numeric_limits<double>::epsilon();
        return Matrix<double>(matrix.cols, matrix.rows,
                              valuesOf(at::linalg_pinv(tensorOf(matrix), tolerance, false)));
    });
}

}  // namespace dicescope
