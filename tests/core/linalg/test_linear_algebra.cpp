#include <QtTest>
#include <cmath>
#include <limits>
#include <random>

#include "core/linalg/linear_algebra.h"

using namespace dicescope;

namespace {

template <class T>
Matrix<T> randomMatrix(std::size_t rows, std::size_t cols, unsigned seed) {
    std::mt19937 engine(seed);
    std::normal_distribution<double> normal;
    Matrix<T> matrix(rows, cols);
    for (std::size_t i = 0; i < matrix.size(); ++i) matrix.data()[i] = static_cast<T>(normal(engine));
    return matrix;
}

template <class T>
double largestDifference(const Matrix<T>& a, const Matrix<T>& b) {
    double largest = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        largest = std::max(largest, std::abs(static_cast<double>(a.data()[i] - b.data()[i])));
    }
    return largest;
}

template <class T>
Matrix<T> naiveProduct(const Matrix<T>& a, const Matrix<T>& b) {
    Matrix<T> out(a.rows(), b.cols());
    for (std::size_t i = 0; i < a.rows(); ++i) {
        for (std::size_t j = 0; j < b.cols(); ++j) {
            double sum = 0;
            for (std::size_t k = 0; k < a.cols(); ++k) sum += static_cast<double>(a(i, k)) * b(k, j);
            out(i, j) = static_cast<T>(sum);
        }
    }
    return out;
}

template <class T>
Matrix<T> transposed(const Matrix<T>& a) {
    Matrix<T> out(a.cols(), a.rows());
    for (std::size_t i = 0; i < a.rows(); ++i) {
        for (std::size_t j = 0; j < a.cols(); ++j) out(j, i) = a(i, j);
    }
    return out;
}

template <class T>
void productsAgree(double tolerance) {
    // More rows than one thread takes at a time, and not a multiple of them.
    const auto a = randomMatrix<T>(700, 13, 1);
    const auto b = randomMatrix<T>(13, 9, 2);
    const auto expected = naiveProduct(a, b);
    Matrix<T> out(700, 9, T{7});
    QVERIFY(multiply(a.view(), b.view(), out.view()).has_value());
    QVERIFY(largestDifference(out, expected) < tolerance);
    const auto bTransposed = transposed(b);
    Matrix<T> again(700, 9, std::numeric_limits<T>::quiet_NaN());
    QVERIFY(multiplyTransposed(a.view(), bTransposed.view(), again.view()).has_value());
    QVERIFY(largestDifference(again, expected) < tolerance);
}

}  // namespace

class TestLinearAlgebra : public QObject {
    Q_OBJECT

  private slots:
    void productsAreThoseOfLoops() {
        productsAgree<float>(1e-5);
        productsAgree<double>(1e-12);
    }

    void shapesThatDoNotFitAreRefused() {
        Matrix<float> a(3, 4);
        Matrix<float> b(5, 6);
        Matrix<float> out(3, 6);
        QCOMPARE(multiply(a.view(), b.view(), out.view()).error().code, ErrorCode::Mismatch);
        QCOMPARE(multiplyTransposed(a.view(), b.view(), out.view()).error().code, ErrorCode::Mismatch);
        Matrix<double> rows(2, 3);
        Matrix<double> gram(2, 2);
        QCOMPARE(addLowerGram(rows.view(), gram.view()).error().code, ErrorCode::Mismatch);
        QCOMPARE(symmetricEigen(rows.view()).error().code, ErrorCode::Mismatch);
    }

    void anEmptyInnerDimensionGivesZeros() {
        const Matrix<double> a(3, 0);
        const Matrix<double> b(0, 2);
        Matrix<double> out(3, 2, 5.0);
        QVERIFY(multiply(a.view(), b.view(), out.view()).has_value());
        QCOMPARE(largestDifference(out, Matrix<double>(3, 2)), 0.0);
    }

    void gramAddsToWhatIsThere() {
        const auto rows = randomMatrix<double>(40, 600, 3);
        const auto expected = naiveProduct(transposed(rows), rows);
        Matrix<double> out(600, 600, 1.0);
        QVERIFY(addLowerGram(rows.view(), out.view()).has_value());
        mirrorLower(out.view());
        for (std::size_t i = 0; i < out.size(); ++i) out.data()[i] -= 1;
        QVERIFY(largestDifference(out, expected) < 1e-11);
    }

    void eigenvectorsRebuildTheMatrix() {
        const auto rows = randomMatrix<double>(30, 20, 4);
        const auto matrix = naiveProduct(transposed(rows), rows);
        const auto eigen = symmetricEigen(matrix.view());
        QVERIFY(eigen.has_value());
        QVERIFY(std::ranges::is_sorted(eigen->values));
        Matrix<double> scaled = eigen->vectors;
        for (std::size_t k = 0; k < 20; ++k) {
            for (std::size_t d = 0; d < 20; ++d) scaled(k, d) *= eigen->values[k];
        }
        QVERIFY(largestDifference(naiveProduct(transposed(eigen->vectors), scaled), matrix) < 1e-10);
        Matrix<double> one(20, 20);
        for (std::size_t k = 0; k < 20; ++k) one(k, k) = 1;
        QVERIFY(largestDifference(naiveProduct(eigen->vectors, transposed(eigen->vectors)), one) < 1e-12);
    }

    void pseudoInverseOfADeficientMatrix() {
        // Rank 2 in 5 x 4: the four conditions of Penrose define the inverse.
        const auto a = naiveProduct(randomMatrix<double>(5, 2, 5), randomMatrix<double>(2, 4, 6));
        const auto inverse = pseudoInverse(a.view());
        QVERIFY(inverse.has_value());
        const auto left = naiveProduct(a, *inverse);
        const auto right = naiveProduct(*inverse, a);
        QVERIFY(largestDifference(naiveProduct(left, a), a) < 1e-12);
        QVERIFY(largestDifference(naiveProduct(right, *inverse), *inverse) < 1e-12);
        QVERIFY(largestDifference(left, transposed(left)) < 1e-12);
        QVERIFY(largestDifference(right, transposed(right)) < 1e-12);
    }

    void valuesThatAreNotFiniteAreRefused() {
        Matrix<double> matrix(3, 3, 1.0);
        matrix(1, 2) = std::numeric_limits<double>::quiet_NaN();
        QCOMPARE(symmetricEigen(matrix.view()).error().code, ErrorCode::InvalidArgument);
        QCOMPARE(pseudoInverse(matrix.view()).error().code, ErrorCode::InvalidArgument);
        Matrix<float> features(3, 2, 1.0F);
        features(2, 1) = std::numeric_limits<float>::infinity();
        QCOMPARE(featureMoments(features.view(), {}).error().code, ErrorCode::InvalidArgument);
    }

    void momentsAreThoseOfLoops() {
        const auto rows = randomMatrix<float>(1300, 7, 7);
        const auto moments = featureMoments(rows.view(), {});
        QVERIFY(moments.has_value());
        QCOMPARE(moments->samples, std::size_t{1300});
        for (std::size_t d = 0; d < 7; ++d) {
            double mean = 0;
            for (std::size_t r = 0; r < 1300; ++r) mean += static_cast<double>(rows(r, d)) / 1300;
            QVERIFY(std::abs(moments->mean[d] - mean) < 1e-12);
        }
        for (std::size_t d = 0; d < 7; ++d) {
            for (std::size_t e = 0; e < 7; ++e) {
                double sum = 0;
                for (std::size_t r = 0; r < 1300; ++r) {
                    sum += (static_cast<double>(rows(r, d)) - moments->mean[d]) *
                           (static_cast<double>(rows(r, e)) - moments->mean[e]);
                }
                QVERIFY(std::abs(moments->scatter(d, e) - sum) < 1e-9);
            }
        }
    }

    void momentsStop() {
        const auto rows = randomMatrix<float>(2000, 3, 8);
        std::stop_source source;
        source.request_stop();
        QCOMPARE(featureMoments(rows.view(), {source.get_token(), {}}).error().code, ErrorCode::Cancelled);
        QCOMPARE(featureMoments(Matrix<float>(0, 3).view(), {}).error().code, ErrorCode::InvalidArgument);
    }
};

QTEST_APPLESS_MAIN(TestLinearAlgebra)
#include "test_linear_algebra.moc"
