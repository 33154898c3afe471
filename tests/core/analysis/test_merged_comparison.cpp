#include "core/analysis/merged_comparison.h"

#include <QtTest>
#include <string>
#include <utility>
#include <vector>

#include "core/analysis/comparison_frame.h"
#include "tests/support/tiny_exploration.h"

using namespace dicescope;
using dicescope::testing::tinyInputs;

namespace {

using Done = std::vector<std::shared_ptr<const ComparedDetector>>;
using Shared = std::shared_ptr<const Comparison>;

const DetectorSpec kEnergy{"energy", {}};
const DetectorSpec kMsp{"msp", {}};
const DetectorSpec kOdin{"odin", {}};

/// Intervals that are told apart by one number.
ComparedIntervals intervals(double mark) {
    ComparedIntervals made;
    made.average.auroc = {mark, mark, mark};
    return made;
}

ComparedDetector scored(const DetectorSpec& spec, double mark) {
    ComparedDetector detector;
    detector.spec = spec;
    detector.idScores = {mark};
    detector.oodScores = {{mark}, {mark}, {mark}};
    detector.metrics.resize(3);
    return detector;
}

ComparedDetector failedOne(const DetectorSpec& spec) {
    ComparedDetector detector;
    detector.spec = spec;
    detector.error = Error{ErrorCode::NotFound, "The images are gone."};
    return detector;
}

Done done(const std::vector<ComparedDetector>& detectors) {
    Done list;
    for (const ComparedDetector& detector : detectors)
        list.push_back(std::make_shared<const ComparedDetector>(detector));
    return list;
}

/// Settings and sets; the first detector is the baseline.
Comparison comparisonOf(std::vector<ComparedDetector> detectors) {
    Comparison comparison;
    comparison.bootstrap = 50;
    comparison.idCount = 1;
    comparison.oodNames = {"near", "far", "noise"};
    comparison.oodCounts = {1, 1, 1};
    comparison.nearSets = {"near"};
    comparison.farSets = {"far", "noise"};
    comparison.baseline = 0;
    comparison.detectors = std::move(detectors);
    return comparison;
}

/// Whole: intervals, differences to the first, and ranks. Marks are 1, 2, ...
Comparison wholeOf(const std::vector<DetectorSpec>& specs) {
    std::vector<ComparedDetector> detectors;
    for (std::size_t k = 0; k < specs.size(); ++k) {
        const double mark = static_cast<double>(k + 1);
        ComparedDetector detector = scored(specs[k], mark);
        detector.intervals = intervals(mark);
        if (k > 0) detector.difference = intervals(-mark);
        detector.rankByFpr95 = detector.rankByAuroc = k + 1;
        detectors.push_back(std::move(detector));
    }
    return comparisonOf(std::move(detectors));
}

Comparison frameOf(const std::vector<DetectorSpec>& specs) {
    std::vector<ComparedDetector> detectors(specs.size());
    for (std::size_t k = 0; k < specs.size(); ++k) detectors[k].spec = specs[k];
    return comparisonOf(std::move(detectors));
}

std::vector<DetectorSpec> specsOf(const Comparison& comparison) {
    std::vector<DetectorSpec> specs;
    for (const ComparedDetector& detector : comparison.detectors) specs.push_back(detector.spec);
    return specs;
}

Shared shared(Comparison comparison) {
    return std::make_shared<const Comparison>(std::move(comparison));
}

}  // namespace

class TestMergedComparison : public QObject {
    Q_OBJECT

  private slots:
    void aFrameHasNamesAndNoNumbers() {
        const auto inputs = tinyInputs(40, 30);
        ComparisonOptions options;
        options.detectors = {kMsp, {"dice", {{"p", 60}}}};
        options.baseline = options.detectors[1];
        options.bootstrap = 7;
        options.seed = 3;
        options.tprLevel = 0.8;
        options.nearSets = {"near"};
        options.farSets = {"noise", "far"};
        const Comparison frame = comparisonFrame(*inputs, options);
        QCOMPARE(frame.idCount, std::size_t{40});
        QCOMPARE(frame.oodNames, (std::vector<std::string>{"near", "far", "noise"}));
        QCOMPARE(frame.oodCounts, (std::vector<std::size_t>{30, 30, 30}));
        QCOMPARE(specsOf(frame), options.detectors);
        QCOMPARE(frame.detectors[1].label, std::string("DICE (p=60)"));
        QVERIFY(frame.detectors[0].idScores.empty() && frame.detectors[0].metrics.empty());
        QCOMPARE(frame.baseline, std::optional<std::size_t>(1));
        QCOMPARE(frame.bootstrap, std::size_t{7});
        QCOMPARE(frame.seed, std::uint64_t{3});
        QCOMPARE(frame.tprLevel, 0.8);
        QCOMPARE(frame.farSets, options.farSets);
        QVERIFY(!frame.partial);
        options.baseline.reset();
        QVERIFY(!comparisonFrame(*inputs, options).baseline);
    }

    void alikeAreThoseOfTheSameSettings_data() {
        QTest::addColumn<QString>("change");
        QTest::addColumn<bool>("measured");
        QTest::addColumn<bool>("resampled");
        QTest::newRow("none") << "none" << true << true;
        QTest::newRow("order in a group") << "order" << true << true;
        QTest::newRow("a name that is no set") << "absent" << true << true;
        QTest::newRow("resamples") << "resamples" << true << false;
        QTest::newRow("seed") << "seed" << true << false;
        QTest::newRow("level") << "level" << false << false;
        QTest::newRow("near") << "near" << false << false;
        QTest::newRow("far") << "far" << false << false;
    }
    void alikeAreThoseOfTheSameSettings() {
        QFETCH(QString, change);
        QFETCH(bool, measured);
        QFETCH(bool, resampled);
        const Comparison one = frameOf({kEnergy});
        Comparison other = one;
        if (change == "order") other.farSets = {"noise", "far"};
        if (change == "absent") other.nearSets.push_back("gone");
        if (change == "resamples") ++other.bootstrap;
        if (change == "seed") ++other.seed;
        if (change == "level") other.tprLevel = 0.8;
        if (change == "near") other.nearSets.clear();
        if (change == "far") other.farSets.pop_back();
        QCOMPARE(measuredAlike(one, other), measured);
        QCOMPARE(measuredAlike(other, one), measured);
        QCOMPARE(resampledAlike(one, other), resampled);
    }

    void whatIsDoneStandsBeforeWhatWasThere() {
        const Shared before = shared(wholeOf({kEnergy, kMsp}));
        ComparedDetector odin = scored(kOdin, 9);
        Done got = done({odin, scored(kEnergy, 1)});
        got.push_back(nullptr);
        const Shared merged = comparisonEndedEarly(frameOf({kOdin, kEnergy, {"knn", {}}}), got, before);
        QVERIFY(merged->partial);
        QCOMPARE(specsOf(*merged), (std::vector<DetectorSpec>{kOdin, kEnergy, kMsp}));
        QCOMPARE(merged->baseline, std::optional<std::size_t>(0));
        QVERIFY(!merged->detectors[0].intervals);
        QVERIFY(merged->detectors[1].intervals == intervals(1));
        QVERIFY(merged->detectors[2].intervals == intervals(2));
        // Those of before are differences to Energy.
        for (const ComparedDetector& detector : merged->detectors) {
            QVERIFY(!detector.difference);
            QCOMPARE(detector.rankByFpr95, std::size_t{0});
            QCOMPARE(detector.rankByAuroc, std::size_t{0});
        }
    }

    void differencesToTheSameBaselineStay() {
        const Shared before = shared(wholeOf({kEnergy, kMsp}));
        const Shared merged = comparisonEndedEarly(frameOf({kEnergy, kOdin}),
                                                   done({scored(kEnergy, 1), scored(kOdin, 9)}), before);
        QCOMPARE(specsOf(*merged), (std::vector<DetectorSpec>{kEnergy, kOdin, kMsp}));
        QVERIFY(merged->detectors[2].difference == intervals(-2));
        QVERIFY(!merged->detectors[0].difference && !merged->detectors[1].difference);
    }

    void whatWasMadeOtherwiseIsLeftOut_data() {
        QTest::addColumn<QString>("change");
        QTest::newRow("resamples") << "resamples";
        QTest::newRow("level") << "level";
    }
    void whatWasMadeOtherwiseIsLeftOut() {
        QFETCH(QString, change);
        Comparison frame = frameOf({kEnergy, kOdin});
        if (change == "resamples") frame.bootstrap = 70;
        if (change == "level") frame.tprLevel = 0.8;
        const Shared merged = comparisonEndedEarly(frame, done({scored(kEnergy, 1), scored(kOdin, 9)}),
                                                   shared(wholeOf({kEnergy, kMsp})));
        QCOMPARE(merged->detectors.size(), std::size_t{change == "resamples" ? 3U : 2U});
        QCOMPARE(merged->bootstrap, frame.bootstrap);
        for (const ComparedDetector& detector : merged->detectors)
            QVERIFY(!detector.intervals && !detector.difference);
    }

    void withNothingNewThatOfBeforeStays() {
        const Shared before = shared(wholeOf({kEnergy, kMsp}));
        Comparison frame = frameOf({kEnergy, kOdin});
        frame.bootstrap = 70;
        QCOMPARE(comparisonEndedEarly(frame, {nullptr, nullptr}, before), before);
        QCOMPARE(comparisonEndedEarly(frame, {done({scored(kEnergy, 1)})[0], nullptr}, before), before);
        QCOMPARE(comparisonEndedEarly(frame, {done({failedOne(kEnergy)})[0], nullptr}, before), before);
        QVERIFY(!comparisonEndedEarly(frame, {nullptr, nullptr}, nullptr));
    }

    /// A detector that stands in the table without numbers is not there yet.
    void numbersTakeThePlaceOfAnError() {
        Comparison whole = wholeOf({kEnergy, kMsp});
        whole.detectors.push_back(failedOne(kOdin));
        const Shared before = shared(whole);
        const Comparison frame = frameOf({kEnergy, kOdin});
        const Shared merged =
            comparisonEndedEarly(frame, done({scored(kEnergy, 1), scored(kOdin, 9)}), before);
        QCOMPARE(specsOf(*merged), (std::vector<DetectorSpec>{kEnergy, kOdin, kMsp}));
        QVERIFY(!merged->detectors[1].error);
        QCOMPARE(merged->detectors[1].idScores, std::vector<double>{9});
        QVERIFY(merged->detectors[0].intervals == intervals(1));
        // The same error again is nothing new.
        QCOMPARE(comparisonEndedEarly(frame, done({scored(kEnergy, 1), failedOne(kOdin)}), before), before);
    }

    void withoutOneOfBeforeThereIsWhatIsDone() {
        const Shared merged =
            comparisonEndedEarly(frameOf({kEnergy, kOdin, kMsp}),
                                 {nullptr, done({failedOne(kOdin)})[0], done({scored(kMsp, 2)})[0]}, nullptr);
        QCOMPARE(specsOf(*merged), (std::vector<DetectorSpec>{kOdin, kMsp}));
        QVERIFY(merged->partial && !merged->baseline);
        QVERIFY(merged->detectors[0].error);
    }

    void scoresThatAreKnownStandBehindTheLatest() {
        const Shared known = shared(wholeOf({kMsp, kOdin}));
        const Shared latest = shared(wholeOf({kEnergy, kMsp}));
        const Shared all = withKnownScores(latest, known);
        QCOMPARE(specsOf(*all), (std::vector<DetectorSpec>{kEnergy, kMsp, kOdin}));
        QCOMPARE(all->baseline, std::optional<std::size_t>(0));
        QVERIFY(!all->partial);
        QVERIFY(all->detectors[1].intervals == intervals(2));
        QCOMPARE(all->detectors[2].idScores, std::vector<double>{2});
        QVERIFY(all->detectors[2].intervals == intervals(2));
        QVERIFY(!all->detectors[2].difference);  // that was to MSP
        QCOMPARE(latest->detectors.size(), std::size_t{2});
    }

    /// Scores are of use whatever they were measured by.
    void scoresOfOtherLevelsAreKnownToo() {
        Comparison other = wholeOf({kMsp, kOdin});
        other.tprLevel = 0.8;
        const Shared all = withKnownScores(shared(wholeOf({kEnergy})), shared(other));
        QCOMPARE(all->detectors.size(), std::size_t{3});
        QVERIFY(all->detectors[0].intervals);
        QVERIFY(!all->detectors[1].intervals && !all->detectors[2].intervals);
    }

    void whereThereIsNothingToAddNothingIsCopied() {
        const Shared one = shared(wholeOf({kEnergy}));
        QCOMPARE(withKnownScores(one, nullptr), one);
        QCOMPARE(withKnownScores(one, one), one);
        QCOMPARE(withKnownScores(nullptr, one), one);
    }
};

QTEST_APPLESS_MAIN(TestMergedComparison)
#include "test_merged_comparison.moc"
