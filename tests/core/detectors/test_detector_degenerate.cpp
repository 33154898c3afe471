#include <QtTest>
#include <algorithm>
#include <cmath>
#include <random>
#include <set>

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

using Texts = std::set<std::string>;

/// Their dim is beyond the units of every case here.
const Texts kBeyondUnits{"residual:as=openood", "vim:as=openood"};
const Texts kNeedSpreadInAClass{"mahalanobis", "rmd"};
const Texts kNeedSpread{"mahalanobis", "rmd", "vim", "vra:as=pytorch-ood"};
const Texts kNeedManyImages{"knn", "nnguide", "nnguide:as=pytorch-ood"};
const Texts kNeedActivations{"react", "dice+react", "vra"};
const Texts kNeedLabels{"temperature",
                        "openmax",
                        "openmax:as=pytorch-ood",
                        "mahalanobis",
                        "mahalanobis:as=pytorch-ood",
                        "rmd",
                        "rmd:as=pytorch-ood",
                        "she"};

/// Every detector that features suffice for, as it is and in its variants.
std::vector<std::string> allTexts() {
    std::vector<std::string> texts;
    for (const DetectorInfo& info : allDetectors()) {
        if (info.need == DetectorNeed::Model) continue;
        texts.push_back(info.id);
        for (const DetectorVariant& variant : info.variants) texts.push_back(info.id + ":as=" + variant.name);
    }
    return texts;
}

/// The detectors named refuse with a sentence; all others give finite scores.
void checkAll(const DetectorCase& testCase, std::initializer_list<Texts> refusals = {}) {
    Texts refusing = kBeyondUnits;
    for (const Texts& texts : refusals) refusing.insert(texts.begin(), texts.end());
    const auto data = testCase.training();
    for (const std::string& text : allTexts()) {
        const auto scores = testCase.scores(text, data);
        const std::string told = text + (scores ? " gives scores" : ": " + scores.error().message);
        QVERIFY2(refusing.contains(text) != scores.has_value(), told.c_str());
        if (!scores) {
            QVERIFY2(scores.error().code == ErrorCode::InvalidArgument, told.c_str());
            QVERIFY2(scores.error().message.ends_with('.'), told.c_str());
            continue;
        }
        QCOMPARE(scores->size(), testCase.test.rows());
        for (const double score : *scores) QVERIFY2(std::isfinite(score), told.c_str());
    }
}

}  // namespace

class TestDetectorDegenerate : public QObject {
    Q_OBJECT

  private slots:
    void oneClass() { checkAll(usual(1, 6, 120)); }
    void oneUnit() { checkAll(usual(3, 1, 120)); }
    void oneTrainingImage() { checkAll(usual(3, 5, 1), {kNeedSpread, kNeedManyImages}); }
    void moreClassesThanImages() {
        // An image a class, of which the head takes none for its own.
        checkAll(usual(150, 5, 120), {kNeedSpreadInAClass, {"she"}});
    }
    void moreUnitsThanImages() { checkAll(usual(3, 150, 120)); }

    void zeroRowsEverywhere() {
        DetectorCase testCase = usual(3, 6, 120);
        std::ranges::fill(testCase.test.view().row(0), 0.0F);
        std::ranges::fill(testCase.features.view().row(119), 0.0F);
        checkAll(testCase);
    }

    void equalTrainingImages() {
        DetectorCase testCase = usual(3, 6, 120);
        for (std::size_t r = 1; r < 120; ++r) {
            std::ranges::copy(testCase.features.view().row(0), testCase.features.view().row(r).begin());
        }
        checkAll(testCase, {kNeedSpread});
    }

    void trainingAndTestOfZeros() {
        DetectorCase testCase = usual(3, 6, 120);
        std::ranges::fill(testCase.features.view().flat(), 0.0F);
        std::ranges::fill(testCase.mean, 0.0);
        std::ranges::fill(testCase.test.view().flat(), 0.0F);
        checkAll(testCase, {kNeedSpread, kNeedActivations});
    }

    void equalWeights() {
        DetectorCase testCase = usual(3, 6, 120);
        std::ranges::fill(testCase.weight.view().flat(), 0.25F);
        checkAll(testCase);
    }

    void negativeFeatures() {
        DetectorCase testCase = usual(3, 6, 120);
        for (float& value : testCase.features.view().flat()) value -= 1;
        for (float& value : testCase.test.view().flat()) value -= 1;
        checkAll(testCase);
    }

    void hugeLogits() {
        DetectorCase testCase = usual(3, 6, 120);
        for (float& value : testCase.weight.view().flat()) value *= 1e6F;
        checkAll(testCase);
    }

    void noLabels() {
        DetectorCase testCase = usual(3, 6, 120);
        std::ranges::fill(testCase.labels, -1);
        checkAll(testCase, {kNeedLabels});
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
            if (info.need == DetectorNeed::Model) continue;
            const auto scores = testCase.scores(info.id, data);
            QVERIFY2(scores, info.id.c_str());
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

    void aCeilingOfZeroIsRefused_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("told");
        QTest::newRow("react") << "react"
                               << "percentile 90 of the training activations is 0";
        QTest::newRow("react, another percentile") << "react:percentile=50"
                                                   << "percentile 50";
        QTest::newRow("dice") << "dice+react"
                              << "give c or a higher percentile";
        QTest::newRow("vra") << "vra"
                             << "percentiles 10 and 90 of the training activations are equal";
        QTest::newRow("react, given") << "react:c=0.5"
                                      << "";
        QTest::newRow("react, higher") << "react:percentile=97"
                                       << "";
        QTest::newRow("dice, higher") << "dice+react:percentile=97"
                                      << "";
        QTest::newRow("vra, higher") << "vra:high=97"
                                     << "";
    }
    void aCeilingOfZeroIsRefused() {
        QFETCH(QString, text);
        QFETCH(QString, told);
        DetectorCase testCase = usual(3, 20, 120);
        for (std::size_t r = 0; r < 120; ++r) {
            for (std::size_t d = 0; d < 20; ++d) testCase.features(r, d) = d == r % 20 ? 1.5F : 0;
        }
        const auto scores = testCase.scores(text.toStdString(), testCase.training());
        QCOMPARE(scores.has_value(), told.isEmpty());
        if (scores) {
            QVERIFY(std::ranges::any_of(*scores, [&](double score) { return score != scores->front(); }));
        } else {
            QVERIFY(scores.error().code == ErrorCode::InvalidArgument);
            QVERIFY2(QString::fromStdString(scores.error().message).contains(told),
                     scores.error().message.c_str());
        }
    }

    void aCeilingOfZeroUnderNegativeActivationsIsUsed() {
        DetectorCase testCase = usual(3, 6, 120);
        for (float& value : testCase.features.view().flat()) value = -value;
        for (float& value : testCase.test.view().flat()) value = -value;
        const auto scores = testCase.scores("react", testCase.training());
        QVERIFY(scores);
        const auto energies = testCase.scores("energy", testCase.training());
        for (std::size_t r = 0; r < scores->size(); ++r)
            QVERIFY(std::abs((*scores)[r] - (*energies)[r]) < 1e-5);
    }

    void neighboursBeyondFloatAreNotANumber() {
        DetectorCase testCase = usual(3, 6, 120);
        for (float& value : testCase.features.view().flat()) value = (value + 1) * 1e20F;
        for (float& value : testCase.test.view().flat()) value = (value + 1) * 1e20F;
        const auto scores = testCase.scores("knn:as=nearest", testCase.training());
        QVERIFY(scores);
        for (const double score : *scores) QVERIFY(std::isnan(score));
    }

    void temperatureOfTooManyLogitsIsRefused() {
        // 1,001 x 500,001 logits, of which none may be computed to refuse.
        const std::size_t classes = 500'001;
        const DetectorCase testCase(Matrix<float>(classes, 1), std::vector<float>(classes),
                                    halfNormal(1001, 1, 1), std::vector<int>(1001), halfNormal(1, 1, 2));
        const auto data = testCase.training();
        const auto detector = fitDetector({"temperature", {}}, data);
        QVERIFY(!detector);
        QVERIFY(detector.error().code == ErrorCode::InvalidArgument);
        QVERIFY(detector.error().message.find("choose fewer rows") != std::string::npos);
        QVERIFY(fitDetector({"temperature", {{"rows", 1}}}, data));
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
