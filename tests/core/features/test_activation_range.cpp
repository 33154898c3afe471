#include "core/features/activation_range.h"

#include <QtTest>
#include <cmath>
#include <limits>
#include <vector>

using namespace dicescope;

class TestActivationRange : public QObject {
    Q_OBJECT

  private slots:
    void findsLargestAndPercentile() {
        std::vector<float> values(1000);
        for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>((i * 7919) % 1000);
        // numpy.percentile(numpy.arange(1000), q, method="higher")
        const MatrixView<const float> features{values.data(), 100, 10};
        QCOMPARE(activationRange(features, 90).usual, 900.0);
        QCOMPARE(activationRange(features, 0).usual, 0.0);
        QCOMPARE(activationRange(features, 100).usual, 999.0);
        QCOMPARE(activationRange(features, 90).largest, 999.0);
    }

    void passesOverWhatIsNotFinite() {
        const float nan = std::numeric_limits<float>::quiet_NaN();
        const float infinity = std::numeric_limits<float>::infinity();
        const std::vector<float> values{1, nan, 2, infinity, -infinity, 3};
        const auto range = activationRange({values.data(), 2, 3}, 100);
        QCOMPARE(range.largest, 3.0);
        QCOMPARE(range.usual, 3.0);
    }

    void nothingGivesZero() {
        QCOMPARE(activationRange({nullptr, 0, 5}, 90).largest, 0.0);
        const std::vector<float> values(4, std::numeric_limits<float>::quiet_NaN());
        QCOMPARE(activationRange({values.data(), 2, 2}, 90).usual, 0.0);
    }

    void looksAtEvenlySpacedRows() {
        std::vector<float> values(1000);
        for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i);
        // Rows 0, 100, ..., 900.
        QCOMPARE(activationRange({values.data(), 1000, 1}, 50, 10).largest, 900.0);
    }
};

QTEST_APPLESS_MAIN(TestActivationRange)
#include "test_activation_range.moc"
