#include "core/images/thumbnail.h"

#include <sys/stat.h>

#include <QTemporaryDir>
#include <QtTest>
#include <atomic>
#include <fstream>
#include <iterator>
#include <thread>

#include "core/images/decode.h"
#include "core/images/resize.h"
#include "tests/core/images/image_test_support.h"

using namespace dicescope;

namespace {

namespace fs = std::filesystem;

std::vector<std::byte> ppm(const RgbImage& image) {
    const std::string head =
        "P6\n" + std::to_string(image.width) + " " + std::to_string(image.height) + "\n255\n";
    std::vector<std::byte> bytes(head.size() + image.pixels.size());
    std::memcpy(bytes.data(), head.data(), head.size());
    std::memcpy(bytes.data() + head.size(), image.pixels.data(), image.pixels.size());
    return bytes;
}

void write(const fs::path& path, const std::vector<std::byte>& bytes) {
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

/// A soft picture, which survives lossy compression.
RgbImage ramp(int width, int height) {
    RgbImage image{width, height, {}};
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            image.pixels.push_back(static_cast<std::uint8_t>(255 * x / width));
            image.pixels.push_back(static_cast<std::uint8_t>(255 * y / height));
            image.pixels.push_back(128);
        }
    }
    return image;
}

/// Mean over all values of |a - b|; infinity for different sizes.
double meanDifference(const RgbImage& a, const RgbImage& b) {
    if (a.width != b.width || a.height != b.height) return INFINITY;
    double sum = 0;
    for (std::size_t i = 0; i < a.pixels.size(); ++i) sum += std::abs(int{a.pixels[i]} - int{b.pixels[i]});
    return sum / static_cast<double>(a.pixels.size());
}

struct Files {
    QTemporaryDir temporary;
    fs::path root{temporary.path().toStdString()};
    fs::path cache = root / "thumbnails";
    fs::path image = root / "image.ppm";

    Files() { write(image, ppm(ramp(300, 200))); }

    [[nodiscard]] std::vector<fs::path> kept() const {
        std::vector<fs::path> files;
        if (!fs::exists(cache)) return files;
        for (const auto& entry : fs::recursive_directory_iterator(cache)) {
            if (entry.is_regular_file()) files.push_back(entry.path());
        }
        return files;
    }
};

}  // namespace

class TestThumbnail : public QObject {
    Q_OBJECT

  private slots:
    void itFitsAndKeepsTheAspect_data() {
        QTest::addColumn<QSize>("image");
        QTest::addColumn<int>("side");
        QTest::addColumn<QSize>("thumbnail");
        QTest::newRow("wide") << QSize(300, 200) << 128 << QSize(128, 85);
        QTest::newRow("tall") << QSize(200, 300) << 128 << QSize(85, 128);
        QTest::newRow("square") << QSize(256, 256) << 64 << QSize(64, 64);
        QTest::newRow("a half is rounded up") << QSize(200, 101) << 100 << QSize(100, 51);
        QTest::newRow("as large") << QSize(128, 96) << 128 << QSize(128, 96);
        QTest::newRow("smaller") << QSize(32, 32) << 128 << QSize(32, 32);
        QTest::newRow("one pixel") << QSize(1, 1) << 128 << QSize(1, 1);
        QTest::newRow("a line") << QSize(5000, 1) << 128 << QSize(128, 1);
        QTest::newRow("a tall line") << QSize(2, 9000) << 128 << QSize(1, 128);
        QTest::newRow("to one pixel") << QSize(40, 30) << 1 << QSize(1, 1);
    }
    void itFitsAndKeepsTheAspect() {
        QFETCH(QSize, image);
        QFETCH(int, side);
        QFETCH(QSize, thumbnail);
        const RgbImage full = noiseImage(image.width(), image.height());
        const auto made = makeThumbnail(ppm(full), side);
        QVERIFY2(made, made ? "" : made.error().message.c_str());
        QCOMPARE(QSize(made->width, made->height), thumbnail);
        QCOMPARE(made->pixels,
                 resizeAsPillow(full, thumbnail.width(), thumbnail.height(), Interpolation::Bilinear).pixels);
    }

    // A large JPEG is decoded at a part of its size; the picture is nearly that of the whole, but for
    // chequered ones: Pillow's draft mode differs as much from its own full decoding.
    void aLargeJpegLooksTheSame() {
        const fs::path folder = DICESCOPE_SHARED_DIR "/data/dtd5";
        if (!fs::exists(folder)) QSKIP("../shared is not there");
        int reduced = 0;
        int listed = 0;
        int images = 0;
        double sum = 0;
        for (const auto& entry : fs::recursive_directory_iterator(folder)) {
            if (!entry.is_regular_file() || ++listed % 20 != 0) continue;
            const auto bytes = fileBytes(QString::fromStdString(entry.path().string()));
            const auto whole = decodeImage(bytes);
            QVERIFY(whole);
            const auto part = decodeReduced(bytes, 64);
            QVERIFY(part);
            QVERIFY(std::max(part->width, part->height) >= 64);
            reduced += part->width < whole->width ? 1 : 0;
            const auto made = makeThumbnail(bytes, 32);
            QVERIFY(made);
            const RgbImage expected =
                resizeAsPillow(*whole, made->width, made->height, Interpolation::Bilinear);
            const double difference = meanDifference(*made, expected);
            QVERIFY2(difference < 20, qPrintable(QString::number(difference)));
            sum += difference;
            ++images;
        }
        QVERIFY(reduced >= 20);
        QVERIFY2(sum / images < 3, qPrintable(QString::number(sum / images)));
    }

    void whatIsNoImageIsAnError() {
        QCOMPARE(makeThumbnail({}, 64).error().code, ErrorCode::Corrupt);
        const std::string text = "not an image at all";
        QCOMPARE(makeThumbnail(std::as_bytes(std::span(text)), 64).error().code, ErrorCode::Unsupported);
        auto cut = ppm(ramp(300, 200));
        cut.resize(cut.size() / 2);
        QCOMPARE(makeThumbnail(cut, 64).error().code, ErrorCode::Corrupt);
        for (const int side : {0, -1, kMaxThumbnailSide + 1})
            QCOMPARE(makeThumbnail(ppm(ramp(2, 2)), side).error().code, ErrorCode::InvalidArgument);
    }

    void filesThatCannotBeReadAreErrors() {
        const Files files;
        const ThumbnailCache cache(files.cache);
        QCOMPARE(cache.load(files.root / "none.png", 64).error().code, ErrorCode::NotFound);
        QCOMPARE(cache.load(files.root, 64).error().code, ErrorCode::Unreadable);
        QCOMPARE(cache.load(files.image, 0).error().code, ErrorCode::InvalidArgument);
        auto cut = ppm(ramp(300, 200));
        cut.resize(cut.size() / 2);
        write(files.root / "cut.ppm", cut);
        QCOMPARE(cache.load(files.root / "cut.ppm", 64).error().code, ErrorCode::Corrupt);
        QVERIFY(files.kept().empty());
    }

    void theSecondLoadComesFromTheCache() {
        const Files files;
        const ThumbnailCache cache(files.cache);
        const auto first = cache.load(files.image, 64);
        QVERIFY(first);
        QCOMPARE(files.kept().size(), std::size_t{1});
        // What is kept is what comes back: here the picture of another image under this one's name.
        const fs::path other = files.root / "other.ppm";
        write(other, ppm(ramp(200, 300)));
        QVERIFY(cache.load(other, 64));
        QCOMPARE(files.kept().size(), std::size_t{2});
        const auto kept = files.kept();
        const auto bytesOf = [](const fs::path& path) {
            return fileBytes(QString::fromStdString(path.string()));
        };
        const auto a = bytesOf(kept[0]);
        const auto b = bytesOf(kept[1]);
        write(kept[0], b);
        write(kept[1], a);
        const auto swapped = cache.load(files.image, 64);
        QVERIFY(swapped);
        QCOMPARE(swapped->height, 64);
        QCOMPARE(swapped->width, 43);
    }

    void aKeptThumbnailLooksTheSame() {
        const Files files;
        const ThumbnailCache cache(files.cache);
        const auto made = cache.load(files.image, 64);
        const auto kept = cache.load(files.image, 64);
        QVERIFY(made && kept);
        QVERIFY2(meanDifference(*made, *kept) < 4, qPrintable(QString::number(meanDifference(*made, *kept))));
    }

    void aDamagedThumbnailIsMadeAgain_data() {
        QTest::addColumn<int>("damage");
        QTest::newRow("empty") << 0;
        QTest::newRow("cut off") << 1;
        QTest::newRow("a flipped bit") << 2;
        QTest::newRow("other bytes") << 3;
    }
    void aDamagedThumbnailIsMadeAgain() {
        QFETCH(int, damage);
        const Files files;
        const ThumbnailCache cache(files.cache);
        const auto made = cache.load(files.image, 64);
        QVERIFY(made);
        const fs::path kept = files.kept().at(0);
        const auto good = fileBytes(QString::fromStdString(kept.string()));
        auto bytes = good;
        if (damage == 0) bytes.clear();
        if (damage == 1) bytes.resize(bytes.size() - 20);
        if (damage == 2) bytes[bytes.size() / 2] ^= std::byte{4};
        if (damage == 3) std::fill(bytes.begin(), bytes.end(), std::byte{'x'});
        write(kept, bytes);
        const auto again = cache.load(files.image, 64);
        QVERIFY(again);
        QCOMPARE(again->pixels, made->pixels);
        QCOMPARE(fileBytes(QString::fromStdString(kept.string())), good);
    }

    void changedImagesAndOtherSidesHaveTheirOwn() {
        const Files files;
        const ThumbnailCache cache(files.cache);
        QVERIFY(cache.load(files.image, 64));
        QCOMPARE(cache.load(files.image, 32)->width, 32);
        QCOMPARE(files.kept().size(), std::size_t{2});
        write(files.image, ppm(ramp(200, 301)));
        const auto changed = cache.load(files.image, 64);
        QVERIFY(changed);
        QCOMPARE(changed->height, 64);
    }

    void smallFilesAreNotKept() {
        const Files files;
        write(files.root / "small.ppm", ppm(ramp(40, 30)));
        const ThumbnailCache cache(files.cache);
        QCOMPARE(cache.load(files.root / "small.ppm", 16)->width, 16);
        QVERIFY(files.kept().empty());
    }

    void aFolderThatCannotBeWrittenDoesNotMatter() {
        const Files files;
        write(files.root / "file", {std::byte{1}});
        const auto made = ThumbnailCache(files.root / "file" / "thumbnails").load(files.image, 64);
        QVERIFY(made);
        QCOMPARE(made->width, 64);
        QVERIFY(ThumbnailCache({}).load(files.image, 64));
        QVERIFY(files.kept().empty());
    }

    void threadsShareACache() {
        const Files files;
        constexpr int kImages = 8;
        for (int i = 0; i < kImages; ++i)
            write(files.root / (std::to_string(i) + ".ppm"), ppm(ramp(150 + 10 * i, 200)));
        const ThumbnailCache cache(files.cache);
        const mode_t mask = ::umask(022);
        std::atomic<int> good = 0;
        {
            std::vector<std::jthread> threads;
            for (int t = 0; t < 4; ++t) {
                threads.emplace_back([&] {
                    for (int i = 0; i < 3 * kImages; ++i) {
                        const auto made = cache.load(files.root / (std::to_string(i % kImages) + ".ppm"), 64);
                        if (made && std::max(made->width, made->height) == 64) ++good;
                    }
                });
            }
        }
        QCOMPARE(good.load(), 4 * 3 * kImages);
        QCOMPARE(files.kept().size(), std::size_t{kImages});
        QCOMPARE(::umask(mask), mode_t{022});
    }
};

QTEST_APPLESS_MAIN(TestThumbnail)
#include "test_thumbnail.moc"
