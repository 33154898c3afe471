#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <filesystem>
#include <memory>
#include <optional>

#include "tests/app/gui/compare_controller_support.h"
#include "tests/support/qt_warnings.h"
#include "tests/ui/panels/panel_test_support.h"
#include "ui/plots/chart_view.h"

using namespace dicescope;
using namespace dicescope::testing;

namespace {

using Shown = ShownComparison;

/// Everything but times and the order.
void compareNumbers(const Comparison& mine, const Comparison& theirs) {
    QCOMPARE(mine.partial, theirs.partial);
    QCOMPARE(mine.nearSets, theirs.nearSets);
    QCOMPARE(mine.detectors.size(), theirs.detectors.size());
    for (std::size_t k = 0; k < mine.detectors.size(); ++k) {
        const ComparedDetector& a = mine.detectors[k];
        const ComparedDetector& b = theirs.detectors[k];
        QCOMPARE(a.spec, b.spec);
        QCOMPARE(a.idScores, b.idScores);
        QCOMPARE(a.oodScores, b.oodScores);
        QVERIFY(a.metrics == b.metrics);
        QVERIFY(a.average == b.average);
        QVERIFY(a.nearAverage == b.nearAverage && a.farAverage == b.farAverage);
        QVERIFY(a.intervals && a.intervals == b.intervals);
        QVERIFY(a.difference == b.difference);
        QCOMPARE(a.difference.has_value(), mine.baseline != k);
        QCOMPARE(a.rankByFpr95, b.rankByFpr95);
        QCOMPARE(a.rankByAuroc, b.rankByAuroc);
    }
}

}  // namespace

/// What stays of a run for those after it.
class TestComparisonsKept : public QObject {
    Q_OBJECT

    std::optional<FailOnQtWarnings> warnings_;

  private slots:
    void initTestCase() { useTestEnvironment(); }
    void init() { warnings_.emplace(); }
    void cleanup() { warnings_.reset(); }

    void detectorsAppearAsTheyGetDoneAndStayAfterCancel() {
        HeldScorer held;
        Shown shown;
        shown.controller.setModelScorer(held.scorer());
        shown.check({"energy", "msp", "odin"});
        shown.click("compareRun");
        QTRY_COMPARE_WITH_TIMEOUT(shown.shownWithNumbers().size(), std::size_t{2}, kTimeout);
        QVERIFY(shown.controller.running());
        QVERIFY(!part<QPushButton>(shown.page, "comparisonExport")->isEnabled());
        QTRY_VERIFY(!shown.page.roc().data().empty());
        shown.click("compareCancel");
        QVERIFY(!shown.controller.running());
        QCOMPARE(shown.shownWithNumbers().size(), std::size_t{2});
        QCOMPARE(shown.results().rowCount(), 2);
        QCOMPARE(labelText(&shown.page, "compareState"), QString("Cancelled"));
        QVERIFY(part<QPushButton>(shown.page, "comparisonExport")->isEnabled());
        QTRY_VERIFY_WITH_TIMEOUT(shown.controller.idle(), kTimeout);
        // What is there, without intervals and ranks, can be written.
        const QTemporaryDir folder;
        QSignalSpy written(&shown.controller, &CompareController::written);
        for (const auto format : {ComparisonFormat::Csv, ComparisonFormat::Json, ComparisonFormat::Latex,
                                  ComparisonFormat::Markdown})
            emit shown.page.results().exportRequested(format, folder.filePath("part"));
        QCOMPARE(written.count(), 4);
        // And again, to the end.
        held.open();
        shown.click("compareRun");
        QVERIFY(shown.ends());
        QCOMPARE(shown.shownWithNumbers().size(), std::size_t{3});
    }

    void aCancelledRunKeepsTheResultsOfBefore() {
        HeldScorer held;
        Shown shown;
        shown.controller.setModelScorer(held.scorer());
        shown.check({"energy", "dice"});
        shown.click("compareRun");
        QVERIFY(shown.ends());
        const auto before = shown.controller.comparison();
        // Nothing gets done: all stays.
        shown.check({"odin"});
        shown.click("compareRun");
        shown.click("compareCancel");
        QCOMPARE(shown.controller.comparison(), before);
        QCOMPARE(shown.shownWithNumbers(), (std::vector<DetectorSpec>{kEnergy, kDice}));
        // Nothing new gets done: all stays, with its intervals.
        shown.check({"energy", "odin"});
        shown.page.setup().setGroups({"near"}, {});
        shown.click("compareRun");
        QTRY_COMPARE_WITH_TIMEOUT(shown.shownWithNumbers(), std::vector<DetectorSpec>{kEnergy}, kTimeout);
        shown.click("compareCancel");
        QCOMPARE(shown.controller.comparison(), before);
        shown.page.setup().setGroups({}, {});
        // MSP gets done: it stands beside what was there.
        shown.check({"msp", "odin"});
        shown.click("compareRun");
        QTRY_COMPARE_WITH_TIMEOUT(shown.shownWithNumbers(), std::vector<DetectorSpec>{kMsp}, kTimeout);
        shown.click("compareCancel");
        QCOMPARE(shown.shownWithNumbers(), (std::vector<DetectorSpec>{kMsp, kEnergy, kDice}));
        QCOMPARE(shown.results().detector(2)->average, before->detectors[1].average);
        QCOMPARE(shown.results().detector(2)->intervals, before->detectors[1].intervals);
        QCOMPARE(shown.results().detector(2)->rankByFpr95, std::size_t{0});
    }

    void scoresOfADetectorThatFailedBeforeStayAfterCancel() {
        const CountingScorer counting;
        auto works = std::make_shared<bool>(false);
        Shown shown;
        shown.controller.setModelScorer(
            [works, scorer = counting.scorer()](const DetectorSpec& spec, const InputSet& set,
                                                const Job& job) -> Result<std::vector<double>> {
                if (!*works) return fail(ErrorCode::NotFound, "The images are gone.");
                return scorer(spec, set, job);
            });
        shown.check({"energy", "odin"});
        shown.click("compareRun");
        QVERIFY(shown.ends());
        QCOMPARE(shown.shownWithNumbers(), std::vector<DetectorSpec>{kEnergy});
        *works = true;
        // Long enough to be cancelled within the bootstrap.
        shown.page.setup().setResamples(1'000'000);
        shown.click("compareRun");
        const std::vector<DetectorSpec> both{kEnergy, kOdin};
        QTRY_COMPARE_WITH_TIMEOUT(shown.shownWithNumbers(), both, kTimeout);
        QVERIFY(shown.controller.running());
        shown.click("compareCancel");
        QCOMPARE(shown.shownWithNumbers(), both);
        const int scored = counting.count();
        QTRY_VERIFY_WITH_TIMEOUT(shown.controller.idle(), kTimeout);
        shown.page.setup().setResamples(50);
        shown.click("compareRun");
        QVERIFY(shown.ends());
        QCOMPARE(shown.shownWithNumbers(), both);
        QCOMPARE(counting.count(), scored);
    }

    /// Whether fits are kept on disk is no matter of the data.
    void fitsAreWrittenWhereTheLatestInputsSay_data() {
        QTest::addColumn<bool>("first");
        QTest::newRow("no more") << true;
        QTest::newRow("from now on") << false;
    }
    void fitsAreWrittenWhereTheLatestInputsSay() {
        QFETCH(bool, first);
        const QTemporaryDir folder;
        const std::filesystem::path fits = folder.path().toStdString();
        const std::filesystem::path nowhere;
        const auto inputs = tinyInputs();
        Shown shown(inputs);
        shown.controller.setInputs(nullptr);
        shown.controller.setInputs(inputs, first ? fits : nowhere);
        shown.check({"energy"});
        shown.click("compareRun");
        QVERIFY(shown.ends());
        const auto comparison = shown.controller.comparison();
        shown.controller.setInputs(std::make_shared<AnalysisInputs>(*inputs), first ? nowhere : fits);
        QCOMPARE(shown.controller.comparison(), comparison);
        shown.check({"energy", "mahalanobis"});
        shown.click("compareRun");
        QVERIFY(shown.ends());
        QCOMPARE(shown.shownWithNumbers().size(), std::size_t{2});
        QCOMPARE(std::filesystem::is_empty(fits), first);
    }

    void whatWasScoredIsNotScoredAgain() {
        const auto inputs = tinyInputs();
        const CountingScorer counting;
        constexpr int kSets = 4;
        Shown shown(inputs);
        shown.controller.setModelScorer(counting.scorer());
        shown.check({"energy", "odin"});
        shown.click("compareRun");
        QVERIFY(shown.ends());
        QCOMPARE(counting.count(), kSets);
        // One detector more, another baseline, groups.
        shown.check({"energy", "msp", "odin"});
        shown.page.setup().setBaselineChoice("msp");
        shown.page.setup().setGroups({"near"}, {"noise"});
        shown.click("compareRun");
        QVERIFY(shown.ends());
        QCOMPARE(counting.count(), kSets);
        Shown fresh(inputs);
        fresh.controller.setModelScorer(counting.scorer());
        fresh.check({"energy", "msp", "odin"});
        fresh.page.setup().setBaselineChoice("msp");
        fresh.page.setup().setGroups({"near"}, {"noise"});
        fresh.click("compareRun");
        QVERIFY(fresh.ends());
        QCOMPARE(counting.count(), 2 * kSets);
        compareNumbers(*shown.controller.comparison(), *fresh.controller.comparison());
        // Left out of a run and compared again.
        shown.check({"energy", "msp"});
        shown.click("compareRun");
        QVERIFY(shown.ends());
        QCOMPARE(shown.results().rowCount(), 2);
        shown.check({"energy", "msp", "odin"});
        shown.click("compareRun");
        QVERIFY(shown.ends());
        QCOMPARE(counting.count(), 2 * kSets);
        compareNumbers(*shown.controller.comparison(), *fresh.controller.comparison());
        // Other settings are another detector.
        const int odin = shown.list().rowCount() - 1;
        shown.list().setSpec(odin, {"odin", {{"noise", 0.1}}});
        shown.click("compareRun");
        QVERIFY(shown.ends());
        QCOMPARE(counting.count(), 3 * kSets);
    }

    void intervalsOfARunAreNotThoseOfAnother() {
        const auto inputs = tinyInputs();
        HeldScorer held;
        Shown shown(inputs);
        shown.controller.setModelScorer(held.scorer());
        shown.check({"energy", "dice"});
        shown.click("compareRun");
        QVERIFY(shown.ends());
        // Other resamples: the intervals of before are not those that this run speaks of.
        shown.page.setup().setResamples(70);
        shown.check({"msp", "odin"});
        shown.click("compareRun");
        QTRY_COMPARE_WITH_TIMEOUT(shown.shownWithNumbers(), std::vector<DetectorSpec>{kMsp}, kTimeout);
        shown.click("compareCancel");
        QCOMPARE(shown.shownWithNumbers(), (std::vector<DetectorSpec>{kMsp, kEnergy, kDice}));
        for (const ComparedDetector& detector : shown.controller.comparison()->detectors)
            QVERIFY(!detector.intervals && !detector.difference);
        QTRY_VERIFY_WITH_TIMEOUT(shown.controller.idle(), kTimeout);
        shown.check({"energy", "msp", "dice"});
        shown.click("compareRun");
        QVERIFY(shown.ends());
        Shown fresh(inputs);
        fresh.page.setup().setResamples(70);
        fresh.check({"energy", "msp", "dice"});
        fresh.click("compareRun");
        QVERIFY(fresh.ends());
        compareNumbers(*shown.controller.comparison(), *fresh.controller.comparison());
    }

    void anotherScorerScoresAnew() {
        const CountingScorer counting;
        const CountingScorer other(1);
        Shown shown;
        shown.controller.setModelScorer(counting.scorer());
        shown.check({"energy", "odin"});
        shown.click("compareRun");
        QVERIFY(shown.ends());
        const std::vector<double> before = shown.results().detector(1)->idScores;
        shown.controller.setModelScorer(other.scorer());
        QCOMPARE(shown.results().rowCount(), 0);
        QVERIFY(!shown.controller.comparison());
        shown.click("compareRun");
        QVERIFY(shown.ends());
        QCOMPARE(other.count(), 4);
        QCOMPARE(shown.results().detector(1)->idScores[0], before[0] + 1);
    }

    void otherInputsAreScoredAnew() {
        const CountingScorer counting;
        Shown shown(tinyInputs());
        shown.controller.setModelScorer(counting.scorer());
        shown.check({"energy", "odin"});
        shown.click("compareRun");
        QVERIFY(shown.ends());
        // As many images, and others.
        auto others = std::make_shared<AnalysisInputs>(*tinyInputs());
        std::swap(others->ood[0].features, others->ood[1].features);
        const auto before = shown.results().detector(0)->oodScores;
        shown.controller.setInputs(others);
        shown.click("compareRun");
        QVERIFY(shown.ends());
        QCOMPARE(counting.count(), 8);
        QCOMPARE(shown.results().detector(0)->oodScores[1], before[0]);
    }
};

QTEST_MAIN(TestComparisonsKept)
#include "test_comparisons_kept.moc"
