#include <QtTest>
#include <cmath>
#include <limits>

#include "core/metrics/score_kind.h"

using namespace dicescope;

class TestScoreKind : public QObject {
    Q_OBJECT

    static SweepResult twoRows() {
        SweepResult sweep;
        sweep.samples = 3;
        sweep.levels = 1;
        sweep.hasDense = true;
        sweep.maxLogit = {1, 2, 3, 10, 20, 30};
        sweep.excess = {0.5F, 0, 1e-12F, 1, 2, 3};
        return sweep;
    }

  private slots:
    void namesAreReadBack() {
        for (const ScoreKind kind : {ScoreKind::Energy, ScoreKind::Msp, ScoreKind::MaxLogit}) {
            QCOMPARE(*parseScoreKind(name(kind)), kind);
        }
        QVERIFY(name(ScoreKind::Energy) == "energy" && name(ScoreKind::Msp) == "msp");
        const auto unknown = parseScoreKind("softmax");
        QVERIFY(!unknown && unknown.error().message.find("energy, msp or maxlogit") != std::string::npos);
    }

    void scoresFollowFromTheSummary() {
        const SweepResult sweep = twoRows();
        const std::vector<std::size_t> samples{2, 0};
        QCOMPARE(scoresAt(sweep, 0, ScoreKind::Energy, samples), (std::vector<float>{3, 1.5F}));
        QCOMPARE(scoresAt(sweep, 1, ScoreKind::Energy, samples), (std::vector<float>{33, 11}));
        QCOMPARE(scoresAt(sweep, 1, ScoreKind::MaxLogit, samples), (std::vector<float>{30, 10}));
        QCOMPARE(scoresAt(sweep, 1, ScoreKind::Msp, samples),
                 (std::vector<float>{std::exp(-3.0F), std::exp(-1.0F)}));
    }

    void rankingOfMspDoesNotSaturate() {
        const SweepResult sweep = twoRows();
        const std::vector<std::size_t> samples{1, 2};
        const auto msp = scoresAt(sweep, 0, ScoreKind::Msp, samples);
        const auto ranking = rankingScores(sweep, 0, ScoreKind::Msp, samples);
        QCOMPARE(msp[0], msp[1]);
        QVERIFY(ranking[0] > ranking[1]);
        QCOMPARE(scoreOfRanking(ScoreKind::Msp, std::log(0.25)), 0.25);
        QCOMPARE(scoreOfRanking(ScoreKind::Energy, -3.0), -3.0);
    }

    void samplesThatAreNotFiniteAreNotUsable() {
        SweepResult sweep = twoRows();
        sweep.maxLogit[1] = sweep.maxLogit[4] = std::numeric_limits<float>::quiet_NaN();
        QCOMPARE(usableSamples(sweep), (std::vector<std::size_t>{0, 2}));
        QCOMPARE(usableSamples(sweep, std::vector<std::size_t>{2, 1}), (std::vector<std::size_t>{2}));
        QVERIFY(usableSamples(SweepResult()).empty());
    }
};

QTEST_APPLESS_MAIN(TestScoreKind)
#include "test_score_kind.moc"
