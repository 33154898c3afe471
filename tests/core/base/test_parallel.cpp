#include <sched.h>

#include <QtTest>
#include <algorithm>
#include <atomic>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

#include "core/base/parallel.h"

using namespace dicescope;

class TestParallel : public QObject {
    Q_OBJECT

  private slots:
    void coversEveryIndexOnce_data() {
        QTest::addColumn<int>("count");
        QTest::addColumn<int>("grain");
        QTest::addColumn<int>("threads");
        for (const int count : {1, 2, 7, 100, 1001}) {
            for (const int grain : {0, 1, 3, 100, 5000}) {
                for (const int threads : {0, 1, 2, 9}) {
                    QTest::addRow("%d by %d on %d", count, grain, threads) << count << grain << threads;
                }
            }
        }
    }

    void coversEveryIndexOnce() {
        QFETCH(int, count);
        QFETCH(int, grain);
        QFETCH(int, threads);
        const auto n = static_cast<std::size_t>(count);
        const auto longest = static_cast<std::size_t>(std::max(grain, 1));
        std::vector<std::atomic<int>> visits(n);
        std::atomic<bool> fits{true};
        parallelFor(n, static_cast<std::size_t>(grain), static_cast<unsigned>(threads),
                    [&](std::size_t begin, std::size_t end) {
                        if (begin >= end || end > n || end - begin > longest) fits = false;
                        for (std::size_t i = begin; i < end; ++i) ++visits[i];
                    });
        QVERIFY(fits);
        for (const auto& visit : visits) QCOMPARE(visit.load(), 1);
    }

    void nothingToDoCallsNothing() {
        bool called = false;
        parallelFor(0, 10, 4, [&](std::size_t, std::size_t) { called = true; });
        QVERIFY(!called);
    }

    void oneThreadIsTheCaller() {
        std::set<std::thread::id> ids;
        parallelFor(50, 1, 1, [&](std::size_t, std::size_t) { ids.insert(std::this_thread::get_id()); });
        QCOMPARE(ids, std::set{std::this_thread::get_id()});
    }

    void neverMoreThreadsThanAsked() {
        std::mutex mutex;
        std::set<std::thread::id> ids;
        parallelFor(200, 1, 3, [&](std::size_t, std::size_t) {
            const std::scoped_lock lock(mutex);
            ids.insert(std::this_thread::get_id());
        });
        QVERIFY(ids.size() <= 3);
    }

    // Two ranges that wait for each other end only if they run at the same time.
    void rangesRunAtTheSameTime() {
        std::atomic<int> arrived{0};
        parallelFor(2, 1, 2, [&](std::size_t, std::size_t) {
            ++arrived;
            while (arrived < 2) std::this_thread::yield();
        });
        QCOMPARE(arrived.load(), 2);
    }

    void rethrowsOnceWhenAllThreadsStopped_data() {
        QTest::addColumn<int>("threads");
        QTest::newRow("one") << 1;
        QTest::newRow("four") << 4;
    }

    void rethrowsOnceWhenAllThreadsStopped() {
        QFETCH(int, threads);
        std::atomic<int> running{0};
        std::atomic<int> calls{0};
        std::string caught;
        try {
            parallelFor(100'000, 1, static_cast<unsigned>(threads), [&](std::size_t begin, std::size_t) {
                ++running;
                ++calls;
                const bool bad = begin >= 10;
                --running;
                if (bad) throw std::runtime_error("range failed");
            });
        } catch (const std::runtime_error& error) {
            caught = error.what();
        }
        QCOMPARE(caught, std::string("range failed"));
        QCOMPARE(running.load(), 0);
        QVERIFY(calls < 100'000);
    }

    void thereIsAlwaysAThread() {
        QVERIFY(defaultThreadCount() >= 1);
        QVERIFY(defaultThreadCount() <= std::max(1U, std::thread::hardware_concurrency()));
    }

    // A job confined to one processor must not start a thread for each of the machine's.
    void threadCountFollowsTheAffinity() {
        cpu_set_t before;
        QCOMPARE(sched_getaffinity(0, sizeof(before), &before), 0);
        cpu_set_t one;
        CPU_ZERO(&one);
        for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
            if (CPU_ISSET(cpu, &before)) {
                CPU_SET(cpu, &one);
                break;
            }
        }
        QCOMPARE(sched_setaffinity(0, sizeof(one), &one), 0);
        const unsigned count = defaultThreadCount();
        QCOMPARE(sched_setaffinity(0, sizeof(before), &before), 0);
        QCOMPARE(count, 1U);
    }
};

QTEST_APPLESS_MAIN(TestParallel)
#include "test_parallel.moc"
