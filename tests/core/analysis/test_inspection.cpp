#include <QtTest>
#include <algorithm>
#include <cmath>

#include "core/analysis/inspection.h"
#include "core/metrics/score_kind.h"
#include "tests/support/tiny_exploration.h"

using namespace dicescope;
using namespace dicescope::testing;

namespace {

constexpr std::size_t kRow = 80;  // p = 80 %

/// Logits of one image in float64, of the weights that an inspection keeps at a row.
std::vector<double> logitsOf(const Inspection& inspection, std::size_t set, std::size_t image,
                             std::size_t row) {
    const HeadView head = inspection.head();
    const HeadMask mask = inspection.mask(row);
    std::vector<double> logits;
    for (std::size_t c = 0; c < head.classes(); ++c) {
        double sum = static_cast<double>(head.bias[c]);
        for (std::size_t d = 0; d < head.units(); ++d) {
            if (!mask.keeps(c, d)) continue;
            sum += static_cast<double>(head.weight(c, d)) *
                   static_cast<double>(inspection.features(set).features(image, d));
        }
        logits.push_back(sum);
    }
    return logits;
}

double energyOf(const std::vector<double>& logits) {
    double sum = 0;
    for (const double logit : logits) sum += std::exp(logit);
    return std::log(sum);
}

InspectionPtr tinyInspection(const ExplorationView& view = {}) {
    const auto inputs = tinyInputs();
    auto inspection = inspect(inputs, tinyExploration(inputs, view), Job{});
    return inspection ? *inspection : nullptr;
}

}  // namespace

class TestInspection : public QObject {
    Q_OBJECT

  private slots:
    void speaksOfTheSetsAndTheSweep() {
        const auto inspection = tinyInspection();
        QVERIFY(inspection != nullptr);
        QCOMPARE(inspection->sets.size(), std::size_t{4});
        QCOMPARE(inspection->sets[0].set->name, std::string("id"));
        QCOMPARE(inspection->sets[3].set->name, std::string("noise"));
        QVERIFY(inspection->plan.kept == inspection->exploration->kept);
        QVERIFY(inspection->plan.thresholds == inspection->exploration->thresholds);
        QVERIFY(!inspection->level(inspection->exploration->denseRow()));
        QCOMPARE(*inspection->level(kRow), kRow);
        QCOMPARE(inspection->className(2), std::string("cat"));
    }

    void anIncompleteExplorationIsRefused() {
        const auto inputs = tinyInputs();
        const auto result = inspect(inputs, std::make_shared<const Exploration>(), Job{});
        QCOMPARE(result.error().code, ErrorCode::InvalidArgument);
    }

    void stops() {
        const auto inputs = tinyInputs();
        std::stop_source source;
        source.request_stop();
        QCOMPARE(inspect(inputs, tinyExploration(inputs), {source.get_token(), {}}).error().code,
                 ErrorCode::Cancelled);
    }

    void imagesHaveTheScoresOfTheirLogits() {
        const auto inspection = tinyInspection();
        const auto table = imageTable(*inspection, kRow);
        QVERIFY(table.has_value());
        QCOMPARE(table->records().size(), std::size_t{400 + 3 * 300});
        for (const std::size_t set : {0U, 2U}) {
            for (std::size_t image = 0; image < 300; image += 37) {
                const ImageRecord& record = table->records()[table->indexOf(set, image)];
                const auto dense = logitsOf(*inspection, set, image, inspection->exploration->denseRow());
                const auto masked = logitsOf(*inspection, set, image, kRow);
                QVERIFY(std::abs(static_cast<double>(record.dense) - energyOf(dense)) < 1e-4);
                QVERIFY(std::abs(static_cast<double>(record.atLevel) - energyOf(masked)) < 1e-4);
                QCOMPARE(record.predicted,
                         static_cast<std::int32_t>(std::ranges::max_element(dense) - dense.begin()));
                QCOMPARE(record.inDistribution, set == 0);
            }
        }
        const OodMetrics metrics = inspection->exploration->metrics->ood[1].metrics.at(kRow);
        std::size_t accepted = 0;
        for (const ImageRecord& record : table->records())
            accepted += record.set == 2 && record.acceptedAtLevel;
        QCOMPARE(static_cast<double>(accepted) / 300, metrics.fpr95);
    }

    void disagreementIsThatOfTheRanks() {
        const auto inspection = tinyInspection();
        const auto same = scoreDisagreement(*inspection, kRow, ScoreKind::Energy);
        QVERIFY(same.has_value());
        QVERIFY(std::ranges::all_of(*same, [](float value) { return value == 0; }));
        const auto other = scoreDisagreement(*inspection, kRow, ScoreKind::Msp);
        QCOMPARE(other->size(), std::size_t{1300});
        // Naive ranks of two images: their difference over all images.
        std::vector<float> energy;
        std::vector<float> msp;
        for (std::size_t s = 0; s < 4; ++s) {
            const SweepResult& swept = inspection->swept(s);
            for (std::size_t i = 0; i < swept.samples; ++i) {
                energy.push_back(swept.maxLogitAt(kRow)[i] + swept.excessAt(kRow)[i]);
                msp.push_back(-swept.excessAt(kRow)[i]);
            }
        }
        const auto rank = [](const std::vector<float>& scores, std::size_t at) {
            double below = 0;
            for (const float score : scores)
                below += score < scores[at] ? 1 : (score == scores[at] ? 0.5 : 0);
            return below;
        };
        for (std::size_t at = 0; at < 1300; at += 111) {
            const double expected = std::abs(rank(energy, at) - rank(msp, at)) / 1300;
            QVERIFY(std::abs(static_cast<double>((*other)[at]) - expected) < 2e-3);
        }
    }

    void editsStartFromTheMaskOfTheRow() {
        const auto inspection = tinyInspection();
        const auto edits = handEdits(*inspection, kRow, Job{});
        QVERIFY(edits.has_value());
        const auto outcome = edits->evaluate({}, ScoreKind::Energy, 0.95);
        QVERIFY(outcome.has_value());
        for (std::size_t s = 0; s < 3; ++s) {
            const OodMetrics expected = inspection->exploration->metrics->ood[s].metrics.at(kRow);
            QCOMPARE(outcome->ofSet(s).fpr95, expected.fpr95);
            QVERIFY(std::abs(outcome->ofSet(s).auroc - expected.auroc) < 1e-5);
        }
    }

    void theoryIsOfTheTrainingSetAndThoseThatAreLookedAt() {
        const auto inspection = tinyInspection();
        const auto theory = theoryOfSets(*inspection, Job{});
        QVERIFY(theory.has_value());
        QCOMPARE(theory->size(), std::size_t{5});
        QVERIFY(theory->front().role == SetRole::IdTrain);
        QCOMPARE(theory->back().name, std::string("noise"));
        // On the training set the mean output is that of the contributions, averaged over the classes.
        double expected = 0;
        const HeadView head = inspection->head();
        for (std::size_t c = 0; c < head.classes(); ++c) {
            expected += static_cast<double>(head.bias[c]) / kTinyClasses;
            for (std::size_t d = 0; d < head.units(); ++d) {
                if (inspection->plan.keeps(kRow, c, d))
                    expected += static_cast<double>(head.weight(c, d)) * inspection->inputs->featureMean[d] /
                                kTinyClasses;
            }
        }
        QVERIFY(std::abs(theory->front().average.mean[kRow] - expected) < 1e-6);
    }
};

QTEST_APPLESS_MAIN(TestInspection)
#include "test_inspection.moc"
