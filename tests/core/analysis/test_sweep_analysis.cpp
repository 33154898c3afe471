#include "core/analysis/sweep_analysis.h"

#include <QTemporaryDir>
#include <QTest>
#include <cmath>

#include "core/analysis/evaluation.h"
#include "tests/support/tiny_case.h"

using namespace dicescope;

namespace {

InputsConfig makeConfig(const std::filesystem::path& root) {
    InputsConfig config;
    config.model = tiny::model();
    config.preprocess = tiny::writePreprocess(root);
    config.idTrain = root / "train";
    config.id = root / "id";
    config.ood = {{"far", root / "ood"}};
    config.validation = {{"held", root / "held"}};
    config.noiseImages = 10;
    config.extraction.device = "cpu";
    config.extraction.cache = root / "cache";
    return config;
}

SweepAnalysisOptions optionsFor(const std::string& chooseOn = {}, bool allow = false) {
    SweepAnalysisOptions options;
    options.levels = {0, 20, 40, 60, 80, 90};
    if (!chooseOn.empty()) options.choice = LevelChoiceRequest{chooseOn, LevelCriterion::Auroc, allow};
    return options;
}

}  // namespace

class TestSweepAnalysis : public QObject {
    Q_OBJECT

  private slots:
    void initTestCase() {
        qputenv("XDG_STATE_HOME", temporary_.path().toUtf8());
        const std::filesystem::path root = temporary_.path().toStdString();
        tiny::writeImages(root / "train", 24, 1, {"a", "b", "c", "d"});
        tiny::writeImages(root / "id", 30, 200);
        tiny::writeImages(root / "ood", 20, 300);
        tiny::writeImages(root / "held", 15, 400);
        config_ = makeConfig(root);
        auto inputs = loadInputs(config_);
        QVERIFY2(inputs, inputs ? "" : inputs.error().message.c_str());
        inputs_ = std::move(*inputs);
    }

    void levelsEqualTheEvaluationOfEach() {
        const auto sweep = analyseSweep(inputs_, optionsFor());
        QVERIFY(sweep);
        for (const double p : sweep->levels) {
            const auto single = evaluate(inputs_, {{p}, std::nullopt, 0});
            QVERIFY(single);
            const auto level =
                static_cast<std::size_t>(std::ranges::find(sweep->levels, p) - sweep->levels.begin());
            for (const MetricRow& row : single->rows) {
                const auto& metrics = *sweep->scores[static_cast<std::size_t>(row.score)].reported;
                const auto& columns = row.ood == "average" ? metrics.average : metrics.ood[0].metrics;
                const OodMetrics at = columns.at(row.p ? level : metrics.levels.size());
                // Sums of the same weights in another order of entering may differ in the last bits of a
                // score.
                QVERIFY(std::abs(at.threshold - row.metrics.threshold) < 1e-5);
                QCOMPARE(at.fpr95, row.metrics.fpr95);
                QCOMPARE(at.fpr95OodPositive, row.metrics.fpr95OodPositive);
                QCOMPARE(at.auroc, row.metrics.auroc);
                QCOMPARE(at.auprOut, row.metrics.auprOut);
            }
        }
    }

    void validationSetsAreNotReported() {
        const auto sweep = analyseSweep(inputs_, optionsFor("held"));
        QVERIFY2(sweep, sweep ? "" : sweep.error().message.c_str());
        for (const ScoreSweep& score : sweep->scores) {
            QCOMPARE(score.reported->ood.size(), std::size_t{1});
            QCOMPARE(score.choice->chosenOn, std::vector<std::string>{"held"});
            QVERIFY(!score.choice->chosenOnReportedSet);
            QVERIFY(score.choice->average.regret >= 0);
            QCOMPARE(score.intervalLevel, score.choice->chosen.index);
        }
    }

    void noiseImagesAreAValidationSet() {
        QCOMPARE(inputs_.validation.size(), std::size_t{2});
        QCOMPARE(inputs_.validation[1].name, std::string(kNoiseSetName));
        QCOMPARE(inputs_.validation[1].features->size(), std::size_t{10});
        QVERIFY(checkSweepOptions(optionsFor(std::string(kNoiseSetName)), config_));
        QVERIFY(analyseSweep(inputs_, optionsFor(std::string(kNoiseSetName))));
    }

    void choosingOnAReportedSetMustBeMeant() {
        const auto refused = checkSweepOptions(optionsFor("far"), config_);
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::InvalidArgument);
        QVERIFY(!analyseSweep(inputs_, optionsFor("far")));
        QVERIFY(checkSweepOptions(optionsFor("far", true), config_));
        const auto meant = analyseSweep(inputs_, optionsFor("far", true));
        QVERIFY(meant);
        QVERIFY(meant->scores[0].choice->chosenOnReportedSet);
        QCOMPARE(meant->scores[0].choice->average.regret, 0.0);
    }

    void aReportedFolderUnderAnotherNameIsFound() {
        auto config = config_;
        config.validation = {{"other", config.ood[0].path / ".." / "ood"}};
        const auto refused = checkSweepOptions(optionsFor("other"), config);
        QVERIFY(!refused);
        QVERIFY(QString::fromStdString(refused.error().message).contains("far"));
        QVERIFY(checkSweepOptions(optionsFor("other", true), config));
    }

    void anUnknownSetIsRefused() {
        const auto refused = checkSweepOptions(optionsFor("nobody"), config_);
        QVERIFY(!refused);
        QVERIFY(QString::fromStdString(refused.error().message).contains("nobody"));
    }

    void intervalsHoldTheEstimateOfTheLevel() {
        auto options = optionsFor();
        options.bootstrap = 200;
        options.bootstrapLevel = 61;
        const auto sweep = analyseSweep(inputs_, options);
        QVERIFY(sweep);
        for (const ScoreSweep& score : sweep->scores) {
            QCOMPARE(score.intervalLevel, std::size_t{3});
            const auto& metrics = score.reported->ood[0].metrics;
            const auto& intervals = *score.intervals;
            QCOMPARE(intervals.first.ood[0].auroc.estimate, metrics.auroc[3]);
            QCOMPARE(intervals.second.ood[0].auroc.estimate, metrics.auroc[6]);
            QCOMPARE(intervals.first.ood[0].fpr95.estimate, metrics.fpr95[3]);
            QVERIFY(intervals.first.ood[0].auroc.low <= metrics.auroc[3]);
            QVERIFY(intervals.first.ood[0].auroc.high >= metrics.auroc[3]);
        }
    }

    void everyRankingRuns() {
        for (const RankingRule rule : allRankingRules()) {
            auto options = optionsFor();
            options.rule = rule;
            const auto sweep = analyseSweep(inputs_, options);
            QVERIFY(sweep);
            QVERIFY(std::ranges::is_sorted(sweep->kept, std::greater<>()));
        }
    }

    void refusesWrongOptions() {
        auto options = optionsFor();
        options.levels = {};
        QVERIFY(!checkSweepOptions(options, config_));
        options = optionsFor();
        options.reactClip = -1.0F;
        QVERIFY(!checkSweepOptions(options, config_));
        options = optionsFor();
        options.bootstrap = 2'000'000;
        QVERIFY(!checkSweepOptions(options, config_));
    }

  private:
    QTemporaryDir temporary_;
    InputsConfig config_;
    AnalysisInputs inputs_;
};

QTEST_APPLESS_MAIN(TestSweepAnalysis)
#include "test_sweep_analysis.moc"
