#include <QtTest>
#include <algorithm>
#include <cmath>

#include "core/explain/image_explanation.h"
#include "explain_case.h"

using namespace dicescope;
using explain_case::Case;
using explain_case::near;
using explain_case::randomFeatures;

constexpr float kInf = std::numeric_limits<float>::infinity();

class TestImageExplanation : public QObject {
    Q_OBJECT

  private slots:
    void logitsAndEnergiesOfBothHeads() {
        const Case c(6, 15, 1);
        const auto features = randomFeatures(4, 15, 2);
        for (const float clip : {kInf, 0.7F}) {
            for (std::size_t row = 0; row < c.rows(); ++row) {
                const auto h = features.view().row(row % 4);
                const auto result = explainImage(h, c.head(), c.mask(row), clip, 3);
                QVERIFY(result.has_value());
                check(result->dense, c, c.rows() - 1, h, clip);
                check(result->masked, c, row, h, clip);
            }
        }
    }

    void waterfallAddsUpToBothLogits() {
        const Case c(6, 15, 3);
        const auto features = randomFeatures(3, 15, 4);
        for (const float clip : {kInf, 0.7F}) {
            for (std::size_t row = 0; row < c.rows(); ++row) {
                for (const std::size_t bars : {0, 3, 100}) {
                    const auto h = features.view().row(row % 3);
                    const auto fall = waterfall(h, c.head(), c.mask(row), 4, clip, bars);
                    QVERIFY(fall.has_value());
                    QVERIFY(near(fall->masked(), explain_case::logit(c, row, 4, h, {}, clip), 1e-12));
                    QVERIFY(near(fall->dense(), explain_case::logit(c, c.rows() - 1, 4, h, {}, clip), 1e-12));
                    QCOMPARE(fall->kept.largest.size() + fall->kept.restCount + fall->dropped.largest.size() +
                                 fall->dropped.restCount,
                             std::size_t{15});
                    checkPart(fall->kept, c, row, h, clip, bars, true);
                    checkPart(fall->dropped, c, row, h, clip, bars, false);
                }
            }
        }
    }

    void waterfallOfThePrediction() {
        const Case c(6, 15, 5);
        const auto features = randomFeatures(20, 15, 6);
        for (std::size_t i = 0; i < 20; ++i) {
            const auto h = features.view().row(i);
            const auto fall = waterfall(h, c.head(), c.mask(6), {}, {}, 3);
            QCOMPARE(fall->classIndex, explainImage(h, c.head(), {}, {}, 1)->dense.prediction());
        }
    }

    void equalLogitsAndOneClass() {
        const Matrix<float> weight(3, 1, 0.0F);
        const std::vector<float> bias{1, 2, 2}, feature{5};
        const auto result = explainImage(feature, {weight.view(), bias}, {}, {}, 10);
        QVERIFY(result->dense.top.size() == 3 && result->dense.prediction() == 1);
        QCOMPARE(result->dense.top[1].classIndex, std::size_t{2});
        const auto single =
            explainImage(feature, {Matrix<float>(1, 1, 2.0F).view(), std::vector<float>{1}}, {}, {}, 0);
        QCOMPARE(single->dense.energy, 11.0);
        QCOMPARE(single->dense.maxProbability, 1.0);
        QCOMPARE(single->dense.top.size(), std::size_t{1});
    }

    void logitsThatAreNotFiniteHaveNoEnergy() {
        const Matrix<float> weight(2, 1, std::vector<float>{1, -1});
        const std::vector<float> bias(2), infinite{kInf}, nothing{std::numeric_limits<float>::quiet_NaN()};
        const auto result = explainImage(infinite, {weight.view(), bias}, {}, {}, 2);
        QVERIFY(result.has_value());
        QVERIFY(std::isnan(result->dense.energy) && std::isnan(result->dense.maxProbability));
        QCOMPARE(result->dense.prediction(), std::size_t{0});
        QVERIFY(std::isnan(explainImage(nothing, {weight.view(), bias}, {}, {}, 2)->dense.energy));
    }

    void refusesWhatDoesNotFit() {
        const Case c(3, 6, 7);
        const std::vector<float> narrow(5), right(6);
        QCOMPARE(explainImage(narrow, c.head(), {}, {}, 1).error().code, ErrorCode::Mismatch);
        QCOMPARE(explainImage(right, c.head(), {}, -1.0F, 1).error().code, ErrorCode::InvalidArgument);
        QCOMPARE(waterfall(right, c.head(), {}, 3, {}, 1).error().code, ErrorCode::InvalidArgument);
        QCOMPARE(waterfall(narrow, c.head(), {}, 1, {}, 1).error().code, ErrorCode::Mismatch);
    }

  private:
    static void check(const HeadAnswer& answer, const Case& c, std::size_t row, std::span<const float> h,
                      float clip) {
        std::vector<double> logits;
        double sum = 0;
        for (std::size_t k = 0; k < c.weight.rows(); ++k) {
            logits.push_back(explain_case::logit(c, row, k, h, {}, clip));
            QVERIFY(near(answer.logits[k], logits[k], 1e-12));
            sum += std::exp(logits[k]);
        }
        QVERIFY(near(answer.energy, std::log(sum), 1e-12));
        const double largest = *std::ranges::max_element(logits);
        QVERIFY(near(answer.maxProbability, std::exp(largest) / sum, 1e-12));
        QCOMPARE(answer.top.size(), std::size_t{3});
        std::ranges::sort(logits, std::greater());
        for (std::size_t i = 0; i < 3; ++i) QVERIFY(near(answer.top[i].logit, logits[i], 1e-12));
        QVERIFY(near(answer.logits[answer.prediction()], largest, 1e-12));
    }

    static void checkPart(const WaterfallPart& part, const Case& c, std::size_t row, std::span<const float> h,
                          float clip, std::size_t bars, bool kept) {
        std::vector<double> magnitudes;
        double sum = 0;
        for (std::size_t d = 0; d < h.size(); ++d) {
            if (explain_case::keeps(c, row, 4, d) != kept) continue;
            const double value =
                static_cast<double>(c.weight(4, d)) * static_cast<double>(std::min(h[d], clip));
            magnitudes.push_back(std::abs(value));
            sum += value;
        }
        std::ranges::sort(magnitudes, std::greater());
        QCOMPARE(part.largest.size(), std::min(bars, magnitudes.size()));
        double listed = 0;
        for (std::size_t i = 0; i < part.largest.size(); ++i) {
            QVERIFY(near(std::abs(part.largest[i].value), magnitudes[i], 1e-12));
            QVERIFY(explain_case::keeps(c, row, 4, part.largest[i].unit) == kept);
            listed += part.largest[i].value;
        }
        QVERIFY(near(part.sum, sum, 1e-12));
        QVERIFY(near(listed + part.rest, sum, 1e-12));
    }
};

QTEST_APPLESS_MAIN(TestImageExplanation)
#include "test_image_explanation.moc"
