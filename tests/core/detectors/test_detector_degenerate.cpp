#include <QtTest>
#include <algorithm>
#include <cmath>
#include <random>

#include "golden_cases.h"

using namespace dicescope;

namespace {

Matrix<float> halfNormal(std::size_t rows, std::size_t cols, unsigned seed) {
    std::mt19937 random(seed);
    std::normal_distribution<float> normal;
    Matrix<float> values(rows, cols);
    for (float& value : values.view().flat()) value = std::max(0.0F, normal(random));
    return values;
}

Matrix<float> normalWeight(std::size_t rows, std::size_t cols) {
    std::mt19937 random(99);
    std::normal_distribution<float> normal;
    Matrix<float> values(rows, cols);
    for (float& value : values.view().flat()) value = normal(random);
    return values;
}

std::vector<int> labelsInTurn(std::size_t rows, std::size_t classes) {
    std::vector<int> labels(rows);
    for (std::size_t i = 0; i < rows; ++i) labels[i] = static_cast<int>(i % classes);
    return labels;
}

DetectorCase usual(std::size_t classes, std::size_t units, std::size_t train) {
    return {normalWeight(classes, units), std::vector<float>(classes, 0.1F), halfNormal(train, units, 1),
            labelsInTurn(train, classes), halfNormal(9, units, 2)};
}

/// Every detector gives finite scores or a sentence.
void checkAll(const DetectorCase& testCase) {
    const auto data = testCase.training();
    for (const DetectorInfo& info : allDetectors()) {
        std::vector<std::string> texts{info.id};
        for (const DetectorVariant& variant : info.variants) texts.push_back(info.id + ":as=" + variant.name);
        for (const std::string& text : texts) {
            const auto scores = testCase.scores(text, data);
            if (!scores) {
                QVERIFY2(scores.error().code == ErrorCode::InvalidArgument, text.c_str());
                QVERIFY2(scores.error().message.ends_with('.'), text.c_str());
                continue;
            }
            for (const double score : *scores) QVERIFY2(std::isfinite(score), text.c_str());
        }
    }
}

}  // namespace

class TestDetectorDegenerate : public QObject {
    Q_OBJECT

  private slots:
    void oneClass() { checkAll(usual(1, 6, 20)); }
    void oneUnit() { checkAll(usual(3, 1, 20)); }
    void oneTrainingImage() { checkAll(usual(3, 5, 1)); }
    void moreClassesThanImages() { checkAll(usual(30, 5, 12)); }
    void moreUnitsThanImages() { checkAll(usual(3, 50, 12)); }

    void zeroRowsEverywhere() {
        DetectorCase testCase = usual(3, 6, 20);
        std::ranges::fill(testCase.test.view().row(0), 0.0F);
        std::ranges::fill(testCase.features.view().row(19), 0.0F);
        checkAll(testCase);
    }

    void equalTrainingImages() {
        DetectorCase testCase = usual(3, 6, 20);
        for (std::size_t r = 1; r < 20; ++r) {
            std::ranges::copy(testCase.features.view().row(0), testCase.features.view().row(r).begin());
        }
        checkAll(testCase);
    }

    void trainingAndTestOfZeros() {
        DetectorCase testCase = usual(3, 6, 20);
        std::ranges::fill(testCase.features.view().flat(), 0.0F);
        std::ranges::fill(testCase.mean, 0.0);
        std::ranges::fill(testCase.test.view().flat(), 0.0F);
        checkAll(testCase);
    }

    void equalWeights() {
        DetectorCase testCase = usual(3, 6, 20);
        std::ranges::fill(testCase.weight.view().flat(), 0.25F);
        checkAll(testCase);
    }

    void negativeFeatures() {
        DetectorCase testCase = usual(3, 6, 20);
        for (float& value : testCase.features.view().flat()) value -= 1;
        for (float& value : testCase.test.view().flat()) value -= 1;
        checkAll(testCase);
    }

    void hugeLogits() {
        DetectorCase testCase = usual(3, 6, 20);
        for (float& value : testCase.weight.view().flat()) value *= 1e6F;
        checkAll(testCase);
    }

    void noLabels() {
        DetectorCase testCase = usual(3, 6, 20);
        std::ranges::fill(testCase.labels, -1);
        checkAll(testCase);
        QVERIFY(!testCase.scores("she", testCase.training()));
        QVERIFY(testCase.scores("vim", testCase.training()));
    }

    void aClassWithoutImagesIsLeftOut() {
        // The class is the nearest of the test image in the head only.
        DetectorCase testCase = usual(3, 4, 40);
        for (int& label : testCase.labels) label = label == 2 ? 1 : label;
        const auto data = testCase.training();
        const auto statistics = data->statistics({});
        QVERIFY(statistics);
        QCOMPARE((*statistics)->classCounts[2], std::size_t{0});
        const auto with = testCase.scores("mahalanobis", data);
        QVERIFY(with);

        // The same as with a head that has not the class.
        DetectorCase two(Matrix<float>(2, 4, {testCase.weight.data(), testCase.weight.data() + 8}),
                         {0.1F, 0.1F}, testCase.features, testCase.labels, testCase.test);
        const auto without = two.scores("mahalanobis", two.training());
        QVERIFY(without);
        QCOMPARE(*with, *without);
    }

    void allEqualImagesHaveEqualScores() {
        DetectorCase testCase = usual(3, 8, 120);
        for (std::size_t r = 1; r < testCase.test.rows(); ++r) {
            std::ranges::copy(testCase.test.view().row(0), testCase.test.view().row(r).begin());
        }
        const auto data = testCase.training();
        for (const DetectorInfo& info : allDetectors()) {
            const auto scores = testCase.scores(info.id, data);
            if (!scores) continue;
            // Not to the last bit: a product rounds the last rows of a block in another order.
            for (const double score : *scores) {
                QVERIFY2(std::abs(score - scores->front()) <= 1e-6 * std::abs(score), info.id.c_str());
            }
        }
    }

    void scoresDoNotDependOnTheBlock() {
        DetectorCase testCase = usual(5, 16, 150);
        testCase.test = halfNormal(1500, 16, 7);
        const auto data = testCase.training();
        DetectorCase last = testCase;
        last.test =
            Matrix<float>(10, 16, {testCase.test.data() + 1490 * 16, testCase.test.data() + 1500 * 16});
        for (const DetectorInfo& info : allDetectors()) {
            if (info.need == DetectorNeed::Model) continue;
            const auto all = testCase.scores(info.id, data);
            const auto few = last.scores(info.id, data);
            QVERIFY2(all && few, info.id.c_str());
            for (std::size_t i = 0; i < 10; ++i) {
                const double tolerance = 1e-5 * std::max(1e-2, std::abs((*few)[i]));
                QVERIFY2(std::abs((*all)[1490 + i] - (*few)[i]) <= tolerance, info.id.c_str());
            }
        }
    }

    void drawsAreSeeded() {
        DetectorCase testCase = usual(3, 8, 200);
        const auto data = testCase.training();
        const auto first = testCase.scores("knn:k=3:bank=10", data);
        const auto again = testCase.scores("knn:k=3:bank=10", data);
        const auto other = testCase.scores("knn:k=3:bank=10:seed=1", data);
        QVERIFY(first && again && other);
        QCOMPARE(*first, *again);
        QVERIFY(*first != *other);
    }

    void setOfOtherWidthIsRefused() {
        const DetectorCase testCase = usual(3, 8, 20);
        const auto energy = fitDetector({"energy", {}}, testCase.training());
        const std::vector<DetectorPtr> detectors{*energy};
        const Matrix<float> other(2, 7);
        const auto runs = scoreFeatures(detectors, testCase.head(), other.view());
        QVERIFY(!runs);
        QVERIFY(runs.error().code == ErrorCode::Mismatch);
        const Matrix<float> none(0, 8);
        QVERIFY(scoreFeatures(detectors, testCase.head(), none.view()));
    }

    void missingLogitsAreRefused() {
        const DetectorCase testCase = usual(3, 8, 20);
        const auto energy = fitDetector({"energy", {}}, testCase.training());
        std::vector<double> scores(testCase.test.rows());
        const auto status = (*energy)->score({testCase.test.view(), {}}, scores);
        QVERIFY(!status);
        QVERIFY(status.error().code == ErrorCode::Mismatch);
    }
};

QTEST_APPLESS_MAIN(TestDetectorDegenerate)
#include "test_detector_degenerate.moc"
