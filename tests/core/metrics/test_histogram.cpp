#include <QtTest>
#include <limits>
#include <numeric>

#include "core/metrics/histogram.h"
#include "golden_file.h"

using namespace dicescope;

constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

class TestHistogram : public QObject {
    Q_OBJECT

  private slots:
    void agreesWithNumpy() {
        const auto cases = golden("histograms.json");
        QVERIFY(cases.size() >= 5);
        for (const auto& json : cases) {
            const std::vector<float> scores = json["scores"];
            const std::vector<std::uint64_t> counts = json["counts"];
            const HistogramBins bins{json["low"], json["high"], counts.size()};
            const auto result = histogram(scores, bins);
            QVERIFY(result.has_value());
            QVERIFY2(result->counts == counts, std::string(json["name"]).c_str());
            QCOMPARE(result->underflow, json["underflow"].get<std::uint64_t>());
            QCOMPARE(result->overflow, json["overflow"].get<std::uint64_t>());
            QCOMPARE(result->total, std::uint64_t{scores.size()});
            for (std::size_t i = 0; i <= counts.size(); ++i)
                QCOMPARE(bins.edge(i), json["edges"][i].get<double>());
            const auto density = result->density();
            for (std::size_t i = 0; i < counts.size(); ++i)
                QCOMPARE(density[i], json["density"][i].get<double>());
        }
    }

    void edgesOpenTheirBin() {
        const HistogramBins bins{0, 3, 3};
        const auto result = histogram(std::vector<float>{0, 1, 2, 3}, bins);
        QVERIFY(result.has_value());
        QVERIFY((result->counts == std::vector<std::uint64_t>{1, 1, 2}));
    }

    void countsWhatLiesOutside() {
        const auto result = histogram(std::vector<float>{-kInf, -1, 0.5F, 2, kInf, kInf}, {0, 1, 4});
        QVERIFY(result.has_value());
        QVERIFY(result->underflow == 2 && result->overflow == 3);
        QVERIFY((result->counts == std::vector<std::uint64_t>{0, 0, 1, 0}));
        const auto density = result->density();
        QCOMPARE(std::accumulate(density.begin(), density.end(), 0.0) * result->bins.width(), 1.0 / 6);
    }

    void commonBinsSpanAllFiniteScores() {
        const std::vector<float> id{1, 5, kInf, kNan};
        const std::vector<float> ood{-2, 3, -kInf};
        const std::vector<std::span<const float>> sets{id, ood};
        QCOMPARE(*commonBins(sets, 7), (HistogramBins{-2, 5, 7}));
    }

    void commonBinsOfEqualScoresAreNotEmpty() {
        const auto of = [](std::vector<float> scores) {
            const std::vector<std::span<const float>> sets{scores};
            return *commonBins(sets, 4);
        };
        QCOMPARE(of({2, 2}), (HistogramBins{1.5, 2.5, 4}));
        QCOMPARE(of({}), (HistogramBins{0, 1, 4}));
        for (const float huge : {3e38F, -3e38F, 1e20F}) {
            const HistogramBins bins = of({huge});
            const auto result = histogram(std::vector<float>{huge}, bins);
            QVERIFY(result.has_value());
            QCOMPARE(std::accumulate(result->counts.begin(), result->counts.end(), std::uint64_t{0}),
                     std::uint64_t{1});
        }
    }

    void noScoresGiveEmptyBins() {
        const auto result = histogram({}, {0, 1, 3});
        QVERIFY(result.has_value());
        QVERIFY((result->counts == std::vector<std::uint64_t>(3)));
        QVERIFY((result->density() == std::vector<double>(3)));
    }

    void refusesUnusableBinsAndNan() {
        const std::vector<float> scores{1};
        const double inf = std::numeric_limits<double>::infinity();
        for (const HistogramBins& bins :
             {HistogramBins{0, 1, 0}, HistogramBins{1, 1, 2}, HistogramBins{2, 1, 2},
              HistogramBins{0, inf, 2}, HistogramBins{-inf, 0, 2},
              HistogramBins{0, std::numeric_limits<double>::quiet_NaN(), 2},
              HistogramBins{0, std::numeric_limits<double>::denorm_min(), 2}}) {
            const auto result = histogram(scores, bins);
            QVERIFY(!result && result.error().code == ErrorCode::InvalidArgument);
        }
        QVERIFY(!histogram(std::vector<float>{1, kNan}, {0, 1, 2}));
        QVERIFY(!commonBins({}, 0));
    }
};

QTEST_APPLESS_MAIN(TestHistogram)
#include "test_histogram.moc"
