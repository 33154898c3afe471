#include "core/extraction/halved_batch.h"

#include <QtTest>
#include <utility>
#include <vector>

using namespace dicescope;

namespace {

using Calls = std::vector<std::pair<std::size_t, std::size_t>>;

/// A device on which `fits` images fit; notes the calls that ran.
auto device(std::size_t fits, Calls& ran) {
    return [fits, &ran](std::size_t first, std::size_t images) -> Status {
        if (images > fits) return fail(ErrorCode::OutOfMemory, "full");
        ran.emplace_back(first, images);
        return {};
    };
}

}  // namespace

class TestHalvedBatch : public QObject {
    Q_OBJECT

  private slots:
    void aBatchThatFitsIsOneCall() {
        std::atomic<std::size_t> most = 8;
        Calls ran;
        QVERIFY(runInHalves(most, 8, device(8, ran)));
        QVERIFY(runInHalves(most, 0, device(8, ran)));
        QCOMPARE(ran, (Calls{{0, 8}}));
        QCOMPARE(most.load(), std::size_t{8});
    }

    void whereMemoryRunsOutItGoesOnInHalves() {
        std::atomic<std::size_t> most = 8;
        Calls ran;
        QVERIFY(runInHalves(most, 7, device(2, ran)));
        QCOMPARE(ran, (Calls{{0, 1}, {1, 1}, {2, 1}, {3, 1}, {4, 1}, {5, 1}, {6, 1}}));
        most = 8;
        ran.clear();
        QVERIFY(runInHalves(most, 8, device(3, ran)));
        QCOMPARE(ran, (Calls{{0, 2}, {2, 2}, {4, 2}, {6, 2}}));
        QCOMPARE(most.load(), std::size_t{2});
        ran.clear();
        QVERIFY(runInHalves(most, 3, device(3, ran)));
        QCOMPARE(ran, (Calls{{0, 2}, {2, 1}}));
    }

    void anImageThatDoesNotFitIsAnError() {
        std::atomic<std::size_t> most = 4;
        Calls ran;
        const auto status = runInHalves(most, 4, device(0, ran));
        QVERIFY(!status);
        QCOMPARE(status.error().code, ErrorCode::OutOfMemory);
        QVERIFY(ran.empty());
    }

    void anotherErrorEndsIt() {
        std::atomic<std::size_t> most = 2;
        int calls = 0;
        const auto status = runInHalves(most, 6, [&](std::size_t first, std::size_t) -> Status {
            ++calls;
            if (first == 2) return fail(ErrorCode::Device, "lost");
            return {};
        });
        QVERIFY(!status);
        QCOMPARE(status.error().code, ErrorCode::Device);
        QCOMPARE(calls, 2);
        QCOMPARE(most.load(), std::size_t{2});
    }
};

QTEST_APPLESS_MAIN(TestHalvedBatch)
#include "test_halved_batch.moc"
