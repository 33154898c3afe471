#include <QtTest>
#include <limits>
#include <random>

#include "core/metrics/ood_metrics.h"
#include "golden_file.h"
#include "naive_metrics.h"

using namespace dicescope;

class TestOodMetrics : public QObject {
    Q_OBJECT

    static OodMetrics fromJson(const nlohmann::json& json) {
        return {json["fpr95"],    json["fpr95_ood_positive"], json["auroc"], json["aupr_in"],
                json["aupr_out"], json["threshold"],          json["tpr"]};
    }

    static bool isRefused(const Result<OodMetrics>& result, const char* because) {
        return !result && result.error().code == ErrorCode::InvalidArgument &&
               result.error().message.find(because) != std::string::npos;
    }

  private slots:
    void agreesWithScikitLearn() {
        const auto cases = golden("metrics.json");
        QVERIFY(cases.size() >= 10);
        for (const auto& json : cases) {
            const std::vector<double> id = json["id"];
            const std::vector<double> ood = json["ood"];
            const auto metrics = computeOodMetrics(id, ood);
            QVERIFY(metrics.has_value());
            QVERIFY2(naive::agree(*metrics, fromJson(json["common"])), std::string(json["name"]).c_str());
            const std::vector<float> idFloat(id.begin(), id.end());
            const std::vector<float> oodFloat(ood.begin(), ood.end());
            const auto single = computeOodMetrics(idFloat, oodFloat);
            QVERIFY(single.has_value());
            if (std::equal(id.begin(), id.end(), idFloat.begin()) &&
                std::equal(ood.begin(), ood.end(), oodFloat.begin())) {
                QCOMPARE(*single, *metrics);
            }
        }
    }

    void agreesWithTheNaiveCount_data() {
        QTest::addColumn<int>("values");
        QTest::addColumn<int>("ids");
        QTest::addColumn<int>("oods");
        for (const int values : {2, 7, 40, 1'000'000}) {
            for (const int ids : {1, 2, 19, 20, 21, 100, 640}) {
                QTest::addRow("%d values, %d ID", values, ids) << values << ids << 1 + ids * 7 % 53;
            }
        }
    }
    void agreesWithTheNaiveCount() {
        QFETCH(int, values);
        QFETCH(int, ids);
        QFETCH(int, oods);
        std::mt19937 random(static_cast<unsigned>(values + ids));
        std::uniform_int_distribution<int> value(0, values);
        std::vector<double> id(static_cast<std::size_t>(ids));
        std::vector<double> ood(static_cast<std::size_t>(oods));
        for (double& score : id) score = value(random) + values / 5;
        for (double& score : ood) score = value(random);
        for (const std::size_t percent : {std::size_t{1}, std::size_t{50}, std::size_t{90}, std::size_t{95},
                                          std::size_t{99}, std::size_t{100}}) {
            const auto metrics = computeOodMetrics(id, ood, static_cast<double>(percent) / 100);
            QVERIFY(metrics.has_value());
            QVERIFY(naive::agree(*metrics, naive::metrics(id, ood, percent)));
        }
    }

    void orderOfScoresDoesNotMatter() {
        const std::vector<float> id{3, 1, 2, 2, 9};
        const std::vector<float> ood{0, 2, 5};
        QCOMPARE(*computeOodMetrics(id, ood),
                 *computeOodMetrics(std::vector<float>{9, 2, 1, 2, 3}, std::vector<float>{5, 0, 2}));
    }

    void infinityIsAScore() {
        constexpr double kInf = std::numeric_limits<double>::infinity();
        const std::vector<double> id{kInf, 1, 1, kInf};
        const std::vector<double> ood{-kInf, kInf, 0};
        const auto metrics = computeOodMetrics(id, ood);
        QVERIFY(metrics.has_value());
        QVERIFY(naive::agree(*metrics, naive::metrics(id, ood)));
        QCOMPARE(computeOodMetrics(std::vector<double>{kInf}, std::vector<double>{-kInf})->threshold, kInf);
    }

    void refusesWhatHasNoAnswer() {
        const std::vector<double> good{1, 2};
        const std::vector<double> bad{1, std::numeric_limits<double>::quiet_NaN(), 3};
        QVERIFY(isRefused(computeOodMetrics({}, good), "\"ID\" has no scores"));
        QVERIFY(isRefused(computeOodMetrics(good, std::vector<double>()), "\"OOD\" has no scores"));
        QVERIFY(isRefused(computeOodMetrics(bad, good), "1 of the 3 scores of the set \"ID\""));
        QVERIFY(isRefused(computeOodMetrics(good, bad), "1 of the 3 scores of the set \"OOD\""));
        for (const double level : {0.0, -1.0, 1.01, std::numeric_limits<double>::quiet_NaN()}) {
            QVERIFY(isRefused(computeOodMetrics(good, good, level), "true positive rate"));
        }
    }

    void countsAtLevelAreExact() {
        for (std::size_t n = 1; n <= 20'000; ++n) {
            for (std::size_t thousandths : {std::size_t{1}, std::size_t{50}, std::size_t{900},
                                            std::size_t{950}, std::size_t{999}, std::size_t{1000}}) {
                const std::size_t expected = (thousandths * n + 999) / 1000;
                if (samplesAtLevel(n, static_cast<double>(thousandths) / 1000) != expected) {
                    QFAIL(qPrintable(QString("%1 of %2").arg(thousandths).arg(n)));
                }
            }
        }
        QCOMPARE(samplesAtLevel(20, 0.95), std::size_t{19});
        QCOMPARE(samplesAtLevel(9000, 0.95), std::size_t{8550});
        QCOMPARE(samplesAtLevel(4'000'000'000, 0.95), std::size_t{3'800'000'000});
        QCOMPARE(samplesAtLevel(10, 1e-15), std::size_t{1});
    }

    void averageIsUnweighted() {
        const OodMetrics a{0.2, 0.4, 0.9, 0.8, 0.7, 0.1, 0.95};
        const OodMetrics b{0.4, 0.6, 0.5, 0.6, 0.5, 0.1, 0.95};
        const OodMetrics c{0.3, 0.8, 0.7, 0.1, 0.3, 0.1, 0.95};
        const OodMetrics expected{0.3, 0.6, 0.7, 0.5, 0.5, 0.1, 0.95};
        QVERIFY(naive::agree(averageMetrics(std::vector{a}), a));
        const OodMetrics average = averageMetrics(std::vector{a, b, c});
        QCOMPARE(average.fpr95, expected.fpr95);
        QCOMPARE(average.fpr95OodPositive, expected.fpr95OodPositive);
        QCOMPARE(average.auroc, expected.auroc);
        QCOMPARE(average.auprIn, expected.auprIn);
        QCOMPARE(average.auprOut, expected.auprOut);
        QVERIFY(average.threshold == 0.1 && average.tpr == 0.95);
    }
};

QTEST_APPLESS_MAIN(TestOodMetrics)
#include "test_ood_metrics.moc"
