#include <QtTest>
#include <cmath>
#include <vector>

#include "core/sparsity/contribution.h"
#include "golden_file.h"

using dicescope::contribution;
using dicescope::ErrorCode;
using dicescope::Matrix;
using dicescope::percentile;
using dicescope::percentileOfSorted;

class TestContribution : public QObject {
    Q_OBJECT

  private slots:
    void isProductInDoublePrecision() {
        const Matrix<float> weight(2, 3, {1.5f, -2.0f, 0.1f, 0.0f, 3.0f, -1e-30f});
        const std::vector<double> mean{0.1, 1.0 / 3.0, 1e-300};
        const auto values = contribution(weight.view(), mean);
        QVERIFY(values);
        for (std::size_t c = 0; c < 2; ++c) {
            for (std::size_t d = 0; d < 3; ++d) QCOMPARE((*values)(c, d), double{weight(c, d)} * mean[d]);
        }
    }

    void refusesAMeanOfAnotherWidth() {
        const Matrix<float> weight(2, 3);
        const auto values = contribution(weight.view(), std::vector<double>(4));
        QVERIFY(!values);
        QVERIFY(values.error().code == ErrorCode::Mismatch);
    }

    void percentileEqualsNumpyBitForBit() {
        for (const auto& testCase : golden("percentile.json")) {
            const auto values = testCase["values"].get<std::vector<double>>();
            auto sorted = values;
            std::sort(sorted.begin(), sorted.end());
            for (std::size_t i = 0; i < testCase["p"].size(); ++i) {
                const double p = testCase["p"][i];
                const double expected = testCase["expected"][i];
                // Not QCOMPARE, which lets doubles differ in their last bits.
                QVERIFY2(percentile(values, p) == expected, testCase.dump().c_str());
                QVERIFY2(percentileOfSorted(sorted, p) == expected, testCase.dump().c_str());
            }
        }
    }

    void percentileLeavesTheValuesAlone() {
        const std::vector<double> values{3, 1, 2};
        QCOMPARE(percentile(values, 50), 2.0);
        QCOMPARE(values, (std::vector<double>{3, 1, 2}));
    }
};

QTEST_APPLESS_MAIN(TestContribution)
#include "test_contribution.moc"
