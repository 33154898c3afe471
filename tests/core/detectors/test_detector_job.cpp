#include <QtTest>
#include <memory>
#include <stop_token>

#include "core/detectors/bank.h"
#include "golden_cases.h"

using namespace dicescope;

namespace {

DetectorCase manyZeros() {
    const std::size_t rows = 2 * kTileRows + 100;
    std::vector<int> labels(rows);
    for (std::size_t r = 0; r < rows; ++r) labels[r] = r % 9 == 0 ? -1 : static_cast<int>(r % 2);
    return {Matrix<float>(2, 3, {1, 0, -1, 0, 1, 0.5F}),
            {0, 0.5F},
            Matrix<float>(rows, 3),
            std::move(labels),
            Matrix<float>(5, 3)};
}

/// Requests a stop in its scoring and then looks whether its job knows of it.
class Stopping final : public Detector {
  public:
    explicit Stopping(std::stop_source& source) : source_(source) {}
    [[nodiscard]] bool usesLogits() const override { return false; }

  private:
    [[nodiscard]] Status scoreRows(const FeatureBlock& /*block*/, std::span<double> /*scores*/,
                                   const Job& job) const override {
        source_.request_stop();
        if (job.stopRequested()) return cancelled();
        return {};
    }

    std::stop_source& source_;
};

/// Reports that it is through with half of a block.
class HalfWay final : public Detector {
  public:
    [[nodiscard]] bool usesLogits() const override { return false; }

  private:
    [[nodiscard]] Status scoreRows(const FeatureBlock& /*block*/, std::span<double> /*scores*/,
                                   const Job& job) const override {
        QTest::qSleep(110);  // reports are at most every 100 ms
        job.report({"comparing", 5, 10});
        return {};
    }
};

}  // namespace

class TestDetectorJob : public QObject {
    Q_OBJECT

  private slots:
    void aStopEndsTheBankWithinATile() {
        const DetectorCase testCase = manyZeros();
        const Bank bank(testCase.training(), 100, 1, 0);
        std::stop_source source;
        const Job job{source.get_token(), {}};
        ProgressMeter meter(job, "comparing", 5 * bank.size());
        std::vector<std::size_t> visited;
        const auto visit = [&](MatrixView<const float> products, std::size_t first) -> Status {
            visited.push_back(first);
            if (products.rows != 5 || first == kTileRows) source.request_stop();
            return {};
        };
        const Status status = bank.forEachTile(testCase.test.view(), job, meter, visit);
        QVERIFY(!status);
        QVERIFY(status.error().code == ErrorCode::Cancelled);
        QCOMPARE(visited, (std::vector<std::size_t>{0, kTileRows}));
    }

    void aStopFromTheProgressSinkEndsScoring_data() {
        QTest::addColumn<QString>("text");
        QTest::newRow("knn") << "knn:k=2";
        QTest::newRow("nnguide") << "nnguide:k=2:bank=100";
        QTest::newRow("relation") << "relation";
    }
    void aStopFromTheProgressSinkEndsScoring() {
        QFETCH(QString, text);
        const DetectorCase testCase = manyZeros();
        const auto detector = fitDetector(*parseDetectorSpec(text.toStdString()), testCase.training());
        QVERIFY(detector);
        const Matrix<float> logits(5, 2);
        std::vector<double> scores(5);
        std::vector<Progress> reports;
        std::stop_source source;
        const Job job{source.get_token(), [&](const Progress& progress) {
                          reports.push_back(progress);
                          source.request_stop();
                      }};
        const Status status = (*detector)->score({testCase.test.view(), logits.view()}, scores, job);
        QVERIFY(!status);
        QVERIFY(status.error().code == ErrorCode::Cancelled);
        // The report of the beginning is the only one: no tile was gone through after it.
        QCOMPARE(reports.size(), std::size_t{1});
        QCOMPARE(reports[0].total, std::uint64_t{5 * testCase.features.rows()});
    }

    void scoringReportsEveryComparison() {
        const DetectorCase testCase = manyZeros();
        const auto detector = fitDetector(*parseDetectorSpec("knn:k=2"), testCase.training());
        QVERIFY(detector);
        std::vector<double> scores(5);
        Progress last;
        const Status status = (*detector)->score({testCase.test.view(), {}}, scores,
                                                 {{}, [&](const Progress& progress) { last = progress; }});
        QVERIFY(status);
        QCOMPARE(last.done, std::uint64_t{5 * testCase.features.rows()});
        QCOMPARE(last.total, last.done);
    }

    void aStopWithinADetectorCancelsAll() {
        const DetectorCase testCase = manyZeros();
        std::stop_source source;
        const std::vector<DetectorPtr> detectors{std::make_shared<Stopping>(source)};
        const auto runs =
            scoreFeatures(detectors, testCase.head(), testCase.test.view(), {source.get_token(), {}});
        QVERIFY(!runs);
        QVERIFY(runs.error().code == ErrorCode::Cancelled);
    }

    void progressWithinABlockCountsDetectors() {
        const DetectorCase testCase = manyZeros();
        const std::vector<DetectorPtr> detectors{std::make_shared<HalfWay>(), std::make_shared<HalfWay>()};
        std::vector<std::uint64_t> done;
        const Matrix<float> hundred(100, 3);
        const auto runs = scoreFeatures(detectors, testCase.head(), hundred.view(),
                                        {{}, [&](const Progress& p) { done.push_back(p.done); }});
        QVERIFY(runs);
        QCOMPARE(done, (std::vector<std::uint64_t>{0, 25, 75, 100}));
    }

    void fitsStopAndReport_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("stage");
        QTest::newRow("knn") << "knn:k=2"
                             << "Fitting KNN";
        QTest::newRow("knn of some") << "knn:k=2:bank=60"
                                     << "Fitting KNN";
        QTest::newRow("nnguide") << "nnguide:k=2:bank=100"
                                 << "Fitting NNGuide";
        QTest::newRow("relation") << "relation"
                                  << "Fitting Relation";
        QTest::newRow("temperature") << "temperature"
                                     << "Fitting temperature scaling";
        QTest::newRow("class means") << "mahalanobis:ridge=1"
                                     << "Means of the classes";
        QTest::newRow("scatter") << "mahalanobis:ridge=1"
                                 << "Scatter of the labelled images";
    }
    void fitsStopAndReport() {
        QFETCH(QString, text);
        QFETCH(QString, stage);
        const DetectorCase testCase = manyZeros();
        const DetectorSpec spec = *parseDetectorSpec(text.toStdString());
        std::vector<Progress> reports;
        std::stop_source source;
        const auto stopped =
            fitDetector(spec, testCase.training(), {source.get_token(), [&](const Progress& p) {
                                                        if (p.stage != stage.toStdString()) return;
                                                        reports.push_back(p);
                                                        source.request_stop();
                                                    }});
        QVERIFY(!stopped);
        QVERIFY(stopped.error().code == ErrorCode::Cancelled);
        QCOMPARE(reports.size(), std::size_t{1});
        QCOMPARE(reports[0].done, std::uint64_t{0});

        const auto fitted = fitDetector(spec, testCase.training(), {{}, [&](const Progress& p) {
                                                                        if (p.stage == stage.toStdString())
                                                                            reports.push_back(p);
                                                                    }});
        QVERIFY2(fitted, fitted ? "" : fitted.error().message.c_str());
        QCOMPARE(reports.back().done, reports.back().total);
        QVERIFY(reports.back().total > kTileRows);
    }
};

QTEST_APPLESS_MAIN(TestDetectorJob)
#include "test_detector_job.moc"
