#include <QtTest>
#include <random>

#include "core/detectors/feature_percentile.h"
#include "core/detectors/subsample.h"
#include "core/sparsity/contribution.h"

using namespace dicescope;

class TestFeaturePercentile : public QObject {
    Q_OBJECT

  private slots:
    /// percentile() is tested against numpy.
    void flatEqualsSorting() {
        std::mt19937 random(3);
        std::normal_distribution<float> normal;
        Matrix<float> features(5000, 7);
        for (float& value : features.view().flat()) value = std::max(-0.4F, normal(random));
        const std::vector<double> all(features.view().flat().begin(), features.view().flat().end());
        for (const double percent : {0.0, 10.0, 33.3, 50.0, 90.0, 99.99, 100.0}) {
            const auto value = flatPercentile(features.view(), percent, {});
            QVERIFY(value);
            QVERIFY(std::abs(*value - percentile(all, percent)) < 1e-12);
        }
    }

    void columnsEqualSorting() {
        const Matrix<float> features(4, 2, {4, 10, 1, 10, 3, 10, 2, 30});
        const auto values = columnPercentiles(features.view(), 50, {});
        QVERIFY(values);
        QCOMPARE(*values, (std::vector<double>{2.5, 10}));
    }

    void holdsAsManyColumnsAsMemoryAllows() {
        QCOMPARE(columnsAtATime(1, 2), std::size_t{16});
        QCOMPARE(columnsAtATime(1'000'000, 2), std::size_t{16});
        QCOMPARE(columnsAtATime(1'000'000, 16), std::size_t{2});
        QCOMPARE(columnsAtATime(1'000'000'000, 2), std::size_t{1});
    }

    void oneValue() {
        const Matrix<float> features(1, 1, {-3.5F});
        QCOMPARE(*flatPercentile(features.view(), 90, {}), -3.5);
        QCOMPARE(columnPercentiles(features.view(), 90, {})->front(), -3.5);
    }

    void stops() {
        std::stop_source source;
        source.request_stop();
        const Matrix<float> features(10, 2);
        QVERIFY(!flatPercentile(features.view(), 90, {source.get_token(), {}}));
        QVERIFY(!columnPercentiles(features.view(), 90, {source.get_token(), {}}));
    }

    void drawsDifferentRowsInOrder() {
        const auto rows = drawRows(1000, 100, 5);
        QCOMPARE(rows.size(), std::size_t{100});
        for (std::size_t i = 1; i < rows.size(); ++i) QVERIFY(rows[i] > rows[i - 1]);
        QVERIFY(rows.back() < 1000);
        QCOMPARE(drawRows(1000, 100, 5), rows);
        QVERIFY(drawRows(1000, 100, 6) != rows);
        QCOMPARE(drawRows(4, 9, 1), (std::vector<std::size_t>{0, 1, 2, 3}));
    }

    void everyRowIsEquallyLikely() {
        std::vector<int> counts(10);
        for (std::uint64_t seed = 0; seed < 5000; ++seed) {
            for (const std::size_t row : drawRows(10, 3, seed)) ++counts[row];
        }
        for (const int count : counts)
            QVERIFY2(count > 1350 && count < 1650, qPrintable(QString::number(count)));
    }

    void sharesAreRoundedUp() {
        QCOMPARE(shareOf(1000, 1, 1), std::size_t{10});
        QCOMPARE(shareOf(1001, 1, 1), std::size_t{11});
        QCOMPARE(shareOf(1000, 1, 100), std::size_t{100});
        QCOMPARE(shareOf(50, 1, 100), std::size_t{50});
    }
};

QTEST_APPLESS_MAIN(TestFeaturePercentile)
#include "test_feature_percentile.moc"
