#include <QtTest>
#include <cmath>
#include <limits>

#include "golden_file.h"
#include "naive_sweep.h"

using namespace dicescope;

namespace {

struct Evaluated {
    LevelPlan plan;
    SweepResult result;
};

Evaluated evaluate(const SweepCase& c, std::optional<float> clip = {}) {
    auto plan = planLevels(c.ranking.view(), c.levels).value();
    const auto sweep = Sweep::plan(c.weight.view(), c.bias, plan).value();
    auto result = sweep.run(c.features.view(), {.reactClip = clip}, {}).value();
    return {std::move(plan), std::move(result)};
}

void compareWithNaive(const SweepCase& c, std::optional<float> clip = {}) {
    const auto [plan, result] = evaluate(c, clip);
    QCOMPARE(result.samples, c.features.rows());
    QCOMPARE(result.rows(), c.levels.size() + 1);
    const std::string wrong = difference(c, plan, result, clip);
    QVERIFY2(wrong.empty(), wrong.c_str());
}

/// One class row of features 1: the logits are then the sums of the kept weights plus the bias.
SweepCase logitsCase(std::vector<float> logits) {
    const std::size_t classes = logits.size();
    return {Matrix<float>(classes, 1, std::move(logits)),
            std::vector<float>(classes, 0.0f),
            Matrix<double>(classes, 1, 1.0),
            Matrix<float>(1, 1, 1.0f),
            {50.0}};
}

}  // namespace

class TestSweep : public QObject {
    Q_OBJECT

  private slots:
    void equalsTheNaiveMask_data() {
        QTest::addColumn<int>("classes");
        QTest::addColumn<int>("units");
        QTest::addColumn<int>("samples");
        const int shapes[][3] = {{10, 342, 70}, {1, 37, 5},  {7, 1, 5},   {1, 1, 1},    {3, 64, 64},
                                 {300, 33, 3},  {5, 17, 65}, {2, 3, 129}, {13, 130, 1}, {1000, 40, 2}};
        for (const auto& s : shapes) {
            QTest::addRow("%d x %d, %d samples", s[0], s[1], s[2]) << s[0] << s[1] << s[2];
        }
    }

    void equalsTheNaiveMask() {
        QFETCH(int, classes);
        QFETCH(int, units);
        QFETCH(int, samples);
        const auto size = [](int n) { return static_cast<std::size_t>(n); };
        compareWithNaive(randomCase(size(classes), size(units), size(samples), 1));
    }

    void equalsNumpy() {
        const auto golden = ::golden("sweep.json");
        const SweepCase c{{golden["classes"], golden["units"], golden["weight"].get<std::vector<float>>()},
                          golden["bias"],
                          rankingValues(golden),
                          {golden["samples"], golden["units"], golden["features"].get<std::vector<float>>()},
                          golden["levels"]};
        for (const char* kind : {"plain", "react"}) {
            const bool clipped = std::string(kind) == "react";
            const auto result =
                evaluate(c, clipped ? std::optional<float>(golden["clip"]) : std::nullopt).result;
            for (std::size_t row = 0; row < result.rows(); ++row) compareRow(result, row, golden[kind][row]);
        }
    }

    void smallIntegersAreExact() {
        const SweepCase c = integerCase(9, 50, 40, 3);
        const auto [plan, result] = evaluate(c);
        for (std::size_t row = 0; row < result.rows(); ++row) {
            for (std::size_t i = 0; i < result.samples; ++i) {
                const bool dense = row == plan.levels.size();
                const auto expected = naive(c, i, dense ? std::nullopt : std::optional(plan.thresholds[row]));
                QVERIFY(double{result.maxLogitAt(row)[i]} == expected.maxLogit);
                QCOMPARE(result.predictionAt(row)[i], expected.prediction);
                QVERIFY(isNear(result.excessAt(row)[i], expected.excess));
            }
        }
    }

    void nothingKeptLeavesTheBias() {
        SweepCase c = randomCase(6, 20, 3, 4);
        c.levels = {100};
        const auto result = evaluate(c).result;
        const auto expected = summarise({c.bias.begin(), c.bias.end()});
        for (std::size_t i = 0; i < 3; ++i) {
            QVERIFY(double{result.maxLogitAt(0)[i]} == expected.maxLogit);
            QVERIFY(isNear(result.excessAt(0)[i], expected.excess));
            QCOMPARE(result.predictionAt(0)[i], expected.prediction);
        }
    }

    void singleLevels() {
        for (const double p : {0.0, 50.0, 90.0, 100.0}) {
            SweepCase c = randomCase(6, 20, 3, 5);
            c.levels = {p};
            compareWithNaive(c);
        }
    }

    void reactClipsTheFeatures() {
        compareWithNaive(randomCase(10, 60, 20, 6), 1.0f);
        compareWithNaive(randomCase(10, 60, 20, 6), 0.0f);
        compareWithNaive(randomCase(10, 60, 20, 6), -0.5f);
        compareWithNaive(randomCase(10, 60, 20, 6), std::numeric_limits<float>::infinity());
    }

    void oddInputs() {
        SweepCase zeros = randomCase(5, 30, 4, 7);
        std::ranges::fill(zeros.features.view().flat(), 0.0f);
        compareWithNaive(zeros);
        SweepCase constant = randomCase(5, 30, 4, 8);
        for (float& w : constant.weight.view().row(2)) w = 0.25f;
        std::ranges::fill(constant.features.view().row(1), 3.0f);
        compareWithNaive(constant);
        SweepCase tied = randomCase(5, 30, 4, 9);
        for (double& v : tied.ranking.view().flat()) v = std::round(v);
        compareWithNaive(tied);
        SweepCase equalRanks = randomCase(5, 30, 4, 10);
        std::ranges::fill(equalRanks.ranking.view().flat(), -1.0);
        compareWithNaive(equalRanks);
        SweepCase negative = randomCase(5, 30, 4, 11);
        for (float& h : negative.features.view().flat()) h = -h;
        for (double& v : negative.ranking.view().flat()) v = -v;
        compareWithNaive(negative);
        SweepCase denormal = randomCase(5, 30, 4, 12);
        for (float& h : denormal.features.view().flat()) h *= 1e-41f;
        compareWithNaive(denormal);
    }

    void logitsFarApartAndLarge() {
        SweepCase c = randomCase(20, 40, 30, 13);
        for (float& w : c.weight.view().flat()) w *= 300.0f;
        compareWithNaive(c);
        // Beyond what the fast exponential covers.
        for (float& h : c.features.view().row(1)) h *= 1e8f;
        for (float& h : c.features.view().row(7)) h *= 3e4f;
        compareWithNaive(c);
        // Jumps between levels of more than the exponent range of float32.
        SweepCase jumps = randomCase(3, 4, 2, 14);
        jumps.weight = Matrix<float>(3, 4, {500, -500, 1000, 0, -700, 900, -900, 0, 1, 2, 3, 4});
        jumps.features = Matrix<float>(2, 4, {1, 1, 1, 1, 1, 2, 0.5f, 0});
        for (std::size_t i = 0; i < 12; ++i) jumps.ranking.data()[i] = static_cast<double>((i * 5) % 12);
        compareWithNaive(jumps);
    }

    void excessIsAccurateWhereItIsTiny() {
        for (const float gap : {1.0f, 10.0f, 27.6310211f, 45.0f}) {
            const auto result = evaluate(logitsCase({3.0f, 3.0f + gap})).result;
            const double exact = std::log1p(std::exp(-(double{3.0f + gap} - 3.0)));
            const double relative = result.excessAt(result.denseRow())[0] / exact - 1;
            QVERIFY2(std::abs(relative) < 1e-5, QByteArray::number(relative));
        }
        const auto far = evaluate(logitsCase({0.0f, 200.0f})).result;
        QCOMPARE(far.excessAt(far.denseRow())[0], 0.0f);
    }

    void tiesOfTheMaximumCountInFull() {
        const auto result = evaluate(logitsCase({-1.0f, 4.0f, 4.0f, 4.0f})).result;
        const std::size_t row = result.denseRow();
        QCOMPARE(result.maxLogitAt(row)[0], 4.0f);
        QCOMPARE(result.predictionAt(row)[0], 1);
        QVERIFY(std::abs(double{result.excessAt(row)[0]} - std::log(3.0 + std::exp(-5.0))) < 1e-6);
    }

    void oneClassHasNoExcess() {
        const auto result = evaluate(randomCase(1, 12, 5, 15)).result;
        for (const float excess : result.excess) QCOMPARE(excess, 0.0f);
        for (const auto prediction : result.prediction) QCOMPARE(prediction, 0);
    }

    void denseSummaryIsTheDenseRow() {
        const SweepCase c = randomCase(10, 77, 9, 16);
        const auto dense = denseSummary(c.features.view(), c.weight.view(), c.bias, {}, {});
        QVERIFY(dense);
        QCOMPARE(dense->levels, std::size_t{0});
        QCOMPARE(dense->rows(), std::size_t{1});
        for (std::size_t i = 0; i < 9; ++i) {
            const auto expected = naive(c, i, std::nullopt);
            QVERIFY(isNear(dense->maxLogitAt(dense->denseRow())[i], expected.maxLogit));
            QVERIFY(isNear(dense->excessAt(dense->denseRow())[i], expected.excess));
        }
    }

    void withoutTheDenseRow() {
        const SweepCase c = randomCase(4, 12, 3, 17);
        const auto plan = planLevels(c.ranking.view(), c.levels).value();
        const auto with = Sweep::plan(c.weight.view(), c.bias, plan).value();
        const auto without = Sweep::plan(c.weight.view(), c.bias, plan, Sweep::Dense::Without).value();
        QCOMPARE(with.rows(), c.levels.size() + 1);
        QCOMPARE(without.rows(), c.levels.size());
        const auto a = with.run(c.features.view(), {}, {}).value();
        const auto b = without.run(c.features.view(), {}, {}).value();
        QVERIFY(std::equal(b.maxLogit.begin(), b.maxLogit.end(), a.maxLogit.begin()));
        QVERIFY(std::equal(b.excess.begin(), b.excess.end(), a.excess.begin(), isNear));
    }

  private:
    static Matrix<double> rankingValues(const nlohmann::json& golden) {
        Matrix<double> values(golden["classes"], golden["units"]);
        for (std::size_t i = 0; i < values.size(); ++i) {
            values.data()[i] =
                golden["weight"][i].get<double>() * golden["mean"][i % values.cols()].get<double>();
        }
        return values;
    }

    static void compareRow(const SweepResult& result, std::size_t row, const nlohmann::json& expected) {
        for (std::size_t i = 0; i < result.samples; ++i) {
            const double largest = result.maxLogitAt(row)[i];
            const double excess = result.excessAt(row)[i];
            QVERIFY(isNear(largest, expected["maxLogit"][i]));
            QVERIFY(isNear(largest + excess, expected["energy"][i]));
            QVERIFY(isNear(std::exp(-excess), expected["msp"][i]));
            QCOMPARE(result.predictionAt(row)[i], expected["prediction"][i].get<int>());
        }
    }
};

QTEST_APPLESS_MAIN(TestSweep)
#include "test_sweep.moc"
