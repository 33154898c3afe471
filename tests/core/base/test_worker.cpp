#include "core/base/worker.h"

#include <QtTest>
#include <atomic>
#include <future>
#include <semaphore>
#include <vector>

using namespace dicescope;

namespace {

/// Waits until the worker has nothing left to do.
bool becomesIdle(const Worker& worker) {
    return QTest::qWaitFor([&] { return !worker.busy(); }, 10'000);
}

/// A task that waits for a release or a stop and remembers which it was.
struct Held {
    std::binary_semaphore started{0};
    std::atomic<bool> release = false;
    std::atomic<bool> stopped = false;

    void run(Worker::Turn& turn) {
        started.release();
        while (!release && !turn.token().stop_requested()) std::this_thread::yield();
        stopped = turn.token().stop_requested();
    }
};

}  // namespace

class TestWorker : public QObject {
    Q_OBJECT

  private slots:
    void runsTasksOnOneThreadOfItsOwn() {
        Worker worker;
        std::promise<std::thread::id> first, second;
        worker.submit([&](Worker::Turn&) { first.set_value(std::this_thread::get_id()); });
        const auto id = first.get_future().get();
        QVERIFY(becomesIdle(worker));
        worker.submit([&](Worker::Turn&) { second.set_value(std::this_thread::get_id()); });
        QVERIFY(id != std::this_thread::get_id());
        QVERIFY(second.get_future().get() == id);
    }

    void onlyTheNewestWaitingTaskRuns() {
        Worker worker;
        Held held;
        worker.submit([&](Worker::Turn& turn) { held.run(turn); });
        held.started.acquire();
        std::vector<int> ran;
        for (int i = 0; i < 100; ++i) worker.submit([&ran, i](Worker::Turn&) { ran.push_back(i); });
        held.release = true;
        QVERIFY(becomesIdle(worker));
        QCOMPARE(ran, std::vector<int>{99});
        QVERIFY(!held.stopped);
    }

    void aTaskThatLetsOthersGoFirstIsStoppedByALaterOne() {
        Worker worker;
        Held held;
        worker.submit([&](Worker::Turn& turn) {
            turn.letOthersGoFirst();
            held.run(turn);
        });
        held.started.acquire();
        std::atomic<bool> ran = false;
        worker.submit([&](Worker::Turn& turn) { ran = !turn.token().stop_requested(); });
        QVERIFY(becomesIdle(worker));
        QVERIFY(held.stopped);
        QVERIFY(ran);
    }

    void aTaskThatWaitsAlreadyStopsOneThatThenLetsOthersGoFirst() {
        Worker worker;
        std::binary_semaphore started{0}, proceed{0};
        std::atomic<bool> before = true, after = false, ran = false;
        worker.submit([&](Worker::Turn& turn) {
            started.release();
            proceed.acquire();
            before = turn.token().stop_requested();
            turn.letOthersGoFirst();
            after = turn.token().stop_requested();
        });
        started.acquire();
        worker.submit([&](Worker::Turn&) { ran = true; });
        proceed.release();
        QVERIFY(becomesIdle(worker));
        QVERIFY(!before);
        QVERIFY(after);
        QVERIFY(ran);
    }

    void cancelStopsTheRunningAndForgetsTheWaitingTask() {
        Worker worker;
        Held held;
        std::atomic<bool> ran = false;
        worker.submit([&](Worker::Turn& turn) { held.run(turn); });
        held.started.acquire();
        worker.submit([&](Worker::Turn&) { ran = true; });
        worker.cancel();
        QVERIFY(becomesIdle(worker));
        QVERIFY(held.stopped);
        QVERIFY(!ran);
    }

    void aTaskAfterACancelIsNotStopped() {
        Worker worker;
        Held held;
        worker.submit([&](Worker::Turn& turn) { held.run(turn); });
        held.started.acquire();
        worker.cancel();
        std::atomic<bool> stopped = true;
        worker.submit([&](Worker::Turn& turn) { stopped = turn.token().stop_requested(); });
        QVERIFY(becomesIdle(worker));
        QVERIFY(!stopped);
    }

    void tellsWhenItHasNothingToDo() {
        std::atomic<int> idle = 0;
        Worker worker;
        worker.onIdle([&] { ++idle; });
        Held held;
        worker.submit([&](Worker::Turn& turn) { held.run(turn); });
        held.started.acquire();
        worker.submit([](Worker::Turn&) {});
        QCOMPARE(idle.load(), 0);
        held.release = true;
        QVERIFY(QTest::qWaitFor([&] { return idle == 1; }, 10'000));
        QVERIFY(!worker.busy());
    }

    void destructionStopsTheRunningTask() {
        Held held;
        {
            Worker worker;
            worker.submit([&](Worker::Turn& turn) { held.run(turn); });
            held.started.acquire();
        }
        QVERIFY(held.stopped);
    }
};

QTEST_GUILESS_MAIN(TestWorker)
#include "test_worker.moc"
