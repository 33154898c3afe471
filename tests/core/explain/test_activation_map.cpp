#include <QtTest>
#include <cmath>

#include "core/explain/activation_map.h"
#include "explain_case.h"

using namespace dicescope;
using explain_case::Case;
using explain_case::near;
using explain_case::randomFeatures;

namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();

std::vector<float> pooled(const Matrix<float>& maps) {
    std::vector<float> means;
    for (std::size_t d = 0; d < maps.rows(); ++d) {
        double sum = 0;
        for (const float value : maps.view().row(d)) sum += static_cast<double>(value);
        means.push_back(static_cast<float>(sum / static_cast<double>(maps.cols())));
    }
    return means;
}

}  // namespace

class TestActivationMap : public QObject {
    Q_OBJECT

  private slots:
    void everyPositionAndTheSum() {
        const Case c(4, 10, 1);
        const auto maps = randomFeatures(10, 6, 2);
        const auto h = pooled(maps);
        for (const float clip : {kInf, 0.6F}) {
            for (std::size_t row = 0; row < c.rows(); ++row) {
                const auto result = activationMaps(maps.view(), 2, 3, h, c.head(), c.mask(row), 3, clip);
                QVERIFY(result.has_value());
                QCOMPARE(result->classIndex, std::size_t{3});
                QVERIFY(result->dense.rows() == 2 && result->dense.cols() == 3);
                for (std::size_t i = 0; i < 6; ++i) {
                    double dense = 0, kept = 0;
                    for (std::size_t d = 0; d < 10; ++d) {
                        const double scale =
                            static_cast<double>(std::min(h[d], clip)) / static_cast<double>(h[d]);
                        const double value =
                            static_cast<double>(c.weight(3, d)) * scale * static_cast<double>(maps(d, i));
                        dense += value;
                        kept += explain_case::keeps(c, row, 3, d) ? value : 0;
                    }
                    QVERIFY(near(static_cast<double>(result->dense.data()[i]), dense, 1e-6));
                    QVERIFY(near(static_cast<double>(result->kept.data()[i]), kept, 1e-6));
                    QVERIFY(near(static_cast<double>(result->difference.data()[i]), dense - kept, 1e-6));
                }
                const double bias = static_cast<double>(c.bias[3]);
                const double dense = explain_case::logit(c, c.rows() - 1, 3, h, {}, clip) - bias;
                const double kept = explain_case::logit(c, row, 3, h, {}, clip) - bias;
                QVERIFY(near(result->denseMean, dense, 1e-6));
                QVERIFY(near(result->keptMean, kept, 1e-6));
                QVERIFY(near(result->denseContribution, dense, 1e-9));
                QVERIFY(near(result->keptContribution, kept, 1e-9));
                QVERIFY(result->checkError() < 1e-5);
            }
        }
    }

    void withoutAFeatureTheMapsArePooled() {
        const Case c(2, 5, 3);
        const auto maps = randomFeatures(5, 4, 4);
        const auto result = activationMaps(maps.view(), 2, 2, {}, c.head(), c.mask(3), 0, 0.5F);
        QVERIFY(result.has_value());
        QVERIFY(result->checkError() < 1e-12);
    }

    /// Maps that are not what the model pools, those before a max pooling say, do not pass the check.
    void otherMapsFailTheCheck() {
        const Case c(2, 5, 5);
        const auto maps = randomFeatures(5, 4, 6);
        auto h = pooled(maps);
        for (std::size_t d = 0; d < 5; ++d) h[d] = *std::ranges::max_element(maps.view().row(d));
        const auto result = activationMaps(maps.view(), 2, 2, h, c.head(), {}, 0, {});
        QVERIFY(result->checkError() > 0.01);
    }

    void unitsWithoutActivationUnderAClip() {
        const Matrix<float> weight(1, 2, std::vector<float>{3, -1});
        const std::vector<float> bias{7};
        const Matrix<float> maps(2, 2, std::vector<float>{0, 0, -4, 2});
        const auto result = activationMaps(maps.view(), 1, 2, {}, {weight.view(), bias}, {}, 0, 0.5F);
        QVERIFY(result->dense(0, 0) == 4 && result->dense(0, 1) == -2);
        QCOMPARE(result->denseMean, 1.0);
        QCOMPARE(result->checkError(), 0.0);
    }

    void refusesWhatDoesNotFit() {
        const Case c(2, 5, 7);
        const auto maps = randomFeatures(5, 4, 8);
        const auto code = [&](std::size_t height, std::size_t width, const std::vector<float>& h,
                              std::size_t k, float clip) {
            return activationMaps(maps.view(), height, width, h, c.head(), {}, k, clip).error().code;
        };
        QCOMPARE(code(2, 3, {}, 0, kInf), ErrorCode::Mismatch);
        QCOMPARE(code(0, 4, {}, 0, kInf), ErrorCode::InvalidArgument);
        QCOMPARE(code(2, 2, {1, 2}, 0, kInf), ErrorCode::Mismatch);
        QCOMPARE(code(2, 2, {}, 2, kInf), ErrorCode::InvalidArgument);
        QCOMPARE(code(2, 2, {}, 0, 0), ErrorCode::InvalidArgument);
        const Case other(2, 6, 7);
        QCOMPARE(activationMaps(maps.view(), 2, 2, {}, other.head(), {}, 0, {}).error().code,
                 ErrorCode::Mismatch);
    }
};

QTEST_APPLESS_MAIN(TestActivationMap)
#include "test_activation_map.moc"
