#include <QtTest>
#include <cmath>

#include "core/explain/variance_theory.h"
#include "core/sparsity/contribution.h"
#include "explain_case.h"
#include "golden_case.h"

using namespace dicescope;
using explain_case::Case;
using explain_case::near;
using explain_case::randomFeatures;

namespace {

bool agrees(const std::vector<double>& actual, const nlohmann::json& expected, double tolerance = 1e-9) {
    bool same = actual.size() == expected.size();
    for (std::size_t i = 0; same && i < actual.size(); ++i)
        same = std::abs(actual[i] - expected[i].get<double>()) <= tolerance;
    return same;
}

bool agrees(const PredictedOutput& actual, const nlohmann::json& json) {
    return agrees(actual.mean, json["mean"]) && agrees(actual.independent, json["independent"]) &&
           agrees(actual.full, json["full"]);
}

}  // namespace

class TestVarianceTheory : public QObject {
    Q_OBJECT

  private slots:
    void predictionAndMeasurementAgreeWithNumpy() {
        const GoldenCase c;
        const auto json = golden("theory.json");
        const std::pair<const char*, const Matrix<float>*> sets[] = {{"id", &c.id}, {"ood", &c.ood}};
        for (const auto& [name, features] : sets) {
            const auto moments = featureMoments(features->view(), {});
            QVERIFY(moments.has_value());
            for (std::size_t k = 0; k < c.weight.rows(); ++k) {
                const auto predicted = predictOutput(*moments, c.head(), c.plan, k);
                QVERIFY(predicted.has_value());
                QVERIFY(agrees(*predicted, json[name][k]));
                const auto measured = measureOutput(features->view(), c.head(), c.plan, k, {});
                QVERIFY(measured.has_value());
                QCOMPARE(measured->samples, features->rows());
                QVERIFY(agrees(measured->mean, json[name][k]["mean"]));
                QVERIFY(agrees(measured->variance, json[name][k]["full"]));
            }
        }
    }

    void averageOverClassesAgreesWithNumpy() {
        const GoldenCase c;
        const auto moments = featureMoments(c.ood.view(), {});
        const auto average = predictAverageOutput(*moments, c.head(), c.plan, {});
        QVERIFY(average.has_value());
        QVERIFY(agrees(*average, golden("theory.json")["average"]));
    }

    /// More classes than are held at a time.
    void averageIsThatOfTheClasses() {
        const Case c(70, 6, 1);
        const auto features = randomFeatures(50, 6, 2);
        const auto moments = *featureMoments(features.view(), {});
        const auto average = predictAverageOutput(moments, c.head(), c.plan, {});
        std::vector<double> full(c.rows());
        for (std::size_t k = 0; k < 70; ++k) {
            const auto one = predictOutput(moments, c.head(), c.plan, k);
            for (std::size_t row = 0; row < full.size(); ++row) full[row] += one->full[row] / 70;
        }
        for (std::size_t row = 0; row < full.size(); ++row)
            QVERIFY(near(average->full[row], full[row], 1e-12));
    }

    /// On the set that the contributions come from, the mean masked logit is bias plus kept contributions.
    void meanOfTheTrainingSetIsTheSumOfKeptContributions() {
        const GoldenCase c;
        const auto v = contribution(c.weight.view(), c.mean);
        const auto moments = featureMoments(c.id.view(), {});
        for (std::size_t k = 0; k < c.weight.rows(); ++k) {
            const auto predicted = predictOutput(*moments, c.head(), c.plan, k);
            QCOMPARE(predicted->mean.size(), c.plan.levels.size() + 1);
            for (std::size_t row = 0; row < predicted->mean.size(); ++row) {
                auto expected = static_cast<double>(c.bias[k]);
                for (std::size_t d = 0; d < v->cols(); ++d) {
                    const bool isDense = row == c.plan.levels.size();
                    if (isDense || (*v)(k, d) > c.plan.thresholds[row]) expected += (*v)(k, d);
                }
                QVERIFY(near(predicted->mean[row], expected, 1e-12));
            }
        }
        const std::vector<double> id{3, 2, 1}, ood{1, 1};
        QVERIFY((meanGap(id, ood) == std::vector<double>{2, 1}));
    }

    /// More rows than are held at a time, with logits far from 0.
    void measuresManyRowsFarFromZero() {
        Case c(2, 5, 3);
        c.bias[1] = 1e6F;
        const auto features = randomFeatures(20'000, 5, 4);
        const auto measured = measureOutput(features.view(), c.head(), c.plan, 1, {});
        const auto predicted = predictOutput(*featureMoments(features.view(), {}), c.head(), c.plan, 1);
        for (std::size_t row = 0; row < c.rows(); ++row) {
            QVERIFY(near(measured->mean[row], predicted->mean[row], 1e-12));
            QVERIFY(std::abs(measured->variance[row] - predicted->full[row]) < 1e-6);
        }
    }

    void oneRowHasNoVariance() {
        const Case c(2, 4, 5);
        const auto features = randomFeatures(1, 4, 6);
        const auto measured = measureOutput(features.view(), c.head(), c.plan, 0, {});
        const auto predicted = predictOutput(*featureMoments(features.view(), {}), c.head(), c.plan, 0);
        for (std::size_t row = 0; row < c.rows(); ++row)
            QVERIFY(measured->variance[row] == 0 && predicted->full[row] == 0 &&
                    predicted->independent[row] == 0);
    }

    void stopsAndRefuses() {
        const Case c(3, 4, 7);
        const auto features = randomFeatures(5, 4, 8);
        const auto moments = *featureMoments(features.view(), {});
        std::stop_source source;
        source.request_stop();
        const Job stopped{source.get_token(), {}};
        QCOMPARE(predictAverageOutput(moments, c.head(), c.plan, stopped).error().code, ErrorCode::Cancelled);
        QCOMPARE(measureOutput(features.view(), c.head(), c.plan, 0, stopped).error().code,
                 ErrorCode::Cancelled);
        QCOMPARE(measureOutput(Matrix<float>(0, 4).view(), c.head(), c.plan, 0, {}).error().code,
                 ErrorCode::InvalidArgument);
        QCOMPARE(measureOutput(features.view(), c.head(), c.plan, 3, {}).error().code,
                 ErrorCode::InvalidArgument);
        const Case wide(3, 5, 7);
        QCOMPARE(predictOutput(moments, wide.head(), wide.plan, 0).error().code, ErrorCode::Mismatch);
        QCOMPARE(predictOutput(moments, c.head(), wide.plan, 0).error().code, ErrorCode::Mismatch);
        FeatureMoments none = moments;
        none.samples = 0;
        QCOMPARE(predictOutput(none, c.head(), c.plan, 0).error().code, ErrorCode::InvalidArgument);
    }
};

QTEST_APPLESS_MAIN(TestVarianceTheory)
#include "test_variance_theory.moc"
