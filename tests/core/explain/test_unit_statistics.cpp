#include <QtTest>
#include <cmath>
#include <limits>

#include "core/explain/unit_statistics.h"
#include "explain_case.h"
#include "golden_case.h"

using namespace dicescope;
using explain_case::Case;
using explain_case::near;
using explain_case::randomFeatures;

namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

bool agrees(const UnitStatistics& statistics, const nlohmann::json& json) {
    bool same = statistics.mean.size() == json["mean"].size();
    for (std::size_t d = 0; same && d < statistics.mean.size(); ++d) {
        same = near(statistics.mean[d], json["mean"][d]) &&
               near(statistics.variance[d], json["variance"][d]) &&
               near(statistics.zeroShare[d], json["zeroShare"][d]) &&
               near(statistics.maximum[d], json["maximum"][d]);
    }
    return same;
}

}  // namespace

class TestUnitStatistics : public QObject {
    Q_OBJECT

  private slots:
    void agreesWithNumpy() {
        const GoldenCase c;
        const auto json = golden("statistics.json");
        QVERIFY(agrees(*unitStatistics(c.id.view()), json["id"]));
        QVERIFY(agrees(*unitStatistics(c.ood.view()), json["ood"]));
        QVERIFY(agrees(*unitStatistics(c.id.view(), json["clip"].get<float>()), json["clipped"]));
    }

    /// More rows than are held at a time, on a large offset that a sum of squares about 0 would lose.
    void manyRowsAroundALargeMean() {
        const std::size_t rows = 20'000;
        auto features = randomFeatures(rows, 3, 5);
        for (std::size_t r = 0; r < rows; ++r) {
            features(r, 1) += 4096;
            features(r, 2) = 0;
        }
        const auto statistics = unitStatistics(features.view());
        QVERIFY(statistics.has_value());
        QCOMPARE(statistics->samples, rows);
        for (std::size_t d = 0; d < 3; ++d) {
            double mean = 0, variance = 0, zeros = 0;
            for (std::size_t r = 0; r < rows; ++r) mean += static_cast<double>(features(r, d));
            mean /= static_cast<double>(rows);
            for (std::size_t r = 0; r < rows; ++r) {
                variance += std::pow(static_cast<double>(features(r, d)) - mean, 2);
                zeros += features(r, d) == 0 ? 1 : 0;
            }
            QVERIFY(near(statistics->mean[d], mean, 1e-12));
            QVERIFY(near(statistics->variance[d], variance / static_cast<double>(rows), 1e-10));
            QVERIFY(near(statistics->zeroShare[d], zeros / static_cast<double>(rows), 1e-15));
        }
        QCOMPARE(statistics->zeroShare[2], 1.0);
    }

    void withoutRowsNothingIsKnown() {
        const Matrix<float> none(0, 2);
        const auto statistics = unitStatistics(none.view());
        QVERIFY(statistics.has_value());
        QCOMPARE(statistics->samples, std::size_t{0});
        QCOMPARE(statistics->units(), std::size_t{2});
        QVERIFY(std::isnan(statistics->mean[0]) && std::isnan(statistics->variance[1]) &&
                std::isnan(statistics->zeroShare[0]) && std::isnan(statistics->maximum[1]));
    }

    void stopsAndRefuses() {
        const auto features = randomFeatures(2000, 4, 6);
        std::stop_source source;
        source.request_stop();
        QCOMPARE(unitStatistics(features.view(), {}, {source.get_token(), {}}).error().code,
                 ErrorCode::Cancelled);
        QCOMPARE(unitStatistics(features.view(), -1.0F).error().code, ErrorCode::InvalidArgument);
    }

    void histogramsShareTheirBins() {
        const Matrix<float> first(4, 2, std::vector<float>{0, 9, 1, 9, 2, 9, 0, 9});
        const Matrix<float> second(3, 2, std::vector<float>{4, 9, 3, 9, kNan, 9});
        const Matrix<float> empty(0, 2);
        const std::vector<MatrixView<const float>> sets{first.view(), second.view(), empty.view()};
        const auto result = unitHistograms(sets, 0, 4);
        QVERIFY(result.has_value());
        QCOMPARE(result->bins, (HistogramBins{0, 4, 4}));
        QVERIFY((result->sets[0].counts == std::vector<std::uint64_t>{2, 1, 1, 0}));
        QVERIFY((result->sets[1].counts == std::vector<std::uint64_t>{0, 0, 0, 2}));
        QCOMPARE(result->sets[2].total, std::uint64_t{0});
        QCOMPARE(result->zeroShare[0], 0.5);
        QCOMPARE(result->zeroShare[1], 0.0);
        QVERIFY(std::isnan(result->zeroShare[2]));

        const auto clipped = unitHistograms(sets, 0, 2, 1.0F);
        QCOMPARE(clipped->bins, (HistogramBins{0, 1, 2}));
        QVERIFY((clipped->sets[0].counts == std::vector<std::uint64_t>{2, 2}));
    }

    void histogramsRefuseWhatDoesNotFit() {
        const Matrix<float> first(2, 2), second(2, 3);
        const std::vector<MatrixView<const float>> one{first.view()};
        const std::vector<MatrixView<const float>> both{first.view(), second.view()};
        QCOMPARE(unitHistograms(both, 0, 4).error().code, ErrorCode::Mismatch);
        QCOMPARE(unitHistograms(one, 2, 4).error().code, ErrorCode::InvalidArgument);
        QCOMPARE(unitHistograms(one, 0, 0).error().code, ErrorCode::InvalidArgument);
    }

    void strongestRowsFirst() {
        const Matrix<float> features(5, 2, std::vector<float>{0, 3, 0, 5, 0, kNan, 0, 5, 0, -1});
        QVERIFY(
            (strongestRows(features.view(), 1, 3) == std::vector<UnitActivation>{{1, 5}, {3, 5}, {0, 3}}));
        QCOMPARE(strongestRows(features.view(), 1, 100).size(), std::size_t{4});
        QVERIFY(strongestRows(features.view(), 1, 0).empty());
        QVERIFY((unitActivations(features.view(), 1, 4.0F)[1] == 4.0F));
    }

    void outgoingWeightsSayWhatIsKept() {
        const Case c(6, 8, 7);
        for (std::size_t row = 0; row < c.rows(); ++row) {
            for (std::size_t d = 0; d < 8; ++d) {
                const auto weights = outgoingWeights(c.head(), c.mask(row), c.mean, d);
                QCOMPARE(weights->size(), std::size_t{6});
                for (std::size_t k = 0; k < 6; ++k) {
                    const OutgoingWeight& weight = (*weights)[k];
                    QCOMPARE(weight.classIndex, k);
                    QCOMPARE(weight.weight, static_cast<double>(c.weight(k, d)));
                    QCOMPARE(weight.contribution, static_cast<double>(c.weight(k, d)) * c.mean[d]);
                    QCOMPARE(weight.kept, explain_case::keeps(c, row, k, d));
                }
            }
        }
        QCOMPARE((*outgoingWeights(c.head(), {}, {}, 0))[0].contribution, 0.0);
        QCOMPARE(outgoingWeights(c.head(), {}, {}, 8).error().code, ErrorCode::InvalidArgument);
        QCOMPARE(outgoingWeights(c.head(), {}, std::vector<double>(3), 0).error().code, ErrorCode::Mismatch);
    }
};

QTEST_APPLESS_MAIN(TestUnitStatistics)
#include "test_unit_statistics.moc"
