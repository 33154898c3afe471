#include <QTest>
#include <algorithm>
#include <cmath>
#include <limits>

#include "tests/support/tiny_exploration.h"

using namespace dicescope;
using dicescope::testing::tinyExploration;
using dicescope::testing::tinyInputs;
using dicescope::testing::tinySweep;

namespace {

constexpr std::array kKinds{ScoreKind::Energy, ScoreKind::Msp, ScoreKind::MaxLogit};

ExplorationView viewOf(ScoreKind score, double tprLevel = 0.95) {
    ExplorationView view;
    view.score = score;
    view.tprLevel = tprLevel;
    return view;
}

/// The share of scores >= threshold, counted one by one in float64.
double countAccepted(const SweepResult& sweep, std::size_t row, ScoreKind kind, double threshold) {
    std::size_t accepted = 0;
    for (std::size_t i = 0; i < sweep.samples; ++i) {
        const float maxLogit = sweep.maxLogitAt(row)[i];
        const float excess = sweep.excessAt(row)[i];
        const double score = kind == ScoreKind::Energy ? static_cast<double>(maxLogit + excess)
                             : kind == ScoreKind::Msp  ? std::exp(-static_cast<double>(excess))
                                                       : static_cast<double>(maxLogit);
        accepted += score >= threshold ? 1 : 0;
    }
    return static_cast<double>(accepted) / static_cast<double>(sweep.samples);
}

}  // namespace

class TestExplorationRow : public QObject {
    Q_OBJECT

  private slots:
    void acceptedSharesAreCountedExactly() {
        const auto inputs = tinyInputs();
        for (const ScoreKind kind : kKinds) {
            const auto exploration = tinyExploration(inputs, viewOf(kind));
            const auto& swept = *exploration->swept;
            for (const std::size_t row : {std::size_t{0}, std::size_t{70}, exploration->denseRow()}) {
                const auto scores = scoresAt(swept.id, row, kind, usableSamples(swept.id));
                std::vector<double> thresholds{-1e30, -1, -0.0, 0, 0.5, 1, 1.0000001, 1e30};
                for (std::size_t i = 0; i < 20; ++i) thresholds.push_back(static_cast<double>(scores[i]));
                for (const double threshold : thresholds) {
                    const auto shares = acceptedAt(*exploration, row, threshold);
                    QCOMPARE(shares.id, countAccepted(swept.id, row, kind, threshold));
                    QCOMPARE(shares.ood.size(), std::size_t{3});
                    for (std::size_t s = 0; s < 3; ++s)
                        QCOMPARE(shares.ood[s], countAccepted(swept.ood[s], row, kind, threshold));
                }
            }
        }
    }

    void theFittedThresholdGivesTheMetrics() {
        const auto inputs = tinyInputs();
        for (const ScoreKind kind : kKinds) {
            const auto exploration = tinyExploration(inputs, viewOf(kind, 0.9));
            for (std::size_t row = 0; row < exploration->rows(); ++row) {
                const auto& ood = exploration->metrics->ood;
                const auto shares = acceptedAt(*exploration, row, ood[0].metrics.threshold[row]);
                QCOMPARE(shares.id, ood[0].metrics.tpr[row]);
                for (std::size_t s = 0; s < ood.size(); ++s)
                    QCOMPARE(shares.ood[s], ood[s].metrics.fpr95[row]);
            }
        }
    }

    void thresholdsBeyondAllScores() {
        constexpr double kInfinity = std::numeric_limits<double>::infinity();
        for (const ScoreKind kind : kKinds) {
            const auto exploration = tinyExploration(tinyInputs(), viewOf(kind));
            QCOMPARE(acceptedAt(*exploration, 3, -kInfinity).id, 1.0);
            QCOMPARE(acceptedAt(*exploration, 3, kInfinity).id, 0.0);
            QCOMPARE(acceptedAt(*exploration, 3, std::numeric_limits<double>::quiet_NaN()).id, 0.0);
        }
    }

    void imagesThatAreNotFiniteAreNotCounted() {
        auto damaged = std::make_shared<Exploration>(*tinyExploration());
        auto swept = std::make_shared<SweptSets>(*damaged->swept);
        constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
        for (std::size_t row = 0; row < swept->id.rows(); ++row)
            swept->id.maxLogit[row * swept->id.samples] = swept->id.excess[row * swept->id.samples] = kNan;
        damaged->swept = swept;
        QCOMPARE(acceptedAt(*damaged, 3, -1e30).id, 1.0);
        QCOMPARE(acceptedAt(*damaged, 3, -1e30).ood[0], 1.0);
    }

    void intervalsAreThoseOfTheAnalysis() {
        const auto inputs = tinyInputs();
        SweepAnalysisOptions options;
        options.levels = tinySweep().levels;
        options.seed = 5;
        options.bootstrap = 50;
        options.bootstrapLevel = 80;
        const auto analysis = analyseSweep(*inputs, options);
        QVERIFY(analysis);
        BootstrapOptions bootstrap;
        bootstrap.resamples = 50;
        bootstrap.seed = 5;
        bootstrap.tprLevel = 0.5;
        for (const ScoreSweep& expected : analysis->scores) {
            const auto exploration = tinyExploration(inputs, viewOf(expected.score));
            const auto intervals = intervalsAt(*exploration, 80, bootstrap, Job{});
            QVERIFY(intervals);
            QCOMPARE(*intervals, *expected.intervals);
        }
    }

    void intervalsAreOfTheViewsTprLevel() {
        const auto exploration = tinyExploration(tinyInputs(), viewOf(ScoreKind::Energy, 0.7));
        BootstrapOptions bootstrap;
        bootstrap.resamples = 20;
        const auto intervals = intervalsAt(*exploration, 60, bootstrap, Job{});
        QVERIFY(intervals);
        const auto& metrics = *exploration->metrics;
        const std::size_t dense = exploration->denseRow();
        for (std::size_t s = 0; s < 3; ++s) {
            QCOMPARE(intervals->first.ood[s].fpr95.estimate, metrics.ood[s].metrics.fpr95[60]);
            QCOMPARE(intervals->second.ood[s].fpr95.estimate, metrics.ood[s].metrics.fpr95[dense]);
        }
    }

    void intervalsAreRefusedWhereThereAreNone() {
        const auto exploration = tinyExploration();
        const auto noRow = intervalsAt(*exploration, exploration->rows(), {}, Job{});
        QVERIFY(!noRow);
        QCOMPARE(noRow.error().code, ErrorCode::InvalidArgument);
        auto partial = *exploration;
        partial.swept = nullptr;
        const auto early = intervalsAt(partial, 0, {}, Job{});
        QVERIFY(!early);
        QCOMPARE(early.error().code, ErrorCode::InvalidArgument);
        std::stop_source stop;
        stop.request_stop();
        const auto stopped = intervalsAt(*exploration, 0, {}, Job{stop.get_token(), {}});
        QVERIFY(!stopped);
        QCOMPARE(stopped.error().code, ErrorCode::Cancelled);
    }
};

QTEST_APPLESS_MAIN(TestExplorationRow)
#include "test_exploration_row.moc"
