#include "core/analysis/earlier_comparison.h"

#include <QtTest>
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/tiny_exploration.h"

using namespace dicescope;
using dicescope::testing::tinyInputs;

namespace {

constexpr const char* kFour = "energy,knn:k=3,odin,dice:p=60";

/// A model that is asked for scores, and how often.
struct CountedModel {
    std::size_t calls = 0;

    ModelScorer scorer() {
        return
            [this](const DetectorSpec& spec, const InputSet& set, const Job&) -> Result<std::vector<double>> {
                ++calls;
                std::vector<double> scores(set.features->size());
                for (std::size_t i = 0; i < scores.size(); ++i)
                    scores[i] =
                        std::sin(static_cast<double>(7 * i + set.name.size())) + parameterValue(spec, "t");
                return scores;
            };
    }
};

/// A comparison and what its run did.
struct Ran {
    Comparison comparison;
    std::vector<std::string> stages;              ///< without repetitions
    std::vector<std::size_t> told;                ///< what the sink got, in its order
    std::optional<std::size_t> stagesBeforeTold;  ///< stages before the first of them
};

Ran ran(const dicescope::testing::AnalysisInputsPtr& inputs, const ComparisonOptions& options) {
    Ran result;
    const Job job{{}, [&](const Progress& progress) {
                      if (std::ranges::find(result.stages, progress.stage) == result.stages.end())
                          result.stages.push_back(progress.stage);
                  }};
    auto comparison = compareDetectors(*inputs, *trainingDataOf(inputs), options, job,
                                       [&](std::size_t index, const ComparedDetector& detector) {
                                           if (detector.intervals) qFatal("intervals come with the result");
                                           if (result.told.empty())
                                               result.stagesBeforeTold = result.stages.size();
                                           result.told.push_back(index);
                                       });
    if (!comparison) qFatal("%s", comparison.error().message.c_str());
    result.comparison = std::move(*comparison);
    return result;
}

bool sameNumbers(const ComparedDetector& a, const ComparedDetector& b) {
    return a.spec == b.spec && a.label == b.label && a.error.has_value() == b.error.has_value() &&
           a.idScores == b.idScores && a.oodScores == b.oodScores && a.metrics == b.metrics &&
           a.average == b.average && a.nearAverage == b.nearAverage && a.farAverage == b.farAverage &&
           a.intervals == b.intervals && a.difference == b.difference && a.rankByFpr95 == b.rankByFpr95 &&
           a.rankByAuroc == b.rankByAuroc;
}

/// All but times.
bool sameNumbers(const Comparison& a, const Comparison& b) {
    return a.baseline == b.baseline && a.bootstrap == b.bootstrap && a.seed == b.seed &&
           a.tprLevel == b.tprLevel && a.idCount == b.idCount && a.oodNames == b.oodNames &&
           a.oodCounts == b.oodCounts && a.nearSets == b.nearSets && a.farSets == b.farSets &&
           a.partial == b.partial &&
           std::ranges::equal(a.detectors, b.detectors,
                              [](const auto& one, const auto& other) { return sameNumbers(one, other); });
}

}  // namespace

class TestEarlierComparison : public QObject {
    Q_OBJECT

    dicescope::testing::AnalysisInputsPtr inputs_ = tinyInputs(120, 80);
    CountedModel model_;
    std::shared_ptr<const Comparison> earlier_;

    ComparisonOptions optionsFor(const std::string& detectors) {
        ComparisonOptions options;
        options.detectors = *parseDetectorList(detectors);
        options.baseline = DetectorSpec{"energy", {}};
        options.bootstrap = 40;
        options.nearSets = {"near"};
        options.farSets = {"far", "noise"};
        options.modelScorer = model_.scorer();
        return options;
    }

    /// The stages that took time: what was fitted, scored, or bootstrapped.
    static QStringList work(const Ran& run, const char* kind) {
        QStringList names;
        for (const std::string& stage : run.stages) names << QString::fromStdString(stage);
        return names.filter(QRegularExpression(QStringLiteral("^") + QLatin1String(kind)));
    }

    /// With the earlier comparison as without it, and the model not asked again for what it scored.
    Ran equalsFresh(ComparisonOptions options, const Comparison& earlier) {
        const Ran fresh = ran(inputs_, options);
        const std::size_t before = model_.calls;
        options.earlier = std::make_shared<const Comparison>(earlier);
        Ran again = ran(inputs_, options);
        modelCalls_ = model_.calls - before;
        isSame_ = sameNumbers(again.comparison, fresh.comparison);
        return again;
    }

    std::size_t modelCalls_ = 0;
    bool isSame_ = false;

  private slots:
    void initTestCase() {
        earlier_ = std::make_shared<const Comparison>(ran(inputs_, optionsFor(kFour)).comparison);
        QCOMPARE(model_.calls, std::size_t{4});
        for (const ComparedDetector& detector : earlier_->detectors) QVERIFY(!detector.error);
    }

    void theSameAgainIsTakenOverWhole() {
        const Ran again = equalsFresh(optionsFor(kFour), *earlier_);
        QVERIFY(isSame_);
        QCOMPARE(modelCalls_, std::size_t{0});
        QVERIFY(again.stages.empty());
        QCOMPARE(again.told, (std::vector<std::size_t>{0, 1, 2, 3}));
        for (std::size_t k = 0; k < 4; ++k) {
            QCOMPARE(again.comparison.detectors[k].fitSeconds, earlier_->detectors[k].fitSeconds);
            QCOMPARE(again.comparison.detectors[k].scoreSeconds, earlier_->detectors[k].scoreSeconds);
        }
    }

    void withoutAScorerTheModelsScoresAreStillThere() {
        ComparisonOptions options = optionsFor(kFour);
        options.modelScorer = {};
        options.earlier = earlier_;
        const Ran again = ran(inputs_, options);
        QVERIFY(sameNumbers(again.comparison, *earlier_));
    }

    void whatTheSettingsChangeIsComputedAnew_data() {
        QTest::addColumn<QString>("change");
        QTest::addColumn<int>("bootstrapped");  // detectors that go through the bootstrap again
        QTest::newRow("level") << "level" << 4;
        QTest::newRow("seed") << "seed" << 4;
        QTest::newRow("resamples") << "resamples" << 4;
        QTest::newRow("no resamples") << "no resamples" << 0;
        QTest::newRow("near") << "near" << 4;
        QTest::newRow("far") << "far" << 4;
        QTest::newRow("near is far") << "near is far" << 4;
        QTest::newRow("no groups") << "no groups" << 4;
        QTest::newRow("order in a group") << "order in a group" << 0;
        QTest::newRow("threads") << "threads" << 0;
        QTest::newRow("no baseline") << "no baseline" << 0;
        // The new baseline has its own intervals already, and the others have a difference to make.
        QTest::newRow("baseline") << "baseline" << 3;
    }
    void whatTheSettingsChangeIsComputedAnew() {
        QFETCH(QString, change);
        QFETCH(int, bootstrapped);
        ComparisonOptions options = optionsFor(kFour);
        if (change == "level") options.tprLevel = 0.8;
        if (change == "seed") options.seed = 5;
        if (change == "resamples") options.bootstrap = 41;
        if (change == "no resamples") options.bootstrap = 0;
        if (change == "near") options.nearSets = {};
        if (change == "far") options.farSets = {"far"};
        if (change == "near is far") std::swap(options.nearSets, options.farSets);
        if (change == "no groups") options.nearSets = options.farSets = {};
        if (change == "order in a group") options.farSets = {"noise", "far"};
        if (change == "threads") options.threads = 1;
        if (change == "no baseline") options.baseline.reset();
        if (change == "baseline") options.baseline = options.detectors[3];
        const Ran again = equalsFresh(options, *earlier_);
        QVERIFY(isSame_);
        QCOMPARE(modelCalls_, std::size_t{0});
        QVERIFY(work(again, "Fitting").isEmpty() && work(again, "Scoring").isEmpty());
        QCOMPARE(work(again, "Intervals").size(), bootstrapped);
        QCOMPARE(again.told, (std::vector<std::size_t>{0, 1, 2, 3}));
    }

    void onlyNewDetectorsAreFittedAndScored() {
        const Ran again = equalsFresh(optionsFor("mahalanobis,energy,knn:k=4,odin,msp,dice:p=60"), *earlier_);
        QVERIFY(isSame_);
        QCOMPARE(modelCalls_, std::size_t{0});
        QVERIFY(work(again, "Scoring .* by (Energy|ODIN|DICE)").isEmpty());
        QVERIFY(!work(again, "Scoring near by 2 detectors").isEmpty());
        QVERIFY(!work(again, "Scoring near by KNN").isEmpty());
        QCOMPARE(work(again, "Intervals").size(), 3);
        // What is there already is told before anything is done.
        QCOMPARE(again.told.size(), std::size_t{6});
        QVERIFY(
            (std::vector(again.told.begin(), again.told.begin() + 3) == std::vector<std::size_t>{1, 3, 5}));
        QCOMPARE(*again.stagesBeforeTold, std::size_t{0});
    }

    void theModelIsAskedForOtherSettingsOnly() {
        equalsFresh(optionsFor("odin:t=10,odin,energy"), *earlier_);
        QVERIFY(isSame_);
        QCOMPARE(modelCalls_, std::size_t{4});
    }

    void fewerInAnotherOrder() {
        const Ran again = equalsFresh(optionsFor("dice:p=60,odin,energy"), *earlier_);
        QVERIFY(isSame_);
        QVERIFY(again.stages.empty());
    }

    void aBaselineThatWasNotThereBefore() {
        ComparisonOptions options = optionsFor("msp,dice:p=60,energy");
        options.baseline = DetectorSpec{"msp", {}};
        const Ran again = equalsFresh(options, *earlier_);
        QVERIFY(isSame_);
        QCOMPARE(work(again, "Intervals").size(), 3);
    }

    /// Differences that were never made, because the earlier comparison had no baseline.
    void aBaselineWhereThereWasNone() {
        ComparisonOptions without = optionsFor(kFour);
        without.baseline.reset();
        const Ran before = ran(inputs_, without);
        const Ran again = equalsFresh(optionsFor(kFour), before.comparison);
        QVERIFY(isSame_);
        QCOMPARE(work(again, "Intervals").size(), 3);
    }

    void aDetectorThatFailedIsTriedAgain() {
        ComparisonOptions without = optionsFor(kFour);
        without.modelScorer = {};
        const Ran before = ran(inputs_, without);
        QVERIFY(before.comparison.detectors[2].error);
        const Ran again = equalsFresh(optionsFor(kFour), before.comparison);
        QVERIFY(isSame_);
        QCOMPARE(modelCalls_, std::size_t{4});
        QCOMPARE(work(again, "Intervals").size(), 1);
    }

    /// A baseline that failed leaves no differences; they are made once it has scores.
    void aBaselineThatFailedBefore() {
        ComparisonOptions options = optionsFor(kFour);
        options.baseline = DetectorSpec{"odin", {}};
        ComparisonOptions without = options;
        without.modelScorer = {};
        const Ran before = ran(inputs_, without);
        QVERIFY(!before.comparison.detectors[0].difference);
        equalsFresh(options, before.comparison);
        QVERIFY(isSame_);
    }

    /// Its detectors may be of several comparisons, so that only scores are of use.
    void ofAPartialComparisonOnlyScores() {
        Comparison partial = *earlier_;
        partial.partial = true;
        for (ComparedDetector& detector : partial.detectors) detector.intervals->average.auroc.low = -1;
        const Ran again = equalsFresh(optionsFor(kFour), partial);
        QVERIFY(isSame_);
        QCOMPARE(modelCalls_, std::size_t{0});
        QCOMPARE(work(again, "Intervals").size(), 4);
    }

    void otherSetsAreOfNoUse_data() {
        QTest::addColumn<QString>("change");
        QTest::newRow("name") << "name";
        QTest::newRow("count") << "count";
        QTest::newRow("ID count") << "ID count";
        QTest::newRow("fewer sets") << "fewer sets";
        QTest::newRow("scores") << "scores";
    }
    void otherSetsAreOfNoUse() {
        QFETCH(QString, change);
        Comparison other = *earlier_;
        if (change == "name") other.oodNames[0] = "other";
        if (change == "count") ++other.oodCounts[0];
        if (change == "ID count") ++other.idCount;
        if (change == "fewer sets") {
            other.oodNames.pop_back();
            other.oodCounts.pop_back();
        }
        if (change == "scores") {
            for (ComparedDetector& detector : other.detectors) detector.oodScores[1].pop_back();
        }
        const Ran again = equalsFresh(optionsFor(kFour), other);
        QVERIFY(isSame_);
        QCOMPARE(modelCalls_, std::size_t{4});
        QCOMPARE(work(again, "Intervals").size(), 4);
    }

    void stopsBeforeAnythingIsTakenOver() {
        ComparisonOptions options = optionsFor(kFour);
        options.earlier = earlier_;
        std::stop_source source;
        std::size_t told = 0;
        const auto stopped =
            compareDetectors(*inputs_, *trainingDataOf(inputs_), options, {source.get_token(), {}},
                             [&](std::size_t, const ComparedDetector&) {
                                 ++told;
                                 source.request_stop();
                             });
        QVERIFY(!stopped && stopped.error().code == ErrorCode::Cancelled);
        QCOMPARE(told, std::size_t{1});
    }
};

QTEST_APPLESS_MAIN(TestEarlierComparison)
#include "test_earlier_comparison.moc"
