#include <QtTest>
#include <algorithm>
#include <cmath>

#include "core/explain/hand_edits.h"
#include "explain_case.h"

using namespace dicescope;
using explain_case::Case;
using explain_case::near;
using explain_case::randomFeatures;

namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();

/// One set's summary by plain loops in float64.
struct Naive {
    std::vector<double> maxLogit, excess;
    std::vector<int> prediction;
};

Naive naive(const Case& c, std::size_t row, const Matrix<float>& features, std::span<const std::size_t> off,
            float clip) {
    Naive result;
    for (std::size_t i = 0; i < features.rows(); ++i) {
        std::vector<double> logits;
        for (std::size_t k = 0; k < c.weight.rows(); ++k)
            logits.push_back(explain_case::logit(c, row, k, features.view().row(i), off, clip));
        const auto best = std::ranges::max_element(logits);
        double others = 0;
        for (auto l = logits.begin(); l != logits.end(); ++l) others += l == best ? 0 : std::exp(*l - *best);
        result.maxLogit.push_back(*best);
        result.excess.push_back(std::log1p(others));
        result.prediction.push_back(static_cast<int>(best - logits.begin()));
    }
    return result;
}

bool agrees(const SweepResult& summary, const Naive& expected) {
    bool same = summary.samples == expected.maxLogit.size() && summary.rows() == 1;
    for (std::size_t i = 0; same && i < summary.samples; ++i) {
        same = near(static_cast<double>(summary.maxLogit[i]), expected.maxLogit[i], 2e-5) &&
               std::abs(static_cast<double>(summary.excess[i]) - expected.excess[i]) <=
                   1e-7 + 1e-4 * expected.excess[i] &&
               summary.prediction[i] == expected.prediction[i];
    }
    return same;
}

HandEdits engine(const Case& c, const HeadMask& mask, const Matrix<float>& id, const Matrix<float>& a,
                 const Matrix<float>& b, std::optional<float> clip = {}, unsigned threads = 0) {
    return *HandEdits::make(c.head(), mask, {"id", id.view()}, {{"a", a.view()}, {"b", b.view()}},
                            {clip, threads}, {});
}

}  // namespace

class TestHandEdits : public QObject {
    Q_OBJECT

  private slots:
    void agreesWithAFullRecomputation_data() {
        QTest::addColumn<std::size_t>("classes");
        QTest::addColumn<std::size_t>("units");
        QTest::newRow("one class") << std::size_t{1} << std::size_t{5};
        QTest::newRow("few classes") << std::size_t{3} << std::size_t{9};
        QTest::newRow("a whole group") << std::size_t{16} << std::size_t{12};
        QTest::newRow("several groups and a part") << std::size_t{37} << std::size_t{20};
    }
    void agreesWithAFullRecomputation() {
        QFETCH(std::size_t, classes);
        QFETCH(std::size_t, units);
        const Case c(classes, units, 11);
        const auto id = randomFeatures(301, units, 1);
        const auto a = randomFeatures(97, units, 2);
        const auto b = randomFeatures(1, units, 3);
        const std::vector<std::vector<std::size_t>> groups{{}, {0}, {2, 4}, {4, 2, 2, 1, 3}};
        for (const std::size_t row : {c.rows() - 1, std::size_t{0}, std::size_t{4}, c.rows() - 2}) {
            for (const float clip : {kInf, 0.9F}) {
                const auto edits = engine(c, c.mask(row), id, a, b, clip);
                for (const auto& off : groups) {
                    const auto scores = edits.score(off);
                    QVERIFY(scores.has_value());
                    QVERIFY(agrees(scores->id, naive(c, row, id, off, clip)));
                    QVERIFY(agrees(scores->ood[0], naive(c, row, a, off, clip)));
                    QVERIFY(agrees(scores->ood[1], naive(c, row, b, off, clip)));
                }
            }
        }
    }

    /// The same metrics as a model with those units really switched off, run through the sweep.
    void metricsAreThoseOfAFullRecomputation() {
        const Case c(10, 24, 12);
        const auto id = randomFeatures(400, 24, 4);
        const auto a = randomFeatures(150, 24, 5);
        auto b = randomFeatures(120, 24, 6);
        for (float& value : b.view().flat()) value *= 0.7F;
        const std::size_t level = 4;
        const auto edits = engine(c, c.mask(level), id, a, b);
        const std::vector<std::size_t> off{3, 17};
        Matrix<float> weight = c.weight;
        for (std::size_t k = 0; k < 10; ++k) {
            for (std::size_t d = 0; d < 24; ++d) {
                if (d == 3 || d == 17 || !explain_case::keeps(c, level, k, d)) weight(k, d) = 0;
            }
        }
        const auto summary = [&](const Matrix<float>& set) {
            return *denseSummary(set.view(), weight.view(), c.bias, {}, {});
        };
        const SweepResult sweptId = summary(id), sweptA = summary(a), sweptB = summary(b);
        for (const ScoreKind kind : {ScoreKind::Energy, ScoreKind::Msp, ScoreKind::MaxLogit}) {
            LevelMetricsRequest request;
            request.score = kind;
            request.tprLevel = 0.9;
            request.id = {"id", &sweptId, {}};
            request.ood = {{"a", &sweptA, {}}, {"b", &sweptB, {}}};
            const auto expected = *computeLevelMetrics(request, {});
            const auto outcome = edits.evaluate(off, kind, 0.9);
            QVERIFY(outcome.has_value());
            for (std::size_t s = 0; s < 2; ++s) {
                const OodMetrics actual = outcome->ofSet(s);
                const OodMetrics wanted = expected->ood[s].metrics.at(0);
                QCOMPARE(actual.fpr95, wanted.fpr95);
                QVERIFY(near(actual.auroc, wanted.auroc, 1e-4));
                QVERIFY(near(actual.threshold, wanted.threshold, 1e-5));
            }
            QCOMPARE(outcome->average().fpr95, (outcome->ofSet(0).fpr95 + outcome->ofSet(1).fpr95) / 2);
        }
    }

    void switchingOnAgainGivesTheBaseBitForBit() {
        const Case c(7, 15, 13);
        const auto id = randomFeatures(50, 15, 7), a = randomFeatures(40, 15, 8),
                   b = randomFeatures(30, 15, 9);
        const auto edits = engine(c, c.mask(3), id, a, b);
        const auto before = edits.score({});
        for (std::size_t unit = 0; unit < 15; ++unit)
            QVERIFY(edits.score(std::vector<std::size_t>{unit}).has_value());
        const auto after = edits.score({});
        QVERIFY(before->id.maxLogit == after->id.maxLogit && before->id.excess == after->id.excess);
        QVERIFY(before->ood[1].excess == after->ood[1].excess);
        // The order in which units are named does not matter either.
        const auto one = edits.score(std::vector<std::size_t>{2, 9, 4});
        const auto other = edits.score(std::vector<std::size_t>{9, 4, 2, 4});
        QVERIFY(one->id.maxLogit == other->id.maxLogit && one->id.excess == other->id.excess);
    }

    void theNumberOfThreadsDoesNotMatter() {
        const Case c(20, 15, 14);
        const auto id = randomFeatures(1500, 15, 7), a = randomFeatures(700, 15, 8),
                   b = randomFeatures(3, 15, 9);
        const std::vector<std::size_t> off{5, 6};
        const auto one = engine(c, c.mask(3), id, a, b, {}, 1).score(off);
        const auto four = engine(c, c.mask(3), id, a, b, {}, 4).score(off);
        QVERIFY(one->id.maxLogit == four->id.maxLogit && one->id.excess == four->id.excess &&
                one->id.prediction == four->id.prediction);
    }

    /// An MSP so near 1 that the others would vanish beside the largest logit.
    void excessStaysAccurateFarBelowOne() {
        Case c(2, 1, 1);
        c.weight = Matrix<float>(2, 1, std::vector<float>{1, 0});
        c.bias = {0, 0};
        const Matrix<float> id(2, 1, std::vector<float>{60, 30});
        const auto edits = *HandEdits::make(c.head(), {}, {"id", id.view()}, {{"a", id.view()}}, {}, {});
        const auto scores = edits.score({});
        QVERIFY(near(static_cast<double>(scores->id.excess[0]) / std::exp(-60.0), 1, 1e-5));
        QVERIFY(near(static_cast<double>(scores->id.excess[1]) / std::exp(-30.0), 1, 1e-5));
        const std::vector<std::size_t> off{0};
        QVERIFY(near(static_cast<double>(edits.score(off)->id.excess[0]), std::log(2.0), 1e-6));
    }

    void imagesWithoutFiniteLogitsAreLeftOut() {
        const Case c(3, 4, 15);
        auto id = randomFeatures(20, 4, 1);
        id(5, 2) = std::numeric_limits<float>::quiet_NaN();
        id(6, 2) = kInf;
        id(7, 1) = 3e38F;
        id(7, 2) = 3e38F;
        const auto a = randomFeatures(10, 4, 2);
        const auto edits = *HandEdits::make(c.head(), {}, {"id", id.view()}, {{"a", a.view()}}, {}, {});
        for (const std::vector<std::size_t>& off : {std::vector<std::size_t>{}, {0}}) {
            const auto outcome = edits.evaluate(off, ScoreKind::Energy);
            QVERIFY(outcome.has_value());
            QCOMPARE(outcome->metrics->idExcluded, std::size_t{3});
            QVERIFY(std::isnan(outcome->scores.id.maxLogit[5]));
            QVERIFY(std::isnan(outcome->scores.id.excess[7]));
            QCOMPARE(outcome->scores.id.prediction[6], -1);
            QVERIFY(std::isfinite(outcome->scores.id.maxLogit[4]));
        }
    }

    void allUnitsOffLeaveTheBias() {
        const Case c(5, 3, 16);
        const auto id = randomFeatures(10, 3, 1);
        const auto edits = *HandEdits::make(c.head(), {}, {"id", id.view()}, {{"a", id.view()}}, {}, {});
        const std::vector<std::size_t> off{0, 1, 2};
        const auto scores = edits.score(off);
        const float most = *std::ranges::max_element(c.bias);
        for (const float value : scores->id.maxLogit)
            QVERIFY(near(static_cast<double>(value), static_cast<double>(most), 1e-5));
    }

    void stopsAndRefuses() {
        const Case c(3, 4, 17);
        const auto id = randomFeatures(20, 4, 1);
        const EditedSet set{"id", id.view()};
        QCOMPARE(HandEdits::make(c.head(), {}, set, {}, {}, {}).error().code, ErrorCode::InvalidArgument);
        const auto wide = randomFeatures(2, 5, 1);
        QCOMPARE(HandEdits::make(c.head(), {}, set, {{"w", wide.view()}}, {}, {}).error().code,
                 ErrorCode::Mismatch);
        QCOMPARE(HandEdits::make(c.head(), {}, set, {set}, {-1.0F, 0}, {}).error().code,
                 ErrorCode::InvalidArgument);
        std::stop_source source;
        source.request_stop();
        const Job stopped{source.get_token(), {}};
        QCOMPARE(HandEdits::make(c.head(), {}, set, {set}, {}, stopped).error().code, ErrorCode::Cancelled);

        const auto edits = *HandEdits::make(c.head(), {}, set, {set}, {}, {});
        QCOMPARE(edits.units(), std::size_t{4});
        QCOMPARE(edits.samples(), std::size_t{40});
        QCOMPARE(edits.score(std::vector<std::size_t>{4}).error().code, ErrorCode::InvalidArgument);
        QCOMPARE(edits.score({}, stopped).error().code, ErrorCode::Cancelled);
        const Matrix<float> none(0, 4);
        const auto empty = *HandEdits::make(c.head(), {}, set, {{"none", none.view()}}, {}, {});
        QVERIFY(empty.score({}).has_value());
        QCOMPARE(empty.evaluate({}, ScoreKind::Energy).error().code, ErrorCode::InvalidArgument);
    }
};

QTEST_APPLESS_MAIN(TestHandEdits)
#include "test_hand_edits.moc"
