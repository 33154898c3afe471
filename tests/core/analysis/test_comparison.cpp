#include <QtTest>
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "core/analysis/comparison.h"
#include "core/analysis/evaluation.h"
#include "tests/support/tiny_exploration.h"

using namespace dicescope;
using dicescope::testing::tinyInputs;

namespace {

ComparisonOptions optionsFor(const std::string& detectors, const std::string& baseline = "") {
    ComparisonOptions options;
    options.detectors = *parseDetectorList(detectors);
    if (!baseline.empty()) options.baseline = *parseDetectorSpec(baseline);
    options.bootstrap = 0;
    return options;
}

Result<Comparison> compared(const dicescope::testing::AnalysisInputsPtr& inputs,
                            const ComparisonOptions& options, const Job& job = {},
                            const ComparisonSink& sink = {}) {
    return compareDetectors(*inputs, *trainingDataOf(inputs), options, job, sink);
}

/// P(ID > OOD), ties one half, by comparing every pair.
double naiveAuroc(const std::vector<double>& id, const std::vector<double>& ood) {
    double wins = 0;
    for (const double a : id) {
        for (const double b : ood) wins += a > b ? 1 : a == b ? 0.5 : 0;
    }
    return wins / static_cast<double>(id.size() * ood.size());
}

}  // namespace

class TestComparison : public QObject {
    Q_OBJECT

  private slots:
    void everyDetectorHasNumbers() {
        const auto inputs = tinyInputs();
        const auto comparison = compared(inputs, optionsFor("all"));
        QVERIFY(comparison);
        for (const ComparedDetector& detector : comparison->detectors) {
            QVERIFY2(!detector.error, detector.label.c_str());
            QCOMPARE(detector.idScores.size(), inputs->id.features->size());
            QCOMPARE(detector.metrics.size(), std::size_t{3});
            for (std::size_t s = 0; s < 3; ++s) {
                QCOMPARE(detector.oodScores[s].size(), inputs->ood[s].features->size());
                QVERIFY2(std::abs(detector.metrics[s].auroc -
                                  naiveAuroc(detector.idScores, detector.oodScores[s])) < 1e-12,
                         detector.label.c_str());
            }
            QVERIFY(detector.scoreSeconds > 0);
        }
    }

    void agreesWithTheOtherAnalysis() {
        const auto inputs = tinyInputs();
        const auto comparison =
            compared(inputs, optionsFor("energy,msp,maxlogit,dice:p=80,react:c=0.9,dice+react:p=80:c=0.9"));
        EvaluationOptions options;
        options.levels = {80};
        options.reactClip = 0.9F;
        const auto evaluation = evaluate(*inputs, options);
        QVERIFY(comparison && evaluation);
        const std::map<std::string, std::pair<std::string, ScoreKind>> same{
            {"energy", {"dense", ScoreKind::Energy}},     {"msp", {"dense", ScoreKind::Msp}},
            {"maxlogit", {"dense", ScoreKind::MaxLogit}}, {"dice", {"dice", ScoreKind::Energy}},
            {"react", {"react", ScoreKind::Energy}},      {"dice+react", {"dice+react", ScoreKind::Energy}}};
        for (const ComparedDetector& detector : comparison->detectors) {
            const auto& [name, kind] = same.at(detector.spec.id);
            std::size_t found = 0;
            for (const MetricRow& row : evaluation->rows) {
                if (row.detector != name || row.score != kind) continue;
                const OodMetrics& metrics = row.ood == "average" ? detector.average : detector.metrics[found];
                ++found;
                QVERIFY2(std::abs(row.metrics.auroc - metrics.auroc) < 1e-4, detector.label.c_str());
                QVERIFY2(std::abs(row.metrics.fpr95 - metrics.fpr95) < 4e-3, detector.label.c_str());
            }
            QCOMPARE(found, std::size_t{4});
        }
    }

    void averagesOverGroups() {
        ComparisonOptions options = optionsFor("energy");
        options.nearSets = {"near"};
        options.farSets = {"noise", "far"};
        const auto comparison = compared(tinyInputs(), options);
        QVERIFY(comparison);
        const ComparedDetector& energy = comparison->detectors.front();
        QCOMPARE(energy.nearAverage->auroc, energy.metrics[0].auroc);
        QCOMPARE(energy.farAverage->auroc, (energy.metrics[1].auroc + energy.metrics[2].auroc) / 2);
        QVERIFY(!compared(tinyInputs(), optionsFor("energy"))->detectors.front().nearAverage);
    }

    void ranksByAverages() {
        const auto comparison = compared(tinyInputs(), optionsFor("energy,maxlogit,msp,ash-b,knn"));
        QVERIFY(comparison);
        for (const ComparedDetector& a : comparison->detectors) {
            for (const ComparedDetector& b : comparison->detectors) {
                QCOMPARE(a.rankByAuroc<b.rankByAuroc, a.average.auroc> b.average.auroc);
                QCOMPARE(a.rankByFpr95 < b.rankByFpr95, a.average.fpr95 < b.average.fpr95);
            }
        }
        std::set<std::size_t> ranks;
        for (const ComparedDetector& detector : comparison->detectors) ranks.insert(detector.rankByAuroc);
        QVERIFY(ranks.contains(1));
    }

    void equalDetectorsShareARank() {
        // The ridge is far below the spread, so that both Mahalanobis have the same order of images.
        const auto comparison =
            compared(tinyInputs(), optionsFor("mahalanobis,mahalanobis:as=pytorch-ood,energy"));
        QVERIFY(comparison);
        QCOMPARE(comparison->detectors[0].rankByAuroc, comparison->detectors[1].rankByAuroc);
        const std::size_t other = comparison->detectors[2].rankByAuroc;
        QCOMPARE(comparison->detectors[0].rankByAuroc, std::size_t{other == 1 ? 2U : 1U});
        QVERIFY(other == 1 || other == 3);
    }

    void intervalsHoldTheEstimateAndDifferencesThePair() {
        ComparisonOptions options = optionsFor("energy,msp,dice", "energy");
        options.bootstrap = 200;
        const auto comparison = compared(tinyInputs(), options);
        QVERIFY(comparison);
        QCOMPARE(*comparison->baseline, std::size_t{0});
        QVERIFY(!comparison->detectors[0].difference);
        for (const ComparedDetector& detector : comparison->detectors) {
            const Interval& auroc = detector.intervals->average.auroc;
            QCOMPARE(auroc.estimate, detector.average.auroc);
            QVERIFY(auroc.low <= auroc.estimate && auroc.estimate <= auroc.high && auroc.low < auroc.high);
            if (!detector.difference) continue;
            QVERIFY(std::abs(detector.difference->average.auroc.estimate -
                             (detector.average.auroc - comparison->detectors[0].average.auroc)) < 1e-12);
        }
    }

    /// Each group by a bootstrap that has no other.
    void groupsHaveIntervalsOfTheirOwn_data() {
        QTest::addColumn<QStringList>("near");
        QTest::addColumn<QStringList>("far");
        QTest::newRow("both") << QStringList{"near"} << QStringList{"noise", "far"};
        QTest::newRow("near only") << QStringList{"noise", "near"} << QStringList{};
        QTest::newRow("far only") << QStringList{} << QStringList{"far"};
    }
    void groupsHaveIntervalsOfTheirOwn() {
        QFETCH(QStringList, near);
        QFETCH(QStringList, far);
        ComparisonOptions options = optionsFor("energy,msp", "energy");
        options.bootstrap = 100;
        options.seed = 3;
        for (const QString& name : near) options.nearSets.push_back(name.toStdString());
        for (const QString& name : far) options.farSets.push_back(name.toStdString());
        const auto comparison = compared(tinyInputs(), options);
        QVERIFY(comparison);
        const ComparedDetector& energy = comparison->detectors[0];
        const ComparedDetector& msp = comparison->detectors[1];
        const auto column = [](const ComparedDetector& detector) {
            return ScoreColumn{detector.idScores, {detector.oodScores.begin(), detector.oodScores.end()}};
        };
        const auto check = [&](const QStringList& names, std::optional<OodMetrics> ComparedDetector::*metrics,
                               std::optional<MetricIntervals> ComparedIntervals::*average) {
            QCOMPARE((msp.*metrics).has_value(), !names.isEmpty());
            QCOMPARE((*msp.intervals.*average).has_value(), !names.isEmpty());
            QCOMPARE((*msp.difference.*average).has_value(), !names.isEmpty());
            if (names.isEmpty()) return;
            BootstrapOptions alone;
            alone.resamples = 100;
            alone.seed = 3;
            alone.groups.emplace_back();
            for (std::size_t s = 0; s < comparison->oodNames.size(); ++s) {
                if (names.contains(QString::fromStdString(comparison->oodNames[s])))
                    alone.groups.front().push_back(s);
            }
            const auto expected = bootstrapDifference(column(msp), column(energy), alone, {});
            QVERIFY(expected);
            QVERIFY(*(*msp.intervals.*average) == expected->first.groups.front());
            QVERIFY(*(*energy.intervals.*average) == expected->second.groups.front());
            QVERIFY(*(*msp.difference.*average) == expected->difference.groups.front());
            QVERIFY(std::abs((*msp.intervals.*average)->auroc.estimate - (msp.*metrics)->auroc) < 1e-12);
            QVERIFY(std::abs((*msp.intervals.*average)->fpr95.estimate - (msp.*metrics)->fpr95) < 1e-12);
        };
        check(near, &ComparedDetector::nearAverage, &ComparedIntervals::nearAverage);
        check(far, &ComparedDetector::farAverage, &ComparedIntervals::farAverage);
    }

    void zeroIsInOrOutOfAnInterval() {
        QVERIFY(excludesZero({0.2, 0.1, 0.3}));
        QVERIFY(excludesZero({-0.2, -0.3, -0.1}));
        QVERIFY(!excludesZero({0.1, -0.1, 0.3}));
        QVERIFY(!excludesZero({0, 0, 0}));
    }

    void aDetectorThatCannotRunLeavesTheOthers() {
        const auto comparison =
            compared(tinyInputs(60, 40), optionsFor("energy,nnguide,vim:dim=12,odin,msp", "odin"));
        QVERIFY(comparison);
        QVERIFY(!comparison->detectors[0].error && !comparison->detectors[4].error);
        for (const std::size_t k : {1, 2, 3}) {
            const ComparedDetector& detector = comparison->detectors[k];
            QVERIFY2(detector.error && detector.error->message.ends_with('.'), detector.label.c_str());
            QVERIFY(detector.idScores.empty() && detector.metrics.empty());
            QCOMPARE(detector.rankByAuroc, std::size_t{0});
        }
        QCOMPARE(std::max(comparison->detectors[0].rankByAuroc, comparison->detectors[4].rankByAuroc),
                 std::size_t{2});
    }

    void withoutTrainingImagesTheMeanStillServes() {
        auto inputs = std::make_shared<AnalysisInputs>(*tinyInputs());
        inputs->idTrain.reset();
        const auto comparison = compared(inputs, optionsFor("dice,fdbd,knn,react:c=1"));
        QVERIFY(comparison);
        QVERIFY(!comparison->detectors[0].error && !comparison->detectors[1].error);
        QVERIFY(comparison->detectors[2].error);
        QVERIFY(!comparison->detectors[3].error);
    }

    void theModelScoresWhereItCan() {
        ComparisonOptions options = optionsFor("odin");
        std::vector<std::string> asked;
        options.modelScorer = [&](const DetectorSpec& spec, const InputSet& set,
                                  const Job&) -> Result<std::vector<double>> {
            asked.push_back(set.name);
            const double level = set.role == SetRole::Id ? parameterValue(spec, "t") : 0;
            return std::vector<double>(set.features->size(), level);
        };
        const auto comparison = compared(tinyInputs(), options);
        QVERIFY(comparison);
        QCOMPARE(asked, (std::vector<std::string>{"id", "near", "far", "noise"}));
        QCOMPARE(comparison->detectors.front().average.auroc, 1.0);

        options.modelScorer = [](const DetectorSpec&, const InputSet&,
                                 const Job&) -> Result<std::vector<double>> {
            return std::vector<double>(1);
        };
        QVERIFY(compared(tinyInputs(), options)->detectors.front().error);
    }

    void tellsEachDetectorOnce() {
        std::vector<std::size_t> told;
        const auto comparison = compared(tinyInputs(), optionsFor("knn:k=3,energy,odin,msp"), {},
                                         [&](std::size_t index, const ComparedDetector& detector) {
                                             told.push_back(index);
                                             if (!detector.error) QVERIFY(!detector.metrics.empty());
                                         });
        QVERIFY(comparison);
        QCOMPARE(told.size(), std::size_t{4});
        QVERIFY(std::ranges::find(told, 0U) > std::ranges::find(told, 1U));
        std::ranges::sort(told);
        QCOMPARE(told, (std::vector<std::size_t>{0, 1, 2, 3}));
    }

    void stops() {
        std::stop_source source;
        const Job job{source.get_token(), [&](const Progress& progress) {
                          if (progress.stage.starts_with("Scoring")) source.request_stop();
                      }};
        const auto comparison = compared(tinyInputs(3000, 10), optionsFor("all"), job);
        QVERIFY(!comparison);
        QVERIFY(comparison.error().code == ErrorCode::Cancelled);
    }

    void whatWasDoneOfAStoppedComparison() {
        const auto inputs = tinyInputs();
        ComparisonOptions options = optionsFor("energy,knn:k=3,odin,msp", "energy");
        options.bootstrap = 50;
        options.nearSets = {"near"};
        const auto whole = compared(inputs, options);
        QVERIFY(whole && !whole->partial);
        std::stop_source source;
        std::vector<std::optional<ComparedDetector>> done(4);
        const auto stopped =
            compared(inputs, options,
                     {source.get_token(),
                      [&](const Progress& progress) {
                          if (progress.stage.starts_with("Scoring near by KNN")) source.request_stop();
                      }},
                     [&](std::size_t index, const ComparedDetector& detector) { done[index] = detector; });
        QVERIFY(!stopped);
        QVERIFY(done[0] && !done[1] && !done[2] && done[3]);
        const Comparison partial = partialComparison(*inputs, options, done);
        QVERIFY(partial.partial && partial.bootstrap == 0 && !partial.baseline);
        QCOMPARE(partial.oodNames, whole->oodNames);
        QCOMPARE(partial.idCount, whole->idCount);
        QCOMPARE(partial.detectors.size(), std::size_t{2});
        QCOMPARE(partial.detectors[1].label, whole->detectors[3].label);
        QCOMPARE(partial.detectors[1].average.auroc, whole->detectors[3].average.auroc);
        QCOMPARE(partial.detectors[1].nearAverage->auroc, whole->detectors[3].nearAverage->auroc);
        QCOMPARE(std::max(partial.detectors[0].rankByAuroc, partial.detectors[1].rankByAuroc),
                 std::size_t{2});
    }

    void memoryThatRunsOutIsAnError() {
        const auto inputs = tinyInputs();
        const auto comparison =
            compared(inputs, optionsFor("energy"), {},
                     [](std::size_t, const ComparedDetector&) { throw std::bad_alloc(); });
        QVERIFY(!comparison);
        QVERIFY(comparison.error().code == ErrorCode::OutOfMemory);
    }

    void optionsAreCheckedByNamesAlone() {
        ComparisonOptions options = optionsFor("energy,msp", "energy");
        options.nearSets = {"a"};
        options.farSets = {"b"};
        QVERIFY(checkComparisonOptions({"a", "b"}, options));
        QCOMPARE(checkComparisonOptions({"a"}, options).error().code, ErrorCode::InvalidArgument);
        QCOMPARE(checkComparisonOptions({}, options).error().code, ErrorCode::InvalidArgument);
    }

    void refusesWhatCannotBe_data() {
        QTest::addColumn<int>("broken");
        QTest::addColumn<QString>("told");
        QTest::newRow("no detector") << 0 << "no detector";
        QTest::newRow("twice") << 1 << "named twice";
        QTest::newRow("baseline") << 2 << "baseline";
        QTest::newRow("group") << 3 << "'nowhere'";
        QTest::newRow("both groups") << 4 << "near and in the far";
        QTest::newRow("level") << 5 << "";
        QTest::newRow("resamples") << 6 << "resamples";
        QTest::newRow("parameter") << 7 << "no value for k";
        QTest::newRow("no OOD set") << 8 << "no OOD set";
    }
    void refusesWhatCannotBe() {
        QFETCH(int, broken);
        QFETCH(QString, told);
        auto inputs = std::make_shared<AnalysisInputs>(*tinyInputs());
        ComparisonOptions options = optionsFor("energy,msp");
        if (broken == 0) options.detectors.clear();
        if (broken == 1) options.detectors.push_back({"energy", {}});
        if (broken == 2) options.baseline = DetectorSpec{"dice", {}};
        if (broken == 3) options.nearSets = {"nowhere"};
        if (broken == 4) options.nearSets = options.farSets = {"far"};
        if (broken == 5) options.tprLevel = 0;
        if (broken == 6) options.bootstrap = 2'000'000;
        if (broken == 7) options.detectors.push_back({"knn", {{"k", -1}}});
        if (broken == 8) inputs->ood.clear();
        const auto comparison = compared(inputs, options);
        QVERIFY(!comparison);
        QVERIFY(comparison.error().code == ErrorCode::InvalidArgument);
        QVERIFY2(QString::fromStdString(comparison.error().message).contains(told),
                 comparison.error().message.c_str());
    }

    void fitsAreKeptForTheNextComparison() {
        const auto inputs = tinyInputs();
        const auto training = *trainingDataOf(inputs);
        QVERIFY(compareDetectors(*inputs, training, optionsFor("mahalanobis"), {}));
        const auto* before = training->statistics({})->get();
        QVERIFY(compareDetectors(*inputs, training, optionsFor("vim"), {}));
        QCOMPARE(training->statistics({})->get(), before);
    }

    void countsTheWork() {
        const DetectorWork work = workOf(*tinyInputs(400, 300));
        QCOMPARE(work.samples, std::size_t{1300});
        QCOMPARE(work.classes, std::size_t{5});
        QCOMPARE(work.units, std::size_t{12});
        QCOMPARE(work.trainingRows, std::size_t{400});
    }
};

QTEST_APPLESS_MAIN(TestComparison)
#include "test_comparison.moc"
