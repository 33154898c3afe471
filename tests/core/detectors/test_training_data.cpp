#include <QtTest>
#include <cmath>

#include "golden_cases.h"

using namespace dicescope;

namespace {

double at(const std::vector<std::vector<double>>& rows, std::size_t r, std::size_t c) {
    return rows[r][c];
}

/// By definition, one pair of units at a time.
std::vector<std::vector<double>> naiveWithin(const DetectorCase& testCase,
                                             const TrainingStatistics& statistics) {
    const std::size_t units = testCase.features.cols();
    std::vector<std::vector<double>> scatter(units, std::vector<double>(units));
    for (std::size_t r = 0; r < testCase.features.rows(); ++r) {
        if (testCase.labels[r] < 0) continue;
        const auto c = static_cast<std::size_t>(testCase.labels[r]);
        for (std::size_t a = 0; a < units; ++a) {
            for (std::size_t b = 0; b < units; ++b) {
                scatter[a][b] += (double{testCase.features(r, a)} - statistics.classMeans(c, a)) *
                                 (double{testCase.features(r, b)} - statistics.classMeans(c, b));
            }
        }
    }
    return scatter;
}

}  // namespace

class TestTrainingData : public QObject {
    Q_OBJECT

  private slots:
    void withinScatterIsTotalLessBetween_data() {
        QTest::addColumn<QString>("name");
        QTest::newRow("all labelled") << "small";
        QTest::newRow("some unlabelled") << "wider";
        QTest::newRow("a class without images") << "degenerate";
    }
    void withinScatterIsTotalLessBetween() {
        QFETCH(QString, name);
        const DetectorCase testCase(goldenCases()[name.toStdString()]);
        const auto statistics = testCase.training()->statistics({});
        QVERIFY(statistics);
        const Matrix<double> within = (*statistics)->withinScatter();
        const auto expected = naiveWithin(testCase, **statistics);
        for (std::size_t a = 0; a < within.rows(); ++a) {
            for (std::size_t b = 0; b < within.cols(); ++b) {
                QVERIFY(std::abs(within(a, b) - at(expected, a, b)) < 1e-10);
            }
        }
    }

    void countsLabelledRows() {
        const DetectorCase testCase(goldenCases()["wider"]);
        const auto statistics = testCase.training()->statistics({});
        std::size_t labelled = 0;
        for (const int label : testCase.labels) labelled += label >= 0;
        QCOMPARE((*statistics)->labelled, labelled);
        QVERIFY(labelled < testCase.features.rows());
        QCOMPARE((*statistics)->all.samples, testCase.features.rows());
    }

    void isComputedOnce() {
        const DetectorCase testCase(goldenCases()["small"]);
        const auto data = testCase.training();
        QCOMPARE(data->statistics({})->get(), data->statistics({})->get());
        QCOMPARE(data->predictions({})->get(), data->predictions({})->get());
        QCOMPARE(data->originAxes({})->get(), data->originAxes({})->get());
    }

    void aStoppedFitCanBeRepeated() {
        const DetectorCase testCase(goldenCases()["small"]);
        const auto data = testCase.training();
        std::stop_source source;
        source.request_stop();
        const auto stopped = data->statistics({source.get_token(), {}});
        QVERIFY(!stopped);
        QVERIFY(stopped.error().code == ErrorCode::Cancelled);
        QVERIFY(data->statistics({}));
    }

    void refusesWhatDoesNotFit_data() {
        QTest::addColumn<int>("broken");
        for (int broken = 0; broken < 7; ++broken) QTest::addRow("%d", broken) << broken;
    }
    void refusesWhatDoesNotFit() {
        QFETCH(int, broken);
        DetectorCase testCase(goldenCases()["small"]);
        if (broken == 0) testCase.bias.push_back(0);
        if (broken == 1) testCase.mean.push_back(0);
        if (broken == 2) testCase.features = Matrix<float>(60, 11);
        if (broken == 3) testCase.labels.push_back(0);
        if (broken == 4) testCase.labels[3] = 5;
        if (broken == 5) testCase.weight(1, 2) = NAN;
        if (broken == 6) testCase.mean[1] = INFINITY;
        const auto data = TrainingData::create(
            {testCase.head(), testCase.mean, testCase.features.view(), testCase.labels, nullptr});
        QVERIFY(!data);
        QVERIFY(data.error().code == (broken < 4 ? ErrorCode::Mismatch : ErrorCode::InvalidArgument));
    }
};

QTEST_APPLESS_MAIN(TestTrainingData)
#include "test_training_data.moc"
