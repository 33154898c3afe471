#include "core/analysis/exploration.h"

#include <QTest>
#include <algorithm>
#include <chrono>
#include <limits>
#include <stop_token>
#include <thread>

#include "core/analysis/anytime_sweep.h"
#include "core/analysis/evaluation.h"
#include "tests/support/tiny_exploration.h"

using namespace dicescope;
using dicescope::testing::AnalysisInputsPtr;
using dicescope::testing::kTinyClasses;
using dicescope::testing::kTinyFeatures;
using dicescope::testing::tinyExploration;
using dicescope::testing::tinyInputs;
using dicescope::testing::tinySweep;

namespace {

bool same(const MetricColumns& a, const MetricColumns& b) {
    return a.fpr95 == b.fpr95 && a.fpr95OodPositive == b.fpr95OodPositive && a.auroc == b.auroc &&
           a.auprIn == b.auprIn && a.auprOut == b.auprOut && a.threshold == b.threshold && a.tpr == b.tpr;
}

bool same(const MomentColumns& a, const MomentColumns& b) {
    return a.mean == b.mean && a.variance == b.variance;
}

bool same(const LevelMetrics& a, const LevelMetrics& b) {
    const auto sameSet = [](const OodLevels& u, const OodLevels& v) {
        return u.name == v.name && u.samples == v.samples && u.excluded == v.excluded &&
               same(u.metrics, v.metrics) && same(u.moments, v.moments) && u.gap == v.gap;
    };
    return a.score == b.score && a.tprLevel == b.tprLevel && a.levels == b.levels &&
           a.hasDense == b.hasDense && a.idName == b.idName && a.idSamples == b.idSamples &&
           a.idExcluded == b.idExcluded && same(a.idMoments, b.idMoments) &&
           std::ranges::equal(a.ood, b.ood, sameSet) && same(a.average, b.average) &&
           a.averageGap == b.averageGap;
}

bool same(const LevelCurves& a, const LevelCurves& b) {
    const auto sameCounts = [](const SetHistograms& u, const SetHistograms& v) {
        return u.name == v.name && u.counts == v.counts && u.samples == v.samples;
    };
    const auto sameVertex = [](const RocVertex& u, const RocVertex& v) {
        return u.fpr == v.fpr && u.tpr == v.tpr;
    };
    const auto sameCurve = [&](const auto& u, const auto& v) { return std::ranges::equal(u, v, sameVertex); };
    const auto sameRocs = [&](const SetRocs& u, const SetRocs& v) {
        return u.name == v.name && std::ranges::equal(u.curves, v.curves, sameCurve);
    };
    return a.score == b.score && a.range == b.range && a.bins == b.bins && sameCounts(a.id, b.id) &&
           std::ranges::equal(a.ood, b.ood, sameCounts) && std::ranges::equal(a.rocs, b.rocs, sameRocs);
}

bool same(const LevelChoice& a, const LevelChoice& b) {
    const auto sameRegret = [](const LevelRegret& u, const LevelRegret& v) {
        return u.ood == v.ood && u.chosen == v.chosen && u.best == v.best && u.regret == v.regret;
    };
    return a.criterion == b.criterion && a.score == b.score && a.chosenOn == b.chosenOn &&
           a.chosen == b.chosen && a.chosenOnReportedSet == b.chosenOnReportedSet &&
           sameRegret(a.average, b.average) && std::ranges::equal(a.sets, b.sets, sameRegret);
}

/// Everything but which objects it lies in.
bool same(const Exploration& a, const Exploration& b) {
    return a.samplesDone == b.samplesDone && a.samplesTotal == b.samplesTotal &&
           same(*a.metrics, *b.metrics) && same(*a.curves, *b.curves) && a.thresholds == b.thresholds &&
           a.kept == b.kept && a.weights == b.weights && a.accuracy == b.accuracy &&
           a.bestByFpr95 == b.bestByFpr95 && a.bestByAuroc == b.bestByAuroc &&
           a.choice.has_value() == b.choice.has_value() && (!a.choice || same(*a.choice, *b.choice));
}

ExplorationView viewOf(ScoreKind score, double tprLevel = 0.95, std::size_t bins = 100,
                       BinRange range = BinRange::AllRows) {
    ExplorationView view;
    view.score = score;
    view.tprLevel = tprLevel;
    view.bins = bins;
    view.binRange = range;
    return view;
}

ExplorationView choosing(const std::string& on, bool allowReported = false) {
    ExplorationView view;
    view.choice = LevelChoiceRequest{on, LevelCriterion::Auroc, allowReported};
    return view;
}

SweepAnalysisOptions analysisOptions(const ExplorationSweep& sweep) {
    SweepAnalysisOptions options;
    options.rule = sweep.rule;
    options.seed = sweep.seed;
    options.levels = sweep.levels;
    options.reactClip = sweep.reactClip;
    return options;
}

ErrorCode codeOf(Explorer& explorer, const ExplorationSweep& sweep, const ExplorationView& view) {
    std::size_t partials = 0;
    const auto result = explorer.explore(sweep, view, Job{}, [&](const ExplorationPtr&) { ++partials; });
    return result || partials > 0 ? ErrorCode::Internal : result.error().code;
}

}  // namespace

class TestExploration : public QObject {
    Q_OBJECT

  private slots:
    void valuesAreThoseOfTheAnalysis_data() {
        QTest::addColumn<int>("rule");
        QTest::addColumn<double>("clip");
        QTest::addRow("contribution") << static_cast<int>(RankingRule::Contribution) << 0.0;
        QTest::addRow("contribution, clipped") << static_cast<int>(RankingRule::Contribution) << 1.0;
        QTest::addRow("random weights") << static_cast<int>(RankingRule::RandomWeight) << 0.0;
    }
    void valuesAreThoseOfTheAnalysis() {
        QFETCH(int, rule);
        QFETCH(double, clip);
        const auto inputs = tinyInputs();
        auto sweep = tinySweep();
        sweep.rule = static_cast<RankingRule>(rule);
        sweep.seed = 11;
        if (clip > 0) sweep.reactClip = static_cast<float>(clip);
        auto options = analysisOptions(sweep);
        options.choice = choosing("val").choice;
        const auto analysis = analyseSweep(*inputs, options);
        QVERIFY(analysis);

        Explorer explorer(inputs);
        for (const ScoreSweep& expected : analysis->scores) {
            auto view = choosing("val");
            view.score = expected.score;
            const auto exploration = explorer.explore(sweep, view, Job{}, [](const ExplorationPtr&) {});
            QVERIFY(exploration);
            QVERIFY((*exploration)->complete());
            QVERIFY(same(*(*exploration)->metrics, *expected.reported));
            QCOMPARE((*exploration)->bestByFpr95, expected.bestByFpr95);
            QCOMPARE((*exploration)->bestByAuroc, expected.bestByAuroc);
            QVERIFY(same(*(*exploration)->choice, *expected.choice));
            QCOMPARE((*exploration)->thresholds, analysis->thresholds);
            QCOMPARE((*exploration)->kept, analysis->kept);
            QCOMPARE((*exploration)->weights, kTinyClasses * kTinyFeatures);
            QCOMPARE((*exploration)->samplesDone, countImages(*inputs));
            QCOMPARE((*exploration)->samplesTotal, countImages(*inputs));
        }
    }

    void curvesAreThoseOfTheSweep() {
        const auto inputs = tinyInputs();
        const auto exploration =
            tinyExploration(inputs, viewOf(ScoreKind::MaxLogit, 0.9, 30, BinRange::EachRow));
        QVERIFY(exploration);
        auto request = metricsRequest(*inputs, exploration->swept->id, inputs->ood, exploration->swept->ood,
                                      exploration->sweep.levels, 0);
        request.score = ScoreKind::MaxLogit;
        const auto curves = computeLevelCurves(request, {30, BinRange::EachRow}, Job{});
        QVERIFY(curves && same(*exploration->curves, **curves));
        request.tprLevel = 0.9;
        const auto metrics = computeLevelMetrics(request, Job{});
        QVERIFY(metrics && same(*exploration->metrics, **metrics));
    }

    void accuracyIsThatOfTheEvaluation() {
        const auto inputs = tinyInputs();
        auto sweep = tinySweep();
        const auto exploration = tinyExploration(inputs, {}, sweep);
        const auto evaluation = evaluate(*inputs, {sweep.levels, std::nullopt, 0});
        QVERIFY(exploration && evaluation);
        QCOMPARE(exploration->accuracy.size(), std::size_t{102});
        for (const AccuracyRow& row : evaluation->accuracy) {
            const std::size_t index = row.p ? static_cast<std::size_t>(*row.p) : exploration->denseRow();
            QCOMPARE(exploration->accuracy[index], row.accuracy);
        }
        QVERIFY(exploration->accuracy[exploration->denseRow()] > 0.5);
        QVERIFY(exploration->accuracy[100] < 0.3);
    }

    void withoutLabelsThereIsNoAccuracy() {
        auto inputs = std::make_shared<AnalysisInputs>(*tinyInputs());
        inputs->id.labels.clear();
        QVERIFY(tinyExploration(inputs)->accuracy.empty());
        inputs->id.labels.assign(inputs->id.features->size(), -1);
        QVERIFY(tinyExploration(inputs)->accuracy.empty());
    }

    void thePreviewSpeaksOfItsSamplesOnly() {
        const auto inputs = tinyInputs(2000, 900);
        const auto view = viewOf(ScoreKind::Msp, 0.9, 40);
        ExplorationPtr first;
        Explorer explorer(inputs);
        const auto complete = explorer.explore(tinySweep(), view, Job{}, [&](const ExplorationPtr& partial) {
            if (!first) first = partial;
        });
        QVERIFY(complete && first);
        QVERIFY(!first->complete());
        QVERIFY(!first->choice);
        QCOMPARE(first->samplesDone, 4 * kPreviewSamples);
        QCOMPARE(first->samplesTotal, std::size_t{2000 + 4 * 900});
        QCOMPARE(first->kept, (*complete)->kept);

        const SweptSets& swept = *(*complete)->swept;
        const auto idSamples = previewSamples(2000);
        const auto oodSamples = previewSamples(900);
        auto request =
            metricsRequest(*inputs, swept.id, inputs->ood, swept.ood, (*complete)->sweep.levels, 0);
        request.score = ScoreKind::Msp;
        request.tprLevel = 0.9;
        request.id.done = idSamples;
        for (SweptSet& ood : request.ood) ood.done = oodSamples;
        const auto metrics = computeLevelMetrics(request, Job{});
        QVERIFY(metrics && same(*first->metrics, **metrics));
        const auto curves = computeLevelCurves(request, {40, BinRange::AllRows}, Job{});
        QVERIFY(curves && same(*first->curves, **curves));

        std::size_t right = 0;
        for (const std::size_t i : idSamples)
            right += swept.id.predictionAt(50)[i] == inputs->id.labels[i] ? 1 : 0;
        QCOMPARE(first->accuracy[50], static_cast<double>(right) / static_cast<double>(idSamples.size()));
    }

    void partialExplorationsGrowAndLeaveTimeToTheSweep() {
        using Clock = std::chrono::steady_clock;
        const auto inputs = tinyInputs(12'000, 6000);
        std::vector<std::size_t> done;
        std::vector<Clock::duration> pauses;
        Clock::time_point last;
        Explorer explorer(inputs);
        const auto complete = explorer.explore(tinySweep(), {}, Job{}, [&](const ExplorationPtr& partial) {
            if (!done.empty()) pauses.push_back(Clock::now() - last);
            done.push_back(partial->samplesDone);
            QVERIFY(partial->samplesDone < partial->samplesTotal);
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
            last = Clock::now();
        });
        QVERIFY(complete);
        QVERIFY(!done.empty());
        QVERIFY(std::ranges::is_sorted(done));
        // Three times the 50 ms that were spent here, at least.
        for (const auto pause : pauses) QVERIFY(pause >= std::chrono::milliseconds(150));
    }

    void anotherViewNeedsNoSweep() {
        const auto inputs = tinyInputs();
        Explorer explorer(inputs);
        const auto first = explorer.explore(tinySweep(), {}, Job{});
        QVERIFY(first);
        const auto look = [&](const ExplorationView& view) {
            std::size_t partials = 0;
            const auto result =
                explorer.explore(tinySweep(), view, Job{}, [&](const ExplorationPtr&) { ++partials; });
            return result && partials == 0 && (*result)->swept == (*first)->swept ? *result : nullptr;
        };
        for (const auto& view :
             {viewOf(ScoreKind::Msp), viewOf(ScoreKind::Msp, 0.8), viewOf(ScoreKind::Msp, 0.8, 20),
              viewOf(ScoreKind::Msp, 0.8, 20, BinRange::EachRow), choosing("val"),
              viewOf(ScoreKind::Energy)}) {
            const auto looked = look(view);
            QVERIFY(looked);
            QVERIFY(same(*looked, *tinyExploration(inputs, view)));
        }
    }

    void whatAViewLeavesAsItIsIsShared() {
        Explorer explorer(tinyInputs());
        const auto look = [&](const ExplorationView& view) {
            return *explorer.explore(tinySweep(), view, Job{});
        };
        const auto first = look(viewOf(ScoreKind::Energy));
        const auto otherLevel = look(viewOf(ScoreKind::Energy, 0.8));
        QCOMPARE(otherLevel->curves, first->curves);
        QVERIFY(otherLevel->metrics != first->metrics);
        const auto otherBins = look(viewOf(ScoreKind::Energy, 0.8, 10));
        QCOMPARE(otherBins->metrics, otherLevel->metrics);
        QVERIFY(otherBins->curves != otherLevel->curves);
    }

    void anotherSweepIsASweep() {
        const auto inputs = tinyInputs();
        Explorer explorer(inputs);
        const auto first = explorer.explore(tinySweep(), {}, Job{});
        QVERIFY(first);
        std::vector<ExplorationSweep> others(4, tinySweep());
        others[0].rule = RankingRule::RandomWeight;
        others[1].rule = RankingRule::RandomWeight;
        others[1].seed = 1;
        others[2].levels.pop_back();
        others[3].reactClip = 1.0F;
        for (const ExplorationSweep& sweep : others) {
            std::size_t partials = 0;
            const auto next = explorer.explore(sweep, {}, Job{}, [&](const ExplorationPtr&) { ++partials; });
            QVERIFY(next);
            QVERIFY(partials > 0);
            QCOMPARE((*next)->sweep, sweep);
            QVERIFY(same(*(*next)->metrics, *tinyExploration(inputs, {}, sweep)->metrics));
        }
    }

    void refusesBeforeItSweeps() {
        Explorer explorer(tinyInputs());
        const auto good = tinySweep();
        const auto kept = explorer.explore(good, {}, Job{});
        QVERIFY(kept);
        auto sweep = good;
        sweep.levels = {50, 40};
        QCOMPARE(codeOf(explorer, sweep, {}), ErrorCode::InvalidArgument);
        sweep = good;
        sweep.reactClip = -1.0F;
        QCOMPARE(codeOf(explorer, sweep, {}), ErrorCode::InvalidArgument);
        sweep = good;
        sweep.levels = {10};
        QCOMPARE(codeOf(explorer, sweep, viewOf(ScoreKind::Energy, 0)), ErrorCode::InvalidArgument);
        QCOMPARE(codeOf(explorer, sweep, viewOf(ScoreKind::Energy, 0.95, 0)), ErrorCode::InvalidArgument);
        QCOMPARE(codeOf(explorer, sweep, choosing("nobody")), ErrorCode::InvalidArgument);
        QCOMPARE(codeOf(explorer, sweep, choosing("far")), ErrorCode::InvalidArgument);
        // The last complete sweep is still there.
        const auto again = explorer.explore(good, choosing("far", true), Job{});
        QVERIFY(again);
        QCOMPARE((*again)->swept, (*kept)->swept);
        QVERIFY((*again)->choice->chosenOnReportedSet);
    }

    void samplesThatAreNotFiniteAreLeftOut() {
        auto inputs = std::make_shared<AnalysisInputs>(*tinyInputs());
        auto damaged = std::make_shared<FeatureSet>(*inputs->ood[1].features);
        auto values = std::make_shared<std::vector<float>>(damaged->features.flat().begin(),
                                                           damaged->features.flat().end());
        (*values)[5 * kTinyFeatures] = std::numeric_limits<float>::quiet_NaN();
        damaged->features.data = values->data();
        damaged->storage = values;
        inputs->ood[1].features = damaged;
        const auto exploration = tinyExploration(inputs);
        QVERIFY(exploration);
        QCOMPARE(exploration->metrics->ood[1].excluded, std::size_t{1});
        QCOMPARE(exploration->curves->ood[1].samples, std::size_t{299});
        QCOMPARE(exploration->curves->ood[0].samples, std::size_t{300});
    }

    void aStopInTheSinkEndsIt() {
        Explorer explorer(tinyInputs(4000, 1000));
        const auto kept = explorer.explore(tinySweep(), {}, Job{});
        QVERIFY(kept);
        auto sweep = tinySweep();
        sweep.seed = 1;
        std::stop_source stop;
        std::size_t partials = 0;
        const auto result =
            explorer.explore(sweep, {}, Job{stop.get_token(), {}}, [&](const ExplorationPtr&) {
                ++partials;
                stop.request_stop();
            });
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::Cancelled);
        QCOMPARE(partials, std::size_t{1});
        const auto again = explorer.explore(tinySweep(), {}, Job{});
        QVERIFY(again);
        QCOMPARE((*again)->swept, (*kept)->swept);
    }

    void aStopAtAnyReportEndsIt() {
        const auto inputs = tinyInputs();
        std::size_t reports = 0;
        const auto stopAt = [&](std::size_t report) {
            std::stop_source stop;
            reports = 0;
            const Job job{stop.get_token(), [&](const Progress&) {
                              if (++reports == report) stop.request_stop();
                          }};
            return Explorer(inputs).explore(tinySweep(), choosing("val"), job, [](const ExplorationPtr&) {});
        };
        QVERIFY(stopAt(0));
        // Begin and end of five sets, of the metrics, the curves and the choice.
        QVERIFY(reports >= 16);
        const std::size_t all = reports;
        for (std::size_t report = 1; report <= all; ++report) {
            const auto result = stopAt(report);
            QVERIFY(!result || reports < report);
            if (!result) QCOMPARE(result.error().code, ErrorCode::Cancelled);
        }
    }

    void aStopFromAnotherThreadEndsIt() {
        const auto inputs = tinyInputs(20'000, 5000);
        for (const int wait : {0, 5, 20, 60}) {
            std::stop_source stop;
            Explorer explorer(inputs);
            const std::jthread other([&] {
                std::this_thread::sleep_for(std::chrono::milliseconds(wait));
                stop.request_stop();
            });
            // Without the stop it would go on, sweep after sweep.
            Result<ExplorationPtr> result;
            auto sweep = tinySweep();
            do {
                ++sweep.seed;
                result = explorer.explore(sweep, {}, Job{stop.get_token(), {}}, [](const ExplorationPtr&) {});
            } while (result);
            QCOMPARE(result.error().code, ErrorCode::Cancelled);
        }
    }

    void aStopBeforeTheStartEndsIt() {
        Explorer explorer(tinyInputs());
        std::stop_source stop;
        stop.request_stop();
        const auto result = explorer.explore(tinySweep(), {}, Job{stop.get_token(), {}});
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::Cancelled);
    }
};

QTEST_APPLESS_MAIN(TestExploration)
#include "test_exploration.moc"
