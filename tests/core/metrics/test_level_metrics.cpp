#include <QtTest>
#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "core/metrics/level_metrics.h"
#include "naive_metrics.h"

using namespace dicescope;

namespace {

constexpr std::size_t kLevels = 5;

SweepResult randomSweep(std::size_t samples, float mean, unsigned seed) {
    std::mt19937 random(seed);
    std::normal_distribution<float> logit(mean, 2);
    SweepResult sweep;
    sweep.samples = samples;
    sweep.levels = kLevels;
    sweep.hasDense = true;
    for (std::size_t i = 0; i < samples * sweep.rows(); ++i) {
        sweep.maxLogit.push_back(std::round(logit(random) * 8) / 8);
        sweep.excess.push_back(std::abs(std::round(logit(random) * 8) / 64));
    }
    return sweep;
}

double scoreOf(const SweepResult& sweep, std::size_t row, std::size_t sample, ScoreKind kind) {
    const double maxLogit = sweep.maxLogitAt(row)[sample];
    const double excess = sweep.excessAt(row)[sample];
    return kind == ScoreKind::Energy ? maxLogit + excess
           : kind == ScoreKind::Msp  ? std::exp(-excess)
                                     : maxLogit;
}

std::vector<double> scoresOf(const SweepResult& sweep, std::size_t row, ScoreKind kind,
                             const std::vector<std::size_t>& samples) {
    std::vector<double> scores;
    for (const std::size_t i : samples) scores.push_back(scoreOf(sweep, row, i, kind));
    return scores;
}

bool near(double a, double b) {
    return std::abs(a - b) < 1e-12 * std::max(1.0, std::abs(b));
}

bool momentsAgree(const MomentColumns& moments, std::size_t row, const std::vector<double>& scores) {
    double sum = 0;
    double squares = 0;
    for (const double score : scores) sum += score, squares += score * score;
    const auto n = static_cast<double>(scores.size());
    return near(moments.mean[row], sum / n) &&
           std::abs(moments.variance[row] - (squares / n - sum / n * sum / n)) < 1e-9;
}

bool same(const MetricColumns& a, const MetricColumns& b) {
    for (std::size_t row = 0; row < a.rows(); ++row) {
        if (!(a.at(row) == b.at(row))) return false;
    }
    return a.rows() == b.rows();
}

bool same(const LevelMetrics& a, const LevelMetrics& b) {
    const auto sameSet = [](const OodLevels& x, const OodLevels& y) {
        return x.name == y.name && x.samples == y.samples && x.excluded == y.excluded &&
               same(x.metrics, y.metrics) && x.moments.mean == y.moments.mean &&
               x.moments.variance == y.moments.variance && x.gap == y.gap;
    };
    return a.levels == b.levels && a.idSamples == b.idSamples && a.idMoments.mean == b.idMoments.mean &&
           a.idMoments.variance == b.idMoments.variance && same(a.average, b.average) &&
           a.averageGap == b.averageGap &&
           std::equal(a.ood.begin(), a.ood.end(), b.ood.begin(), b.ood.end(), sameSet);
}

}  // namespace

class TestLevelMetrics : public QObject {
    Q_OBJECT

    SweepResult id_ = randomSweep(83, 2, 1);
    SweepResult near_ = randomSweep(47, 1, 2);
    SweepResult far_ = randomSweep(31, -2, 3);

    LevelMetricsRequest request(ScoreKind kind = ScoreKind::Energy) const {
        LevelMetricsRequest request;
        request.score = kind;
        request.levels = {0, 25, 50, 75, 100};
        request.id = {"test", &id_, {}};
        request.ood = {{"near", &near_, {}}, {"far", &far_, {}}};
        return request;
    }

    void refused(const LevelMetricsRequest& request, ErrorCode code, const char* because) const {
        const auto result = computeLevelMetrics(request, {});
        QVERIFY(!result);
        QCOMPARE(result.error().code, code);
        QVERIFY2(result.error().message.find(because) != std::string::npos, result.error().message.c_str());
    }

  private slots:
    void agreesWithTheNaiveCount_data() {
        QTest::addColumn<int>("kind");
        QTest::newRow("energy") << static_cast<int>(ScoreKind::Energy);
        QTest::newRow("msp") << static_cast<int>(ScoreKind::Msp);
        QTest::newRow("maxlogit") << static_cast<int>(ScoreKind::MaxLogit);
    }
    void agreesWithTheNaiveCount() {
        QFETCH(int, kind);
        const auto score = static_cast<ScoreKind>(kind);
        const auto snapshot = computeLevelMetrics(request(score), {});
        QVERIFY(snapshot.has_value());
        const LevelMetrics& levels = **snapshot;
        QCOMPARE(levels.rows(), kLevels + 1);
        QVERIFY(levels.hasDense && levels.idName == "test" && levels.idSamples == 83);
        QVERIFY(levels.ood[0].name == "near" && levels.ood[0].samples == 47 && levels.ood[1].samples == 31);
        for (std::size_t row = 0; row < levels.rows(); ++row) {
            const auto id = scoresOf(id_, row, score, usableSamples(id_));
            const auto nearScores = scoresOf(near_, row, score, usableSamples(near_));
            const auto farScores = scoresOf(far_, row, score, usableSamples(far_));
            const OodMetrics a = naive::metrics(id, nearScores);
            const OodMetrics b = naive::metrics(id, farScores);
            QVERIFY(naive::agree(levels.ood[0].metrics.at(row), a));
            QVERIFY(naive::agree(levels.ood[1].metrics.at(row), b));
            QVERIFY(near(levels.average.fpr95[row], (a.fpr95 + b.fpr95) / 2));
            QVERIFY(near(levels.average.auroc[row], (a.auroc + b.auroc) / 2));
            QCOMPARE(levels.average.threshold[row], a.threshold);
            QVERIFY(momentsAgree(levels.idMoments, row, id));
            QVERIFY(momentsAgree(levels.ood[0].moments, row, nearScores));
            QVERIFY(momentsAgree(levels.ood[1].moments, row, farScores));
            QCOMPARE(levels.ood[1].gap[row], levels.idMoments.mean[row] - levels.ood[1].moments.mean[row]);
            QVERIFY(near(levels.averageGap[row], (levels.ood[0].gap[row] + levels.ood[1].gap[row]) / 2));
        }
    }

    void threadsDoNotMatter() {
        LevelMetricsRequest one = request();
        one.threads = 1;
        LevelMetricsRequest many = request();
        many.threads = 7;
        QVERIFY(same(**computeLevelMetrics(one, {}), **computeLevelMetrics(many, {})));
    }

    void partOfTheSamplesIsEvaluatedAlone() {
        const std::vector<std::size_t> idDone{80, 3, 17, 40, 41, 5};
        const std::vector<std::size_t> farDone{30, 2};
        LevelMetricsRequest partial = request();
        partial.id.done = idDone;
        partial.ood = {{"far", &far_, farDone}};
        const auto snapshot = computeLevelMetrics(partial, {});
        QVERIFY(snapshot.has_value());
        QVERIFY((*snapshot)->idSamples == 6 && (*snapshot)->ood[0].samples == 2);
        for (std::size_t row = 0; row <= kLevels; ++row) {
            const auto expected = naive::metrics(scoresOf(id_, row, ScoreKind::Energy, idDone),
                                                 scoresOf(far_, row, ScoreKind::Energy, farDone));
            QVERIFY(naive::agree((*snapshot)->ood[0].metrics.at(row), expected));
        }
    }

    void otherTprLevels() {
        LevelMetricsRequest at80 = request();
        at80.tprLevel = 0.8;
        const auto snapshot = computeLevelMetrics(at80, {});
        QVERIFY(snapshot.has_value());
        const auto all = [&](const SweepResult& sweep) {
            return scoresOf(sweep, 2, ScoreKind::Energy, usableSamples(sweep));
        };
        QVERIFY(naive::agree((*snapshot)->ood[0].metrics.at(2), naive::metrics(all(id_), all(near_), 80)));
    }

    void samplesThatAreNotFiniteAreLeftOutAndCounted() {
        SweepResult broken = near_;
        for (std::size_t row = 0; row < broken.rows(); ++row) {
            for (const std::size_t sample : {std::size_t{0}, std::size_t{46}}) {
                broken.maxLogit[row * broken.samples + sample] = std::numeric_limits<float>::quiet_NaN();
                broken.excess[row * broken.samples + sample] = std::numeric_limits<float>::quiet_NaN();
            }
        }
        LevelMetricsRequest withBroken = request();
        withBroken.ood[0].sweep = &broken;
        const auto snapshot = computeLevelMetrics(withBroken, {});
        QVERIFY(snapshot.has_value());
        QVERIFY((*snapshot)->ood[0].samples == 45 && (*snapshot)->ood[0].excluded == 2);
        QVERIFY((*snapshot)->idExcluded == 0 && (*snapshot)->ood[1].excluded == 0);
        std::vector<std::size_t> rest(45);
        for (std::size_t i = 0; i < rest.size(); ++i) rest[i] = i + 1;
        LevelMetricsRequest withoutThem = request();
        withoutThem.ood[0].done = rest;
        QVERIFY(same((*computeLevelMetrics(withoutThem, {}))->ood[0].metrics, (*snapshot)->ood[0].metrics));
    }

    void refusesWhatHasNoAnswer() {
        LevelMetricsRequest none = request();
        none.ood.clear();
        refused(none, ErrorCode::InvalidArgument, "no OOD set");
        LevelMetricsRequest twice = request();
        twice.ood[1].name = "near";
        refused(twice, ErrorCode::InvalidArgument, "\"near\"");
        LevelMetricsRequest level = request();
        level.tprLevel = 0;
        refused(level, ErrorCode::InvalidArgument, "true positive rate");
        LevelMetricsRequest empty = request();
        empty.ood[1].done = std::span<const std::size_t>();
        refused(empty, ErrorCode::InvalidArgument, "\"far\"");
        LevelMetricsRequest fewer = request();
        fewer.levels.pop_back();
        refused(fewer, ErrorCode::Mismatch, "\"test\"");
        SweepResult noDense = far_;
        noDense.hasDense = false;
        LevelMetricsRequest mixed = request();
        mixed.ood[1].sweep = &noDense;
        refused(mixed, ErrorCode::Mismatch, "\"far\"");
        SweepResult lateNan = far_;
        lateNan.excess.back() = std::numeric_limits<float>::quiet_NaN();
        LevelMetricsRequest odd = request();
        odd.ood[1].sweep = &lateNan;
        refused(odd, ErrorCode::InvalidArgument, "1 of the 31 scores of the set \"far\"");
    }

    void stopsWhenAsked() {
        std::stop_source stop;
        stop.request_stop();
        const auto result = computeLevelMetrics(request(), {stop.get_token(), {}});
        QVERIFY(!result && result.error().code == ErrorCode::Cancelled);
    }

    void reportsItsEnd() {
        Progress last;
        QVERIFY(computeLevelMetrics(request(), {{}, [&](const Progress& progress) { last = progress; }}));
        QVERIFY(last.done == kLevels + 1 && last.total == kLevels + 1);
    }
};

QTEST_APPLESS_MAIN(TestLevelMetrics)
#include "test_level_metrics.moc"
