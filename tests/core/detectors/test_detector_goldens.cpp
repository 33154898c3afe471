#include <QtTest>
#include <algorithm>
#include <cmath>
#include <set>

#include "golden_cases.h"

using dicescope::ErrorCode;

namespace {

/// Within the relative error; values near 0 against the largest of the column, because logits are float32.
bool agrees(double value, double expected, double largest, double tolerance) {
    return std::abs(value - expected) <= tolerance * std::max({std::abs(expected), 0.01 * largest, 1e-7});
}

QString described(const std::string& spec, std::size_t row, double value, double expected) {
    return QString("%1, image %2: %3 instead of %4")
        .arg(QString::fromStdString(spec))
        .arg(row)
        .arg(value, 0, 'g', 12)
        .arg(expected, 0, 'g', 12);
}

void compare(const std::string& spec, const std::vector<double>& values, const std::vector<double>& expected,
             double tolerance, double largest = 0) {
    QCOMPARE(values.size(), expected.size());
    for (const double value : expected) largest = std::max(largest, std::abs(value));
    for (std::size_t r = 0; r < values.size(); ++r) {
        QVERIFY2(agrees(values[r], expected[r], largest, tolerance),
                 qPrintable(described(spec, r, values[r], expected[r])));
    }
}

/// Of the labelled training images, in float64 and one logit at a time.
double negativeLogLikelihood(const DetectorCase& testCase, double temperature) {
    double sum = 0;
    for (std::size_t r = 0; r < testCase.labels.size(); ++r) {
        if (testCase.labels[r] < 0) continue;
        std::vector<double> logits(testCase.bias.begin(), testCase.bias.end());
        double exponentials = 0;
        for (std::size_t c = 0; c < logits.size(); ++c) {
            for (std::size_t d = 0; d < testCase.mean.size(); ++d) {
                logits[c] += double{testCase.weight(c, d)} * double{testCase.features(r, d)};
            }
            exponentials += std::exp(logits[c] / temperature);
        }
        sum += std::log(exponentials) - logits[static_cast<std::size_t>(testCase.labels[r])] / temperature;
    }
    return sum;
}

}  // namespace

class TestDetectorGoldens : public QObject {
    Q_OBJECT

  private slots:
    void initTestCase() { cases_ = goldenCases(); }

    void equalIndependentScores_data() { addRows("expected"); }
    void equalIndependentScores() {
        QFETCH(QString, caseName);
        QFETCH(QString, spec);
        const auto& json = cases_[caseName.toStdString()];
        const auto& expected = json["expected"][spec.toStdString()];
        const DetectorCase testCase(json);
        const auto scores = testCase.scores(spec.toStdString(), testCase.training());
        if (expected.is_null()) {
            QVERIFY2(!scores, "scores where there can be none");
            QVERIFY(scores.error().code == ErrorCode::InvalidArgument);
            return;
        }
        QVERIFY2(scores, scores ? "" : scores.error().message.c_str());
        constexpr double kTolerance = 1e-5;
        compare(spec.toStdString(), *scores, expected.get<std::vector<double>>(), kTolerance,
                largestTerm(json["expected"], spec.toStdString()));
    }

    void equalPytorchOod_data() { addRows("peers"); }
    void equalPytorchOod() {
        QFETCH(QString, caseName);
        QFETCH(QString, spec);
        const auto& json = cases_[caseName.toStdString()];
        const auto& peer = json["peers"][spec.toStdString()];
        const DetectorCase testCase(json);
        const auto scores = testCase.scores(spec.toStdString(), testCase.training());
        QVERIFY2(scores, scores ? "" : scores.error().message.c_str());
        auto expected = peer["scores"].get<std::vector<double>>();
        for (double& value : expected) value *= peer["factor"].get<double>();
        constexpr double kTolerance = 1e-5;
        constexpr double kLoose = 1e-2;
        compare(spec.toStdString(), *scores, expected, peer["loose"].get<bool>() ? kLoose : kTolerance);
    }

    void everyDetectorHasAGolden() {
        std::set<std::string> tested;
        for (const auto& [spec, scores] : cases_["small"]["expected"].items()) {
            tested.insert(spec.substr(0, spec.find(':')));
        }
        for (const auto& info : dicescope::allDetectors()) {
            if (info.need == dicescope::DetectorNeed::Model) continue;
            QVERIFY2(tested.contains(info.id), info.id.c_str());
        }
    }

    void fittedTemperatureIsTheMostLikely_data() {
        QTest::addColumn<QString>("caseName");
        for (const auto& [caseName, json] : cases_.items()) {
            if (json.contains("temperature"))
                QTest::newRow(caseName.c_str()) << QString::fromStdString(caseName);
        }
    }
    void fittedTemperatureIsTheMostLikely() {
        QFETCH(QString, caseName);
        const auto& json = cases_[caseName.toStdString()];
        DetectorCase testCase(json);
        const auto data = testCase.training();
        const double best = json["temperature"]["ours"].get<double>();
        const auto fitted = testCase.scores("temperature", data);
        const auto given = testCase.scores("temperature:t=" + std::to_string(best), data);
        QVERIFY(fitted && given);
        compare("temperature", *fitted, *given, 1e-4);

        const double loss = negativeLogLikelihood(testCase, best);
        for (const double factor : {0.5, 0.9, 0.99, 1.01, 1.1, 2.0}) {
            QVERIFY2(negativeLogLikelihood(testCase, factor * best) > loss,
                     qPrintable(QString::number(factor)));
        }
        // Where pytorch-ood stops.
        QVERIFY(negativeLogLikelihood(testCase, json["temperature"]["pytorch-ood"].get<double>()) > loss);
    }

  private:
    /// Relative Mahalanobis is a difference: its rounding errors are those of the distances.
    static double largestTerm(const nlohmann::json& expected, const std::string& spec) {
        constexpr std::string_view kRelative = "rmd";
        if (!spec.starts_with(kRelative)) return 0;
        double largest = 0;
        for (const double value : expected["mahalanobis" + spec.substr(kRelative.size())]) {
            largest = std::max(largest, std::abs(value));
        }
        return largest;
    }

    void addRows(const char* part) {
        QTest::addColumn<QString>("caseName");
        QTest::addColumn<QString>("spec");
        for (const auto& [caseName, json] : cases_.items()) {
            if (!json.contains(part)) continue;
            for (const auto& [spec, scores] : json[part].items()) {
                const QString label = QString::fromStdString(caseName + " " + spec);
                QTest::newRow(qPrintable(label))
                    << QString::fromStdString(caseName) << QString::fromStdString(spec);
            }
        }
    }

    nlohmann::json cases_;
};

QTEST_APPLESS_MAIN(TestDetectorGoldens)
#include "test_detector_goldens.moc"
