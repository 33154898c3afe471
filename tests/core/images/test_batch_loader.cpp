#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>
#include <utility>

#include "core/images/batch_loader.h"
#include "core/images/decode.h"
#include "image_test_support.h"

using namespace dicescope;

namespace {

const QStringList kGoodFiles{"png-rgb-8.png",   "jpeg-ycc-420-large.jpg", "bmp-24.bmp",
                             "webp-lossy.webp", "tiff-rgb-lzw.tif",       "ppm-p6.ppm"};

std::filesystem::path golden(const QString& name) {
    return goldenPath("decode/" + name).toStdString();
}

Preprocess smallPreprocess() {
    return {.name = "test", .resizeShorterSide = 16, .cropHeight = 16, .cropWidth = 12};
}

LoaderOptions options(std::size_t batchSize, unsigned threads, std::size_t batchesAhead) {
    LoaderOptions result;
    result.preprocess = smallPreprocess();
    result.batchSize = batchSize;
    result.threads = threads;
    result.batchesAhead = batchesAhead;
    return result;
}

/// Batches of `size` good images, `count` of them, numbered from 100.
BatchLoader::Source goodBatches(std::size_t count, std::size_t size) {
    return [=, next = std::size_t{0}]() mutable -> std::optional<BatchLoader::BatchRequest> {
        if (next == count) return std::nullopt;
        BatchLoader::BatchRequest request{.number = 100 + next, .images = {}};
        for (std::size_t slot = 0; slot < size; ++slot) {
            const std::size_t image = next * size + slot;
            request.images.push_back(
                {slot, image, golden(kGoodFiles[static_cast<qsizetype>(image) % kGoodFiles.size()])});
        }
        ++next;
        return request;
    };
}

/// What the loader must deliver for a file, made without it.
std::vector<std::uint8_t> directly(const std::filesystem::path& path, const Preprocess& preprocess) {
    const auto image = decodeImage(fileBytes(QString::fromStdString(path.string())));
    return image ? toModelPixels(*image, preprocess) : std::vector<std::uint8_t>();
}

std::vector<std::uint8_t> slotOf(const ImageBatch& batch, std::size_t slot, const Preprocess& preprocess) {
    const auto begin = batch.pixels.begin() + static_cast<std::ptrdiff_t>(slot * preprocess.pixelBytes());
    return {begin, begin + static_cast<std::ptrdiff_t>(preprocess.pixelBytes())};
}

bool allZero(const std::vector<std::uint8_t>& bytes) {
    return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t v) { return v == 0; });
}

}  // namespace

class TestBatchLoader : public QObject {
    Q_OBJECT

  private slots:
    void deliversEveryImageInOrder_data();
    void deliversEveryImageInOrder();
    void failuresStayInTheirSlot();
    void recycledBuffersAreClean();
    void emptyBatchesAndEmptySources();
    void knownImagesAreNotDecoded();
    void decodingIsBounded();
    void sourceIsCalledByOneThreadAtATime();
    void stopsAtAnyMoment();
    void stopWakesAWaitingCaller();
    void severalCallersShareTheBatches();
    void whatTheSourceThrowsComesOutOfNext();
};

void TestBatchLoader::deliversEveryImageInOrder_data() {
    QTest::addColumn<int>("threads");
    QTest::addColumn<int>("batchSize");
    QTest::addColumn<int>("ahead");
    QTest::newRow("one thread") << 1 << 4 << 4;
    QTest::newRow("four threads") << 4 << 4 << 4;
    QTest::newRow("more threads than images ahead") << 8 << 1 << 2;
    QTest::newRow("one batch ahead") << 4 << 7 << 1;
    QTest::newRow("zero means one") << 2 << 3 << 0;
    QTest::newRow("default threads") << 0 << 5 << 4;
}

void TestBatchLoader::deliversEveryImageInOrder() {
    QFETCH(int, threads);
    QFETCH(int, batchSize);
    QFETCH(int, ahead);
    const auto preprocess = smallPreprocess();
    const auto size = static_cast<std::size_t>(batchSize);
    BatchLoader loader(options(size, static_cast<unsigned>(threads), static_cast<std::size_t>(ahead)),
                       goodBatches(9, size));
    for (std::size_t number = 0; number < 9; ++number) {
        auto batch = loader.next();
        QVERIFY(batch.has_value());
        QCOMPARE(batch->number, 100 + number);
        QCOMPARE(batch->images.size(), size);
        QCOMPARE(batch->pixels.size(), size * preprocess.pixelBytes());
        for (std::size_t slot = 0; slot < size; ++slot) {
            const auto& loaded = batch->images[slot];
            QCOMPARE(loaded.slot, slot);
            QCOMPARE(loaded.image, number * size + slot);
            QVERIFY(!loaded.error);
            const auto path = golden(kGoodFiles[static_cast<qsizetype>(loaded.image) % kGoodFiles.size()]);
            QVERIFY(loaded.hash == contentHash(fileBytes(QString::fromStdString(path.string()))));
            QVERIFY(slotOf(*batch, slot, preprocess) == directly(path, preprocess));
        }
        loader.recycle(std::move(*batch));
    }
    QVERIFY(!loader.next());
    QVERIFY(!loader.next());
}

void TestBatchLoader::failuresStayInTheirSlot() {
    QTemporaryDir folder;
    QFile empty(folder.filePath("empty.png"));
    QVERIFY(empty.open(QIODevice::WriteOnly));
    empty.close();
    const auto preprocess = smallPreprocess();
    bool asked = false;
    BatchLoader loader(options(8, 2, 4), [&]() -> std::optional<BatchLoader::BatchRequest> {
        if (std::exchange(asked, true)) return std::nullopt;
        return BatchLoader::BatchRequest{.number = 1,
                                         .images = {{6, 60, golden("png-rgb-8.png")},
                                                    {0, 10, golden("png-truncated.png")},
                                                    {1, 20, golden("no-such-file.png")},
                                                    {2, 30, folder.path().toStdString()},
                                                    {4, 40, empty.fileName().toStdString()},
                                                    {5, 50, golden("expected.txt")},
                                                    {8, 70, golden("png-rgb-8.png")}}};
    });
    const auto batch = loader.next();
    QVERIFY(batch.has_value());
    const std::vector<std::optional<ErrorCode>> expected{
        std::nullopt,       ErrorCode::Corrupt,     ErrorCode::NotFound, ErrorCode::Unreadable,
        ErrorCode::Corrupt, ErrorCode::Unsupported, ErrorCode::Internal};
    QCOMPARE(batch->images.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        const auto& loaded = batch->images[i];
        QCOMPARE(loaded.error.has_value(), expected[i].has_value());
        if (loaded.error) QVERIFY(loaded.error->code == *expected[i]);
    }
    QCOMPARE(batch->images[0].image, std::size_t{60});
    QVERIFY(batch->images[1].hash == contentHash(fileBytes(goldenPath("decode/png-truncated.png"))));
    QVERIFY(batch->images[2].hash == ContentHash{});
    QVERIFY(slotOf(*batch, 6, preprocess) == directly(golden("png-rgb-8.png"), preprocess));
    for (const std::size_t slot : {0, 1, 2, 3, 4, 5, 7}) QVERIFY(allZero(slotOf(*batch, slot, preprocess)));
    QVERIFY(!loader.next());
}

void TestBatchLoader::recycledBuffersAreClean() {
    const auto preprocess = smallPreprocess();
    std::size_t asked = 0;
    BatchLoader loader(options(3, 2, 1), [&]() -> std::optional<BatchLoader::BatchRequest> {
        if (++asked > 20) return std::nullopt;
        BatchLoader::BatchRequest request{.number = asked, .images = {}};
        for (std::size_t slot = 0; slot < (asked % 2 == 0 ? 1U : 3U); ++slot) {
            request.images.push_back({slot, slot, golden("png-rgb-8.png")});
        }
        return request;
    });
    while (auto batch = loader.next()) {
        if (batch->number % 2 == 0) QVERIFY(allZero(slotOf(*batch, 1, preprocess)));
        std::fill(batch->pixels.begin(), batch->pixels.end(), std::uint8_t{9});
        loader.recycle(std::move(*batch));
    }
}

void TestBatchLoader::emptyBatchesAndEmptySources() {
    BatchLoader nothing(options(2, 2, 2), [] { return std::nullopt; });
    QVERIFY(!nothing.next());

    std::size_t asked = 0;
    BatchLoader empties(options(2, 3, 2), [&]() -> std::optional<BatchLoader::BatchRequest> {
        if (asked == 5) return std::nullopt;
        return BatchLoader::BatchRequest{.number = asked++, .images = {}};
    });
    for (std::size_t i = 0; i < 5; ++i) {
        const auto batch = empties.next();
        QVERIFY(batch.has_value());
        QCOMPARE(batch->number, i);
        QVERIFY(batch->images.empty());
        QVERIFY(allZero(batch->pixels));
    }
    QVERIFY(!empties.next());
}

void TestBatchLoader::knownImagesAreNotDecoded() {
    const auto known = contentHash(fileBytes(goldenPath("decode/png-rgb-8.png")));
    auto settings = options(2, 2, 2);
    settings.isKnown = [&](const ContentHash& hash) { return hash == known; };
    bool asked = false;
    BatchLoader loader(settings, [&]() -> std::optional<BatchLoader::BatchRequest> {
        if (std::exchange(asked, true)) return std::nullopt;
        return BatchLoader::BatchRequest{
            .number = 0, .images = {{0, 0, golden("png-rgb-8.png")}, {1, 1, golden("bmp-24.bmp")}}};
    });
    const auto batch = loader.next();
    QVERIFY(batch.has_value());
    QVERIFY(batch->images[0].known && !batch->images[0].error);
    QVERIFY(batch->images[0].hash == known);
    QVERIFY(allZero(slotOf(*batch, 0, smallPreprocess())));
    QVERIFY(!batch->images[1].known);
    QVERIFY(slotOf(*batch, 1, smallPreprocess()) == directly(golden("bmp-24.bmp"), smallPreprocess()));
}

void TestBatchLoader::decodingIsBounded() {
    std::atomic<std::size_t> asked{0};
    auto good = goodBatches(1000, 2);
    BatchLoader loader(options(2, 4, 3), [&] {
        ++asked;
        return good();
    });
    for (std::size_t taken = 1; taken <= 20; ++taken) {
        QVERIFY(loader.next().has_value());
        QVERIFY(asked.load() <= taken + 3);
    }
}

void TestBatchLoader::sourceIsCalledByOneThreadAtATime() {
    std::atomic<int> inside{0};
    std::atomic<bool> overlapped{false};
    auto good = goodBatches(60, 1);
    BatchLoader loader(options(1, 8, 8), [&] {
        if (++inside > 1) overlapped = true;
        std::this_thread::yield();
        auto request = good();
        --inside;
        return request;
    });
    while (loader.next()) {
    }
    QVERIFY(!overlapped);
}

void TestBatchLoader::stopsAtAnyMoment() {
    for (std::size_t taken = 0; taken < 25; ++taken) {
        BatchLoader loader(options(3, 4, 3), goodBatches(1000, 3));
        for (std::size_t i = 0; i < taken; ++i) QVERIFY(loader.next().has_value());
        if (taken % 2 == 0) {
            loader.stop();
            QVERIFY(!loader.next());
        }
    }
}

void TestBatchLoader::stopWakesAWaitingCaller() {
    // The source holds the loader up until the caller has been stopped.
    std::atomic<bool> release{false};
    BatchLoader loader(options(1, 1, 1), [&]() -> std::optional<BatchLoader::BatchRequest> {
        while (!release) std::this_thread::sleep_for(std::chrono::milliseconds(1));
        return std::nullopt;
    });
    std::jthread stopper([&] { loader.stop(); });
    QVERIFY(!loader.next());
    release = true;
}

void TestBatchLoader::severalCallersShareTheBatches() {
    BatchLoader loader(options(2, 3, 3), goodBatches(80, 2));
    std::mutex mutex;
    std::multiset<std::size_t> numbers;
    {
        std::vector<std::jthread> callers;
        for (int i = 0; i < 3; ++i) {
            callers.emplace_back([&] {
                while (auto batch = loader.next()) {
                    const std::scoped_lock lock(mutex);
                    numbers.insert(batch->number);
                    loader.recycle(std::move(*batch));
                }
            });
        }
    }
    QCOMPARE(numbers.size(), std::size_t{80});
    QCOMPARE(std::set<std::size_t>(numbers.begin(), numbers.end()).size(), std::size_t{80});
}

void TestBatchLoader::whatTheSourceThrowsComesOutOfNext() {
    auto good = goodBatches(2, 2);
    int asked = 0;
    BatchLoader loader(options(2, 2, 4), [&] {
        if (++asked == 3) throw std::runtime_error("the source failed");
        return good();
    });
    QVERIFY(loader.next().has_value());
    QVERIFY(loader.next().has_value());
    QVERIFY_THROWS_EXCEPTION(std::runtime_error, (void)loader.next());
}

QTEST_APPLESS_MAIN(TestBatchLoader)
#include "test_batch_loader.moc"
