#include <QtTest>
#include <cmath>
#include <limits>

#include "core/features/feature_mean.h"
#include "core/features/npy.h"
#include "feature_test_support.h"

using namespace dicescope;
using namespace dicescope::test;

namespace {

Matrix<float> goldenRows() {
    const auto array = readNpy(golden("mean_rows.npy")).value();
    Matrix<float> rows(array.rows(), array.cols());
    for (std::size_t i = 0; i < array.values.size(); ++i)
        rows.data()[i] = static_cast<float>(array.values[i]);
    return rows;
}

}  // namespace

class TestFeatureMean : public QObject {
    Q_OBJECT

  private slots:
    void isNumPysMeanToTheBit() {
        const auto rows = goldenRows();
        const auto mean = featureMean(rows.view());
        QVERIFY(mean.has_value());
        QCOMPARE(mean->rows, std::size_t{500});
        QCOMPARE(mean->nonFiniteRows, std::size_t{0});
        QVERIFY(mean->mean == readNpy(golden("mean.npy"))->values);
    }

    void piecesGiveTheSameBits() {
        const auto rows = goldenRows();
        const auto whole = featureMean(rows.view())->mean;
        for (const std::size_t piece : {1U, 3U, 128U, 499U}) {
            MeanAccumulator accumulator(rows.cols());
            for (std::size_t begin = 0; begin < rows.rows(); begin += piece) {
                const std::size_t count = std::min(piece, rows.rows() - begin);
                const MatrixView<const float> part{rows.data() + begin * rows.cols(), count, rows.cols()};
                QVERIFY(accumulator.addRows(part).has_value());
            }
            QCOMPARE(accumulator.count(), rows.rows());
            QVERIFY(accumulator.mean()->mean == whole);
        }
    }

    void brokenRowsAreCountedAndLeftOut() {
        const float nan = std::numeric_limits<float>::quiet_NaN();
        const float inf = std::numeric_limits<float>::infinity();
        const Matrix<float> rows(5, 2, {1, 2, nan, 7, 3, 6, 9, -inf, inf, nan});
        const auto mean = featureMean(rows.view());
        QVERIFY(mean.has_value());
        QCOMPARE(mean->mean, (std::vector<double>{2, 4}));
        QCOMPARE(mean->rows, std::size_t{2});
        QCOMPARE(mean->nonFiniteRows, std::size_t{3});
    }

    void sumsBeyondFloatRange() {
        const float large = std::numeric_limits<float>::max();
        const Matrix<float> rows(4, 1, large);
        QCOMPARE(featureMean(rows.view())->mean[0], static_cast<double>(large));
    }

    void oneRowIsItsOwnMean() {
        const Matrix<float> rows(1, 3, {0.1F, -0.0F, 5});
        QCOMPARE(featureMean(rows.view())->mean, (std::vector<double>{0.1F, 0, 5}));
    }

    void noMeanWithoutRows() {
        QCOMPARE(featureMean({nullptr, 0, 4}).error().code, ErrorCode::InvalidArgument);
        const Matrix<float> broken(2, 1, std::numeric_limits<float>::quiet_NaN());
        const auto mean = featureMean(broken.view());
        QCOMPARE(mean.error().code, ErrorCode::InvalidArgument);
        QVERIFY(mean.error().message.find("NaN") != std::string::npos);
    }

    void otherWidthIsAMismatch() {
        MeanAccumulator accumulator(3);
        const Matrix<float> rows(1, 2);
        QCOMPARE(accumulator.addRows(rows.view()).error().code, ErrorCode::Mismatch);
        QVERIFY(accumulator.addRows({nullptr, 0, 2}).has_value());
        QCOMPARE(accumulator.count(), std::size_t{0});
    }
};

QTEST_APPLESS_MAIN(TestFeatureMean)
#include "test_feature_mean.moc"
