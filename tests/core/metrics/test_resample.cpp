#include <QtTest>
#include <numeric>
#include <vector>

#include "core/metrics/resample.h"

using namespace dicescope;

class TestResample : public QObject {
    Q_OBJECT

    static std::vector<std::uint32_t> draws(const ResampleId& id, std::size_t count, std::size_t size) {
        std::vector<std::uint32_t> result(size);
        drawIndices(id, count, result);
        return result;
    }

  private slots:
    void generatorIsSplitMix64() {
        // The first values of Vigna's reference implementation (prng.di.unimi.it/splitmix64.c) for the state
        // 1234567.
        SplitMix64 random(1234567);
        for (const std::uint64_t expected :
             {6457827717110365317ULL, 3203168211198807973ULL, 9817491932198370423ULL, 4593380528125082431ULL,
              16408922859458223821ULL}) {
            QCOMPARE(random.next(), expected);
        }
    }

    void drawsDependOnSeedResampleAndSetOnly() {
        const auto first = draws({1, 2, 3}, 1000, 50);
        QCOMPARE(draws({1, 2, 3}, 1000, 50), first);
        QVERIFY(draws({2, 2, 3}, 1000, 50) != first);
        QVERIFY(draws({1, 3, 3}, 1000, 50) != first);
        QVERIFY(draws({1, 2, 4}, 1000, 50) != first);
        QVERIFY(draws({1, 3, 2}, 1000, 50) != first);
        QVERIFY(draws({2, 1, 3}, 1000, 50) != first);
    }

    void drawsAreUniform_data() {
        QTest::addColumn<int>("count");
        for (const int count : {1, 2, 3, 10, 97, 1000}) QTest::addRow("%d", count) << count;
    }
    void drawsAreUniform() {
        QFETCH(int, count);
        constexpr std::size_t kEach = 1000;
        std::vector<double> seen(static_cast<std::size_t>(count));
        for (std::uint64_t resample = 0; resample < kEach; ++resample) {
            for (const auto index : draws({5, resample, 1}, seen.size(), seen.size())) ++seen.at(index);
        }
        double chiSquare = 0;
        for (const double times : seen) chiSquare += (times - kEach) * (times - kEach) / kEach;
        const double freedom = count - 1;
        QVERIFY(chiSquare <= freedom + 5 * std::sqrt(2 * freedom));
        QVERIFY(count < 90 || chiSquare >= freedom - 5 * std::sqrt(2 * freedom));
    }

    void indicesStayInRangeForLargeSets() {
        const std::size_t count = 4'294'967'295;
        const auto indices = draws({1, 1, 1}, count, 10'000);
        const double mean =
            std::accumulate(indices.begin(), indices.end(), 0.0) / 10'000 / static_cast<double>(count);
        QVERIFY(std::abs(mean - 0.5) < 0.02);
        QVERIFY(std::all_of(indices.begin(), indices.end(),
                            [](std::uint32_t index) { return index < 4'294'967'295U; }));
    }
};

QTEST_APPLESS_MAIN(TestResample)
#include "test_resample.moc"
