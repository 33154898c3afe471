#include "core/analysis/evaluation.h"

#include <QTest>
#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

using namespace dicescope;

namespace {

constexpr std::size_t kUnits = 7;
constexpr std::size_t kClasses = 3;

struct Rows {
    std::vector<float> values;
};

InputSet makeSet(const std::string& name, SetRole role, std::size_t count, unsigned seed, double shift) {
    std::mt19937 generator(seed);
    std::normal_distribution<double> normal(shift, 1);
    auto rows = std::make_shared<Rows>();
    for (std::size_t i = 0; i < count * kUnits; ++i) {
        rows->values.push_back(static_cast<float>(std::max(0.0, normal(generator))));
    }
    auto features = std::make_shared<FeatureSet>();
    features->features = {rows->values.data(), count, kUnits};
    features->storage = rows;
    features->paths.resize(count);
    features->labels.assign(count, -1);
    InputSet set;
    set.name = name;
    set.role = role;
    set.features = features;
    for (std::size_t i = 0; i < count; ++i) set.labels.push_back(static_cast<int>(i % (kClasses + 1)) - 1);
    return set;
}

AnalysisInputs makeInputs() {
    AnalysisInputs inputs;
    std::mt19937 generator(5);
    std::normal_distribution<float> normal;
    inputs.head.weight = Matrix<float>(kClasses, kUnits);
    for (auto& weight : inputs.head.weight.view().flat()) weight = normal(generator);
    inputs.head.bias = {0.1F, -0.2F, 0.3F};
    for (std::size_t d = 0; d < kUnits; ++d) inputs.featureMean.push_back(0.3 + 0.1 * static_cast<double>(d));
    inputs.id = makeSet("id", SetRole::Id, 40, 1, 0.8);
    inputs.ood.push_back(makeSet("near", SetRole::Ood, 25, 2, 0.5));
    inputs.ood.push_back(makeSet("far", SetRole::Ood, 31, 3, 0.0));
    return inputs;
}

/// Logits in float64 as the definition reads: keep W where V > percentile(V, p), clip the features.
std::vector<double> naiveLogits(const AnalysisInputs& inputs, std::span<const float> h,
                                std::optional<double> p, double clip) {
    std::vector<double> v;
    for (std::size_t c = 0; c < kClasses; ++c) {
        for (std::size_t d = 0; d < kUnits; ++d) {
            v.push_back(static_cast<double>(inputs.head.weight(c, d)) * inputs.featureMean[d]);
        }
    }
    double threshold = -std::numeric_limits<double>::infinity();
    if (p) {
        auto sorted = v;
        std::sort(sorted.begin(), sorted.end());
        const double position = static_cast<double>(sorted.size() - 1) * *p / 100;
        const auto below = static_cast<std::size_t>(position);
        const auto above = std::min(below + 1, sorted.size() - 1);
        threshold = sorted[below] + (sorted[above] - sorted[below]) * (position - static_cast<double>(below));
    }
    std::vector<double> logits(inputs.head.bias.begin(), inputs.head.bias.end());
    for (std::size_t c = 0; c < kClasses; ++c) {
        for (std::size_t d = 0; d < kUnits; ++d) {
            if (v[c * kUnits + d] > threshold) {
                logits[c] += static_cast<double>(inputs.head.weight(c, d)) * std::min<double>(h[d], clip);
            }
        }
    }
    return logits;
}

double naiveScore(ScoreKind kind, const std::vector<double>& logits) {
    const double max = *std::max_element(logits.begin(), logits.end());
    double sum = 0;
    for (const double logit : logits) sum += std::exp(logit - max);
    switch (kind) {
        case ScoreKind::Energy:
            return max + std::log(sum);
        case ScoreKind::Msp:
            return 1 / sum;
        case ScoreKind::MaxLogit:
            return max;
    }
    return 0;
}

std::vector<double> naiveScores(const AnalysisInputs& inputs, const InputSet& set, ScoreKind kind,
                                std::optional<double> p, double clip) {
    std::vector<double> scores;
    for (std::size_t i = 0; i < set.features->size(); ++i) {
        scores.push_back(naiveScore(kind, naiveLogits(inputs, set.features->features.row(i), p, clip)));
    }
    return scores;
}

double naiveThreshold(std::vector<double> id) {
    std::sort(id.begin(), id.end());
    // With 40 ID scores, 38 must be at or above it.
    return id[2];
}

double naiveAuroc(const std::vector<double>& id, const std::vector<double>& ood) {
    double sum = 0;
    for (const double a : id) {
        for (const double b : ood) sum += a > b ? 1 : (a == b ? 0.5 : 0);
    }
    return sum / static_cast<double>(id.size() * ood.size());
}

const MetricRow& rowOf(const Evaluation& evaluation, const std::string& detector, ScoreKind score,
                       std::optional<double> p, const std::string& ood) {
    for (const MetricRow& row : evaluation.rows) {
        if (row.detector == detector && row.score == score && row.p == p && row.ood == ood) return row;
    }
    qFatal("no such row");
}

}  // namespace

class TestEvaluation : public QObject {
    Q_OBJECT

  private slots:
    void everyDetectorAndScoreEqualsTheDefinition() {
        const AnalysisInputs inputs = makeInputs();
        const auto evaluation = evaluate(inputs, {{0, 30, 60, 90}, 0.9F, 1});
        QVERIFY2(evaluation, evaluation ? "" : evaluation.error().message.c_str());
        struct Case {
            const char* detector;
            std::optional<double> p;
            double clip;
        };
        constexpr double kNoClip = std::numeric_limits<double>::infinity();
        std::vector<Case> cases{{"dense", std::nullopt, kNoClip}, {"react", std::nullopt, 0.9F}};
        for (const double p : {0.0, 30.0, 60.0, 90.0}) {
            cases.push_back({"dice", p, kNoClip});
            cases.push_back({"dice+react", p, 0.9F});
        }
        QCOMPARE(evaluation->rows.size(), cases.size() * 3 * (inputs.ood.size() + 1));
        for (const Case& one : cases) {
            for (const ScoreKind kind : {ScoreKind::Energy, ScoreKind::Msp, ScoreKind::MaxLogit}) {
                const auto id = naiveScores(inputs, inputs.id, kind, one.p, one.clip);
                const double threshold = naiveThreshold(id);
                const auto above =
                    std::count_if(id.begin(), id.end(), [&](double s) { return s >= threshold; });
                double fprSum = 0;
                for (const InputSet& set : inputs.ood) {
                    const auto ood = naiveScores(inputs, set, kind, one.p, one.clip);
                    const MetricRow& row = rowOf(*evaluation, one.detector, kind, one.p, set.name);
                    const auto accepted =
                        std::count_if(ood.begin(), ood.end(), [&](double s) { return s >= threshold; });
                    const double fpr = static_cast<double>(accepted) / static_cast<double>(ood.size());
                    fprSum += fpr;
                    QCOMPARE(row.metrics.fpr95, fpr);
                    QVERIFY(std::abs(row.metrics.threshold - threshold) < 1e-4);
                    QVERIFY(std::abs(row.metrics.auroc - naiveAuroc(id, ood)) < 1e-9);
                    QCOMPARE(row.metrics.tpr, static_cast<double>(above) / 40);
                    QCOMPARE(row.idCount, std::size_t{40});
                    QCOMPARE(row.oodCount, set.features->size());
                }
                QVERIFY(std::abs(rowOf(*evaluation, one.detector, kind, one.p, "average").metrics.fpr95 -
                                 fprSum / 2) < 1e-12);
            }
        }
    }

    void accuracyCountsLabelledImagesOfEachHead() {
        const AnalysisInputs inputs = makeInputs();
        const auto evaluation = evaluate(inputs, {{50}, std::nullopt, 0});
        QVERIFY(evaluation);
        QCOMPARE(evaluation->accuracy.size(), std::size_t{2});
        for (const AccuracyRow& row : evaluation->accuracy) {
            std::size_t right = 0;
            std::size_t labelled = 0;
            for (std::size_t i = 0; i < inputs.id.labels.size(); ++i) {
                if (inputs.id.labels[i] < 0) continue;
                ++labelled;
                const auto logits = naiveLogits(inputs, inputs.id.features->features.row(i), row.p, 1e30);
                right +=
                    std::max_element(logits.begin(), logits.end()) - logits.begin() == inputs.id.labels[i]
                        ? 1
                        : 0;
            }
            QCOMPARE(row.labelled, labelled);
            QCOMPARE(row.accuracy, static_cast<double>(right) / static_cast<double>(labelled));
        }
    }

    void withoutLabelsThereIsNoAccuracy() {
        AnalysisInputs inputs = makeInputs();
        inputs.id.labels.clear();
        const auto evaluation = evaluate(inputs, {{50}, std::nullopt, 0});
        QVERIFY(evaluation);
        QVERIFY(evaluation->accuracy.empty());
    }

    void masksCountWeightsAndUnits() {
        const AnalysisInputs inputs = makeInputs();
        const auto evaluation = evaluate(inputs, {{0, 50, 100}, std::nullopt, 0});
        QVERIFY(evaluation);
        QCOMPARE(evaluation->masks[0].kept, kClasses * kUnits - 1);
        QCOMPARE(evaluation->masks[0].units, kUnits);
        QCOMPARE(evaluation->masks[1].kept, kClasses * kUnits / 2);
        QCOMPARE(evaluation->masks[2].kept, std::size_t{0});
        QCOMPARE(evaluation->masks[2].units, std::size_t{0});
    }

    void oneImageASet() {
        AnalysisInputs inputs = makeInputs();
        inputs.id = makeSet("id", SetRole::Id, 1, 1, 1);
        inputs.ood = {makeSet("one", SetRole::Ood, 1, 2, 0)};
        const auto evaluation = evaluate(inputs, {{90}, std::nullopt, 0});
        QVERIFY(evaluation);
        QCOMPARE(rowOf(*evaluation, "dense", ScoreKind::Energy, std::nullopt, "one").metrics.tpr, 1.0);
    }

    void refusesWhatCannotBeMet_data() {
        QTest::addColumn<QList<double>>("levels");
        QTest::addColumn<double>("clip");
        const double nan = std::numeric_limits<double>::quiet_NaN();
        QTest::newRow("above 100") << QList<double>{50, 101} << 1.0;
        QTest::newRow("below 0") << QList<double>{-1} << 1.0;
        QTest::newRow("not increasing") << QList<double>{50, 50} << 1.0;
        QTest::newRow("none") << QList<double>{} << 1.0;
        QTest::newRow("NaN level") << QList<double>{nan} << 1.0;
        QTest::newRow("clip 0") << QList<double>{50} << 0.0;
        QTest::newRow("NaN clip") << QList<double>{50} << nan;
    }
    void refusesWhatCannotBeMet() {
        QFETCH(QList<double>, levels);
        QFETCH(double, clip);
        const auto evaluation =
            evaluate(makeInputs(), {{levels.begin(), levels.end()}, static_cast<float>(clip), 0});
        QVERIFY(!evaluation);
        QCOMPARE(evaluation.error().code, ErrorCode::InvalidArgument);
    }

    void stopsWhenAsked() {
        std::stop_source stop;
        stop.request_stop();
        const auto evaluation = evaluate(makeInputs(), {{50}, std::nullopt, 0}, {stop.get_token(), {}});
        QVERIFY(!evaluation);
        QCOMPARE(evaluation.error().code, ErrorCode::Cancelled);
    }
};

QTEST_APPLESS_MAIN(TestEvaluation)
#include "test_evaluation.moc"
