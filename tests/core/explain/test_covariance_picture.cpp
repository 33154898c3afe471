#include <QtTest>
#include <cmath>
#include <numeric>

#include "core/explain/covariance_picture.h"
#include "explain_case.h"
#include "golden_case.h"

using namespace dicescope;
using explain_case::near;

class TestCovariancePicture : public QObject {
    Q_OBJECT

  private slots:
    void everyEntryAgreesWithNumpy() {
        const GoldenCase c;
        const auto json = golden("theory.json")["covariance"];
        const auto moments = *featureMoments(c.id.view(), {});
        const std::vector<std::uint32_t> order{8, 0, 3, 2, 1, 7, 6, 5, 4};
        for (std::size_t k = 0; k < c.weight.rows(); ++k) {
            const auto picture = covariancePicture(moments, c.head(), {}, k, order, 100);
            QVERIFY(picture.has_value());
            QCOMPARE(picture->value.rows(), std::size_t{9});
            for (std::size_t y = 0; y < 9; ++y) {
                for (std::size_t x = 0; x < 9; ++x) {
                    const double expected = json[k][order[y]][order[x]];
                    QVERIFY(std::abs(static_cast<double>(picture->value(y, x)) - expected) < 1e-6);
                }
            }
            QVERIFY(picture->range > 0);
        }
    }

    void blocksShowTheirLargestEntry() {
        const GoldenCase c;
        const auto json = golden("theory.json")["covariance"];
        const auto moments = *featureMoments(c.id.view(), {});
        const std::vector<std::uint32_t> order{4, 1, 8, 0, 7, 3, 5};
        for (const std::size_t pixels : {1, 2, 3, 5}) {
            const auto picture = covariancePicture(moments, c.head(), {}, 2, order, pixels);
            for (std::size_t y = 0; y < pixels; ++y) {
                for (std::size_t x = 0; x < pixels; ++x) {
                    double largest = 0;
                    for (std::size_t i = y * 7 / pixels; i < (y + 1) * 7 / pixels; ++i) {
                        for (std::size_t j = x * 7 / pixels; j < (x + 1) * 7 / pixels; ++j) {
                            const double value = json[2][order[i]][order[j]];
                            if (std::abs(value) > std::abs(largest)) largest = value;
                        }
                    }
                    QVERIFY(std::abs(static_cast<double>(picture->value(y, x)) - largest) < 1e-6);
                }
            }
        }
    }

    void droppedWeightsHaveNoCovariance() {
        const GoldenCase c;
        const auto moments = *featureMoments(c.id.view(), {});
        const std::vector<std::uint32_t> order{0, 1, 2, 3, 4, 5, 6, 7, 8};
        const HeadMask mask{&c.plan, 2};
        const auto dense = covariancePicture(moments, c.head(), {}, 0, order, 9);
        const auto masked = covariancePicture(moments, c.head(), mask, 0, order, 9);
        for (std::size_t y = 0; y < 9; ++y) {
            for (std::size_t x = 0; x < 9; ++x) {
                const bool kept = mask.keeps(0, y) && mask.keeps(0, x);
                QCOMPARE(masked->value(y, x), kept ? dense->value(y, x) : 0.0F);
            }
        }
        const auto nothing = covariancePicture(moments, c.head(), {&c.plan, 6}, 0, order, 9);
        QCOMPARE(nothing->range, 1.0);
    }

    /// A mask that drops nearly everything must not decide the colours of the rest.
    void theRangeIsOfWhatIsNotZero() {
        constexpr std::size_t kSide = 60;
        constexpr std::size_t kLast = 2;  // units 0 to 2 have a weight
        Matrix<float> weight(1, kSide);
        for (std::size_t d = 0; d <= kLast; ++d) weight(0, d) = static_cast<float>(d + 1);
        const std::vector<float> bias{0};
        // One unit after the other is 1: each has the variance (1/N)(1 - 1/N), two of them -1/N^2.
        Matrix<float> features(kSide, kSide);
        for (std::size_t i = 0; i < kSide; ++i) features(i, i) = 1;
        const auto moments = *featureMoments(std::as_const(features).view(), {});
        std::vector<std::uint32_t> order(kSide);
        std::iota(order.begin(), order.end(), 0U);
        const HeadView head{std::as_const(weight).view(), bias};
        const auto picture = covariancePicture(moments, head, {}, 0, order, kSide);
        const double n = kSide;
        // Sorted magnitudes of the nine entries end in 4 var and 9 var; numpy's percentile between them.
        const double variance = (1 - 1 / n) / n;
        const double expected = variance * (4 + (9 - 4) * (0.995 * 8 - 7));
        QVERIFY2(std::abs(picture->range / expected - 1) < 1e-5, qPrintable(QString::number(picture->range)));
    }

    void refusesWhatDoesNotFit() {
        const GoldenCase c;
        const auto moments = *featureMoments(c.id.view(), {});
        const std::vector<std::uint32_t> order{0, 1}, beyond{9};
        const auto code = [&](std::size_t k, const std::vector<std::uint32_t>& units, std::size_t pixels) {
            return covariancePicture(moments, c.head(), {}, k, units, pixels).error().code;
        };
        QCOMPARE(code(4, order, 2), ErrorCode::InvalidArgument);
        QCOMPARE(code(0, beyond, 2), ErrorCode::InvalidArgument);
        QCOMPARE(code(0, order, 0), ErrorCode::InvalidArgument);
        QCOMPARE(code(0, {}, 2), ErrorCode::InvalidArgument);
        const explain_case::Case other(2, 3, 1);
        QCOMPARE(covariancePicture(moments, other.head(), {}, 0, order, 2).error().code, ErrorCode::Mismatch);
    }
};

QTEST_APPLESS_MAIN(TestCovariancePicture)
#include "test_covariance_picture.moc"
