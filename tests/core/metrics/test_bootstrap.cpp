#include <QtTest>
#include <cmath>
#include <limits>
#include <random>

#include "core/metrics/bootstrap.h"
#include "core/metrics/resample.h"
#include "golden_file.h"
#include "naive_metrics.h"

using namespace dicescope;

namespace {

using Scores = std::vector<double>;

struct Column {
    Scores id;
    std::vector<Scores> ood;

    ScoreColumn view() const { return {id, {ood.begin(), ood.end()}}; }
};

Column randomColumn(unsigned seed, bool ties, std::size_t sets = 2) {
    std::mt19937 random(seed);
    std::normal_distribution<double> normal;
    const auto fill = [&](std::size_t count, double mean) {
        Scores scores(count);
        for (double& score : scores)
            score = ties ? std::round(3 * (normal(random) + mean)) : normal(random) + mean;
        return scores;
    };
    Column column{fill(73, 1), {fill(41, 0), fill(19, -1)}};
    if (sets > 2) column.ood.push_back(fill(31, 0.5));
    return column;
}

Scores resampled(const Scores& scores, const ResampleId& id) {
    std::vector<std::uint32_t> draws(scores.size());
    drawIndices(id, scores.size(), draws);
    Scores result;
    for (const std::uint32_t draw : draws) result.push_back(scores[draw]);
    return result;
}

/// numpy.percentile by its definition.
double percentileOf(Scores values, double p) {
    std::sort(values.begin(), values.end());
    const double position = p / 100 * static_cast<double>(values.size() - 1);
    const auto below = static_cast<std::size_t>(position);
    const double above = values[std::min(below + 1, values.size() - 1)];
    return values[below] + (above - values[below]) * (position - static_cast<double>(below));
}

bool near(double a, double b) {
    return std::abs(a - b) < 1e-12;
}

bool agrees(const Interval& interval, double estimate, const Scores& replicates) {
    return near(interval.estimate, estimate) && near(interval.low, percentileOf(replicates, 2.5)) &&
           near(interval.high, percentileOf(replicates, 97.5));
}

}  // namespace

class TestBootstrap : public QObject {
    Q_OBJECT

    static BootstrapOptions options(std::size_t resamples) {
        BootstrapOptions options;
        options.resamples = resamples;
        options.seed = 11;
        return options;
    }

    static void refused(const Result<BootstrapIntervals>& result, const char* because) {
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::InvalidArgument);
        QVERIFY2(result.error().message.find(because) != std::string::npos, result.error().message.c_str());
    }

  private slots:
    void equalsTheNaiveBootstrapOnTheSameDraws_data() {
        QTest::addColumn<bool>("ties");
        QTest::newRow("distinct scores") << false;
        QTest::newRow("ties") << true;
    }
    void equalsTheNaiveBootstrapOnTheSameDraws() {
        QFETCH(bool, ties);
        constexpr std::size_t kResamples = 60;
        const Column first = randomColumn(1, ties, 3);
        const Column second = randomColumn(2, ties, 3);
        // Rows: each set, the average over all, two groups; FPR95 and AUROC of each, for each column and the
        // difference.
        const std::vector<std::vector<std::size_t>> overs{{0}, {1}, {2}, {0, 1, 2}, {2, 0}, {1}};
        constexpr std::size_t kValues = 12;
        std::array<std::array<Scores, kValues>, 3> replicates;
        const auto values = [&](const Column& column, auto take) {
            std::array<double, kValues> row{};
            const Scores id = take(column.id, 0);
            for (std::size_t i = 0; i < overs.size(); ++i) {
                for (const std::size_t s : overs[i]) {
                    const OodMetrics metrics = naive::metrics(id, take(column.ood[s], s + 1));
                    row[2 * i] += metrics.fpr95 / static_cast<double>(overs[i].size());
                    row[2 * i + 1] += metrics.auroc / static_cast<double>(overs[i].size());
                }
            }
            return row;
        };
        for (std::uint64_t r = 0; r < kResamples; ++r) {
            const auto take = [r](const Scores& scores, std::uint64_t set) {
                return resampled(scores, {11, r, set});
            };
            const auto a = values(first, take);
            const auto b = values(second, take);
            for (std::size_t i = 0; i < kValues; ++i) {
                replicates[0][i].push_back(a[i]);
                replicates[1][i].push_back(b[i]);
                replicates[2][i].push_back(a[i] - b[i]);
            }
        }
        const auto asIs = [](const Scores& scores, std::uint64_t) { return scores; };
        const auto a = values(first, asIs);
        const auto b = values(second, asIs);
        BootstrapOptions grouped = options(kResamples);
        grouped.groups = {overs[4], overs[5]};
        const auto result = bootstrapDifference(first.view(), second.view(), grouped, {});
        QVERIFY(result.has_value());
        const std::array intervals{&result->first, &result->second, &result->difference};
        for (std::size_t k = 0; k < 3; ++k) {
            const BootstrapIntervals& all = *intervals[k];
            QCOMPARE(all.groups.size(), std::size_t{2});
            const std::array rows{&all.ood[0],  &all.ood[1],    &all.ood[2],
                                  &all.average, &all.groups[0], &all.groups[1]};
            for (std::size_t i = 0; i < kValues; ++i) {
                const Interval& interval = i % 2 == 0 ? rows[i / 2]->fpr95 : rows[i / 2]->auroc;
                QVERIFY(agrees(interval, k == 0 ? a[i] : k == 1 ? b[i] : a[i] - b[i], replicates[k][i]));
            }
        }
    }

    void agreesWithNumpysBootstrap() {
        const auto json = golden("bootstrap.json");
        const std::vector<Scores> id = json["id"];
        const std::vector<Scores> ood = json["ood"];
        const auto result = bootstrapDifference({id[0], {ood[0]}}, {id[1], {ood[1]}}, options(20'000), {});
        QVERIFY(result.has_value());
        const auto compare = [&](const Interval& interval, const char* name) {
            const auto& expected = json["intervals"][name];
            QVERIFY(near(interval.estimate, expected["estimate"]));
            // The percentile of 20,000 replicates is known to a few hundredths of their deviation, and FPR
            // moves in steps of 1/50.
            const double tolerance =
                0.06 * expected["deviation"].get<double>() + (name[0] == 'f' ? 0.0201 : 0.0);
            QVERIFY2(std::abs(interval.low - expected["low"].get<double>()) <= tolerance, name);
            QVERIFY2(std::abs(interval.high - expected["high"].get<double>()) <= tolerance, name);
        };
        compare(result->first.ood[0].fpr95, "fpr95_first");
        compare(result->first.ood[0].auroc, "auroc_first");
        compare(result->second.ood[0].fpr95, "fpr95_second");
        compare(result->second.ood[0].auroc, "auroc_second");
        compare(result->difference.ood[0].fpr95, "fpr95_difference");
        compare(result->difference.ood[0].auroc, "auroc_difference");
    }

    void pairedColumnsAreTheSingleOnes() {
        const Column first = randomColumn(3, true);
        const Column second = randomColumn(4, false);
        const auto pair = bootstrapDifference(first.view(), second.view(), options(200), {});
        QVERIFY(pair.has_value());
        QVERIFY(pair->first == *bootstrapIntervals(first.view(), options(200), {}));
        QVERIFY(pair->second == *bootstrapIntervals(second.view(), options(200), {}));
    }

    void aGroupOfAllIsTheAverageAndOfOneItsSet() {
        const Column first = randomColumn(3, true);
        const Column second = randomColumn(4, false);
        BootstrapOptions grouped = options(100);
        grouped.groups = {{0, 1}, {1}};
        const auto pair = bootstrapDifference(first.view(), second.view(), grouped, {});
        QVERIFY(pair.has_value());
        QVERIFY(pair->first == *bootstrapIntervals(first.view(), grouped, {}));
        for (const BootstrapIntervals* all : {&pair->first, &pair->second, &pair->difference}) {
            QVERIFY(all->groups == (std::vector<MetricIntervals>{all->average, all->ood[1]}));
        }
        grouped.groups.clear();
        const auto plain = bootstrapDifference(first.view(), second.view(), grouped, {});
        QVERIFY(plain->difference.groups.empty());
        QVERIFY(plain->difference.ood == pair->difference.ood);
    }

    void differenceOfAColumnToItselfIsNothing() {
        const Column column = randomColumn(5, false);
        const auto pair = bootstrapDifference(column.view(), column.view(), options(100), {});
        QVERIFY(pair.has_value());
        QCOMPARE(pair->difference.average.fpr95, (Interval{0, 0, 0}));
        QCOMPARE(pair->difference.ood[1].auroc, (Interval{0, 0, 0}));
    }

    void threadsDoNotMatterAndSeedsDo() {
        const Column column = randomColumn(6, false);
        BootstrapOptions one = options(100);
        one.threads = 1;
        BootstrapOptions many = options(100);
        many.threads = 6;
        const auto expected = bootstrapIntervals(column.view(), one, {});
        QVERIFY(expected.has_value());
        QVERIFY(*bootstrapIntervals(column.view(), many, {}) == *expected);
        many.seed = 12;
        QVERIFY(!(*bootstrapIntervals(column.view(), many, {}) == *expected));
    }

    void setsDoNotDependOnEachOther() {
        const Column column = randomColumn(7, false);
        const auto both = bootstrapIntervals(column.view(), options(100), {});
        const auto alone = bootstrapIntervals({column.id, {column.ood[0]}}, options(100), {});
        QVERIFY(both && alone);
        QVERIFY(both->ood[0] == alone->ood[0]);
        QVERIFY(alone->average == alone->ood[0]);
    }

    void oneSampleOrOneResample() {
        const Scores one{1.0};
        const auto single = bootstrapIntervals({one, {one}}, options(10), {});
        QVERIFY(single.has_value());
        QCOMPARE(single->average.auroc, (Interval{0.5, 0.5, 0.5}));
        QCOMPARE(single->average.fpr95, (Interval{1, 1, 1}));
        const auto once = bootstrapIntervals(randomColumn(8, false).view(), options(1), {});
        QVERIFY(once.has_value());
        QCOMPARE(once->average.auroc.low, once->average.auroc.high);
    }

    void infinityIsAScore() {
        const double inf = std::numeric_limits<double>::infinity();
        const Scores id{inf, inf, 1};
        const Scores ood{-inf, -inf};
        const auto result = bootstrapIntervals({id, {ood}}, options(50), {});
        QVERIFY(result.has_value());
        QCOMPARE(result->average.auroc, (Interval{1, 1, 1}));
    }

    void confidenceNarrowsTheInterval() {
        const Column column = randomColumn(9, false);
        BootstrapOptions half = options(500);
        half.confidence = 0.5;
        const auto narrow = bootstrapIntervals(column.view(), half, {});
        const auto wide = bootstrapIntervals(column.view(), options(500), {});
        QVERIFY(narrow && wide);
        QVERIFY(narrow->average.auroc.low > wide->average.auroc.low);
        QVERIFY(narrow->average.auroc.high < wide->average.auroc.high);
    }

    void refusesWhatHasNoAnswer() {
        const Scores good{1, 2};
        const Scores nan{std::numeric_limits<double>::quiet_NaN()};
        const auto with = [](std::size_t resamples, double confidence, double level) {
            return BootstrapOptions{resamples, confidence, level, 0, 1, {}};
        };
        refused(bootstrapIntervals({good, {good}}, with(0, 0.95, 0.95), {}), "resamples");
        refused(bootstrapIntervals({good, {good}}, with(1'000'001, 0.95, 0.95), {}), "resamples");
        refused(bootstrapIntervals({good, {good}}, with(10, 1, 0.95), {}), "confidence");
        refused(bootstrapIntervals({good, {good}}, with(10, 0, 0.95), {}), "confidence");
        refused(bootstrapIntervals({good, {good}}, with(10, 0.95, 2), {}), "true positive rate");
        refused(bootstrapIntervals({good, {}}, options(10), {}), "no OOD set");
        refused(bootstrapIntervals({{}, {good}}, options(10), {}), "\"ID\" has no scores");
        refused(bootstrapIntervals({good, {good, nan}}, options(10), {}), "\"OOD 2\"");
        const Scores three{1, 2, 3};
        for (const auto& other :
             {ScoreColumn{three, {good}}, ScoreColumn{good, {three}}, ScoreColumn{good, {good, good}}}) {
            const auto pair = bootstrapDifference({good, {good}}, other, options(10), {});
            QVERIFY(!pair && pair.error().code == ErrorCode::Mismatch);
        }
    }

    void refusesGroupsWithoutAMean() {
        const Scores good{1, 2};
        const ScoreColumn column{good, {good, good}};
        const auto grouped = [&](std::vector<std::vector<std::size_t>> groups) {
            BootstrapOptions result = options(10);
            result.groups = std::move(groups);
            return result;
        };
        QVERIFY(bootstrapIntervals(column, grouped({{0}, {1, 0}, {0}}), {}));
        refused(bootstrapIntervals(column, grouped({{0}, {}}), {}), "is empty");
        refused(bootstrapIntervals(column, grouped({{0, 2}}), {}), "OOD set 3 of 2");
        refused(bootstrapIntervals(column, grouped({{1, 0, 1}}), {}), "twice");
        const auto pair = bootstrapDifference(column, column, grouped({{2}}), {});
        QVERIFY(!pair && pair.error().code == ErrorCode::InvalidArgument);
    }

    void stopsWhenAsked() {
        std::stop_source stop;
        stop.request_stop();
        const auto result =
            bootstrapIntervals(randomColumn(1, false).view(), options(100), {stop.get_token(), {}});
        QVERIFY(!result && result.error().code == ErrorCode::Cancelled);
    }
};

QTEST_APPLESS_MAIN(TestBootstrap)
#include "test_bootstrap.moc"
