#include <QtTest>

#include "core/metrics/choose_level.h"

using namespace dicescope;

namespace {

struct Curve {
    std::string name;
    std::vector<double> fpr95;
    std::vector<double> auroc;
};

/// A snapshot at p = 0, 50, 90 and, last, the dense head.
LevelMetrics snapshot(const std::vector<Curve>& curves) {
    LevelMetrics metrics;
    metrics.levels = {0, 50, 90};
    metrics.hasDense = true;
    metrics.average = MetricColumns(4);
    for (const Curve& curve : curves) {
        OodLevels set;
        set.name = curve.name;
        set.metrics = MetricColumns(4);
        set.metrics.fpr95 = curve.fpr95;
        set.metrics.auroc = curve.auroc;
        metrics.ood.push_back(set);
        for (std::size_t row = 0; row < 4; ++row) {
            metrics.average.fpr95[row] += curve.fpr95[row] / static_cast<double>(curves.size());
            metrics.average.auroc[row] += curve.auroc[row] / static_cast<double>(curves.size());
        }
    }
    return metrics;
}

}  // namespace

class TestChooseLevel : public QObject {
    Q_OBJECT

    const LevelMetrics noise_ = snapshot({{"noise", {.5, .25, .125, 0}, {.5, .875, .75, 1}}});
    const LevelMetrics reported_ = snapshot(
        {{"dtd", {.5, .25, .75, 0}, {.5, .75, .25, 1}}, {"mnist", {.75, .75, .5, 0}, {.25, .5, .625, 1}}});

  private slots:
    void choosesOnTheValidationSetAndSaysWhatItCosts() {
        const auto choice = chooseLevel(noise_, reported_, LevelCriterion::Fpr95);
        QVERIFY(choice.has_value());
        QCOMPARE(choice->chosen, (LevelValue{2, 90, .125}));
        QVERIFY(choice->chosenOn == std::vector<std::string>{"noise"});
        QVERIFY(!choice->chosenOnReportedSet);
        QCOMPARE(choice->average.ood, std::string("average"));
        QCOMPARE(choice->average.chosen, (LevelValue{2, 90, .625}));
        QCOMPARE(choice->average.best, (LevelValue{1, 50, .5}));
        QCOMPARE(choice->average.regret, .125);
        QCOMPARE(choice->sets.size(), std::size_t{2});
        QCOMPARE(choice->sets[0].ood, std::string("dtd"));
        QCOMPARE(choice->sets[0].best, (LevelValue{1, 50, .25}));
        QCOMPARE(choice->sets[0].regret, .5);
        QCOMPARE(choice->sets[1].regret, 0.0);
    }

    void aurocIsMaximised() {
        const auto choice = chooseLevel(noise_, reported_, LevelCriterion::Auroc);
        QVERIFY(choice.has_value());
        QCOMPARE(choice->chosen, (LevelValue{1, 50, .875}));
        QCOMPARE(choice->average.best, (LevelValue{1, 50, .625}));
        QCOMPARE(choice->average.regret, 0.0);
        QCOMPARE(choice->sets[1].regret, .125);
    }

    void ofEqualLevelsTheSmallestIsTaken() {
        const LevelMetrics flat = snapshot({{"noise", {.5, .25, .25, .25}, {.75, .75, .5, .75}}});
        QCOMPARE(bestLevel(flat, LevelCriterion::Fpr95).level, 50.0);
        QCOMPARE(bestLevel(flat, LevelCriterion::Auroc).level, 0.0);
    }

    void refusesASetThatIsAlsoReported() {
        const auto refused = chooseLevel(reported_, reported_, LevelCriterion::Fpr95);
        QVERIFY(!refused && refused.error().code == ErrorCode::InvalidArgument);
        QVERIFY(refused.error().message.find("\"dtd\"") != std::string::npos);
        const auto allowed = chooseLevel(reported_, reported_, LevelCriterion::Fpr95, true);
        QVERIFY(allowed.has_value());
        QVERIFY(allowed->chosenOnReportedSet);
        QCOMPARE(allowed->average.regret, 0.0);
        const std::vector<std::string> reported{"a", "b"};
        QVERIFY(checkValidationSets(std::vector<std::string>{"c"}, reported, false));
        QVERIFY(!checkValidationSets(std::vector<std::string>{"c", "b"}, reported, false));
        QVERIFY(checkValidationSets(std::vector<std::string>{"c", "b"}, reported, true));
        QVERIFY(!checkValidationSets({}, reported, true));
    }

    void refusesSnapshotsThatDoNotBelongTogether() {
        const auto mismatch = [&](const LevelMetrics& validation) {
            const auto result = chooseLevel(validation, reported_, LevelCriterion::Fpr95);
            return !result && result.error().code == ErrorCode::Mismatch;
        };
        LevelMetrics other = noise_;
        other.levels[2] = 91;
        QVERIFY(mismatch(other));
        other = noise_;
        other.score = ScoreKind::Msp;
        QVERIFY(mismatch(other));
        other = noise_;
        other.tprLevel = 0.9;
        QVERIFY(mismatch(other));
        other = noise_;
        other.levels.clear();
        QVERIFY(!chooseLevel(other, reported_, LevelCriterion::Fpr95));
    }

    void namesAreReadBack() {
        QCOMPARE(*parseLevelCriterion("fpr95"), LevelCriterion::Fpr95);
        QCOMPARE(*parseLevelCriterion("auroc"), LevelCriterion::Auroc);
        QVERIFY(!parseLevelCriterion("f1"));
    }
};

QTEST_APPLESS_MAIN(TestChooseLevel)
#include "test_choose_level.moc"
