#include <QtTest>
#include <limits>
#include <random>

#include "core/metrics/score_order.h"

using namespace dicescope;

class TestScoreOrder : public QObject {
    Q_OBJECT

    template <class T>
    static std::vector<T> fromHighToLow() {
        using Limits = std::numeric_limits<T>;
        return {Limits::infinity(),    Limits::max(),  T{1.5},  Limits::min(),  Limits::denorm_min(), T{0},
                -Limits::denorm_min(), -Limits::min(), T{-1.5}, -Limits::max(), -Limits::infinity()};
    }

    template <class T>
    static void checkKeys() {
        const auto scores = fromHighToLow<T>();
        for (std::size_t i = 0; i < scores.size(); ++i) {
            QCOMPARE(scoreOfKey<T>(descendingKey(scores[i])), scores[i]);
            if (i > 0) QVERIFY(descendingKey(scores[i - 1]) < descendingKey(scores[i]));
        }
        QCOMPARE(descendingKey(T{-0.0}), descendingKey(T{0.0}));
    }

    template <class T>
    static void checkSort(std::size_t count, int distinct) {
        std::mt19937 random(7);
        std::uniform_int_distribution<int> value(-distinct, distinct);
        std::vector<T> scores(count);
        for (T& score : scores) score = static_cast<T>(0.37 * value(random));
        const auto keys = sortedKeys<T>(scores);
        std::sort(scores.begin(), scores.end(), std::greater<>());
        QCOMPARE(keys.size(), count);
        for (std::size_t i = 0; i < count; ++i) QCOMPARE(scoreOfKey<T>(keys[i]), scores[i]);
    }

  private slots:
    void keysHaveTheReverseOrderOfScores() {
        checkKeys<float>();
        checkKeys<double>();
    }

    void sortsFromHighToLow_data() {
        QTest::addColumn<int>("count");
        QTest::addColumn<int>("distinct");
        for (const int count : {0, 1, 2, 511, 512, 513, 5000}) {
            for (const int distinct : {0, 3, 1'000'000})
                QTest::addRow("%d of %d", count, distinct) << count << distinct;
        }
    }
    void sortsFromHighToLow() {
        QFETCH(int, count);
        QFETCH(int, distinct);
        checkSort<float>(static_cast<std::size_t>(count), distinct);
        checkSort<double>(static_cast<std::size_t>(count), distinct);
    }

    void radixSortIsStable() {
        using Item = std::pair<std::uint64_t, int>;
        std::mt19937_64 random(8);
        std::vector<Item> items(3000);
        for (int i = 0; i < 3000; ++i) items[static_cast<std::size_t>(i)] = {random() % 50 << 40, i};
        std::vector<Item> expected = items;
        std::stable_sort(expected.begin(), expected.end(),
                         [](auto& a, auto& b) { return a.first < b.first; });
        std::vector<Item> scratch;
        radixSort(items, scratch, [](const Item& item) { return item.first; });
        QVERIFY(items == expected);
    }

    void walkVisitsEachDistinctScoreOnce() {
        const std::vector<float> id{3, 1, 3, 0};
        const std::vector<float> ood{2, 1, 1, -1};
        const auto idKeys = sortedKeys<float>(id);
        const auto oodKeys = sortedKeys<float>(ood);
        std::vector<std::tuple<float, std::size_t, std::size_t>> visits;
        walkDescending<std::uint32_t>(idKeys, oodKeys,
                                      [&](std::uint32_t key, std::size_t ids, std::size_t oods) {
                                          visits.emplace_back(scoreOfKey<float>(key), ids, oods);
                                      });
        const decltype(visits) expected{{3, 2, 0}, {2, 0, 1}, {1, 1, 2}, {0, 1, 0}, {-1, 0, 1}};
        QVERIFY(visits == expected);
    }
};

QTEST_APPLESS_MAIN(TestScoreOrder)
#include "test_score_order.moc"
