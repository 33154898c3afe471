#include <QTemporaryDir>
#include <QtTest>
#include <cstdlib>

#include "core/features/cache_names.h"
#include "core/features/feature_cache.h"
#include "core/features/feature_journal.h"
#include "core/features/file_hash_memo.h"
#include "core/images/thumbnail.h"
#include "feature_test_support.h"

using namespace dicescope;
using namespace dicescope::test;
namespace fs = std::filesystem;

class TestCacheFolder : public QObject {
    Q_OBJECT

  private:
    QTemporaryDir temporary_;
    fs::path root_;
    const std::string keyName_ = std::string(32, 'a');

  private slots:
    void init() {
        root_ = fs::path(temporary_.path().toStdString()) / QTest::currentTestFunction();
        fs::create_directories(root_ / keyName_);
    }

    void defaultRootFollowsXdg() {
        qputenv("HOME", "/home/someone");
        qputenv("XDG_CACHE_HOME", "/caches");
        QCOMPARE(defaultCacheRoot(), fs::path("/caches/dicescope"));
        qputenv("XDG_CACHE_HOME", "relative");
        QCOMPARE(defaultCacheRoot(), fs::path("/home/someone/.cache/dicescope"));
        qunsetenv("XDG_CACHE_HOME");
        QCOMPARE(defaultCacheRoot(), fs::path("/home/someone/.cache/dicescope"));
        qunsetenv("HOME");
        QVERIFY(defaultCacheRoot().string().starts_with("/tmp/dicescope-"));
    }

    void namesAreTold() {
        const std::string hash(32, '0');
        QVERIFY(isHashName(hash));
        QVERIFY(!isHashName(hash.substr(1)));
        QVERIFY(!isHashName("G" + hash.substr(1)));
        QVERIFY(isSetName(hash + ".safetensors"));
        QVERIFY(!isSetName("mine.safetensors"));
        QVERIFY(isJournalName("01700000000000000000-aB3xYz.journal"));
        QVERIFY(!isJournalName("diary.journal"));
        QVERIFY(isTemporaryName("." + hash + ".safetensors.aB3xYz"));
        QVERIFY(isTemporaryName(".journal.aB3xYz"));
        QVERIFY(isTemporaryName(".file-hashes.memo.aB3xYz"));
        QVERIFY(!isTemporaryName(".bashrc.aB3xYz"));
        QVERIFY(!isTemporaryName(".journal"));
        QVERIFY(!isTemporaryName(""));
    }

    void sizeCountsOwnFilesOnly() {
        put(root_ / keyName_ / (std::string(32, 'b') + ".safetensors"), std::string(100, 'x'));
        put(root_ / kMemoName, std::string(10, 'x'));
        put(root_ / "letter.txt", "not ours");
        put(root_ / keyName_ / "notes.txt", "not ours");
        const auto usage = cacheSize(root_).value();
        QCOMPARE(usage.bytes, std::uint64_t{110});
        QCOMPARE(usage.files, std::uint64_t{2});
        QCOMPARE(cacheSize(root_ / "none").value().files, std::uint64_t{0});
        QCOMPARE(cacheSize(root_ / "letter.txt").error().code, ErrorCode::Unreadable);
    }

    void clearRemovesOwnFilesOnly() {
        const std::string other(32, 'c');
        fs::create_directories(root_ / other);
        put(root_ / other / (std::string(32, 'b') + ".safetensors"), "set");
        put(root_ / other / ("." + std::string(32, 'b') + ".safetensors.aB3xYz"), "left behind");
        put(root_ / other / kLockName, "");
        put(root_ / kTagName, "tag");
        put(root_ / "letter.txt", "not ours");
        put(root_ / keyName_ / "notes.txt", "not ours");
        put(root_ / keyName_ / "mine.safetensors", "not ours");
        fs::create_directory_symlink(root_ / other, root_ / std::string(32, 'd'));
        const auto removed = clearCache(root_).value();
        QCOMPARE(removed.files, std::uint64_t{4});
        QVERIFY(!fs::exists(root_ / other));
        QVERIFY(fs::exists(root_ / "letter.txt"));
        QVERIFY(fs::exists(root_ / keyName_ / "notes.txt"));
        QVERIFY(fs::exists(root_ / keyName_ / "mine.safetensors"));
        QVERIFY(fs::is_symlink(root_ / std::string(32, 'd')));
        QCOMPARE(cacheSize(root_).value().files, std::uint64_t{0});
        QCOMPARE(clearCache(root_ / "none").value().files, std::uint64_t{0});
    }

    void thumbnailsAreCountedAndCleared() {
        QCOMPARE(std::string(kThumbnailFolder), std::string(ThumbnailCache::kFolder));
        // A picture of noise, large enough to be kept.
        std::string image = "P6\n200 100\n255\n";
        for (unsigned i = 0; i < 60000; ++i) image += static_cast<char>(i * i % 251);
        put(root_ / "image.ppm", image);
        QVERIFY(ThumbnailCache(root_ / kThumbnailFolder).load(root_ / "image.ppm", 64));
        fs::create_directories(root_ / kThumbnailFolder / "ab");
        fs::create_directories(root_ / kThumbnailFolder / "0f");
        put(root_ / kThumbnailFolder / "ab" / "mine.webp", "not ours");
        const auto usage = cacheSize(root_).value();
        QCOMPARE(usage.files, std::uint64_t{1});
        QVERIFY(usage.bytes > 100);
        put(root_ / kThumbnailFolder / "0f" / ("." + std::string(32, 'b') + ".webp.aB3xYz"), "left behind");
        QCOMPARE(clearCache(root_).value().files, std::uint64_t{2});
        QVERIFY(fs::exists(root_ / kThumbnailFolder / "ab" / "mine.webp"));
        QVERIFY(!fs::exists(root_ / kThumbnailFolder / "0f"));
        fs::remove(root_ / kThumbnailFolder / "ab" / "mine.webp");
        QVERIFY(clearCache(root_));
        QVERIFY(!fs::exists(root_ / kThumbnailFolder));
    }

    void fitsAreCountedAndCleared() {
        const fs::path fits = root_ / kFitFolder;
        fs::create_directories(fits);
        put(fits / (std::string(32, 'c') + ".safetensors"), "a fit");
        put(fits / "mine.safetensors", "not ours");
        QCOMPARE(cacheSize(root_).value().files, std::uint64_t{1});
        QCOMPARE(cacheSize(root_).value().bytes, std::uint64_t{5});
        put(fits / ("." + std::string(32, 'b') + ".safetensors.aB3xYz"), "left behind");
        QCOMPARE(clearCache(root_).value().files, std::uint64_t{2});
        QVERIFY(fs::exists(fits / "mine.safetensors"));
        fs::remove(fits / "mine.safetensors");
        QVERIFY(clearCache(root_));
        QVERIFY(!fs::exists(fits));
    }

    void linksAreNotFollowed() {
        fs::create_directories(root_ / "outside");
        put(root_ / "outside" / (std::string(32, 'b') + ".safetensors"), "precious");
        fs::create_directory_symlink(root_ / "outside", root_ / std::string(32, 'd'));
        QCOMPARE(clearCache(root_).value().files, std::uint64_t{0});
        QVERIFY(fs::exists(root_ / "outside" / (std::string(32, 'b') + ".safetensors")));
    }

    void aRunningProgramKeepsItsJournal() {
        auto live = JournalWriter::create(root_ / keyName_, {3, 0, 1, {}}).value();
        const fs::path dead = JournalWriter::create(root_ / keyName_, {3, 0, 1, {}}).value()->path();
        QVERIFY(clearCache(root_).has_value());
        QVERIFY(fs::exists(live->path()));
        QVERIFY(!fs::exists(dead));
    }

    void everythingTheCacheWritesIsItsOwn() {
        const fs::path root = root_ / "cache";
        {
            auto cache = FeatureCache::open(root, {"sha", "head", "{}", "cpu", ""}).value();
            auto memo = FileHashMemo::open(root).value();
            memo.store("/a", {1, 1, 1, 1, 1, 9'000'000'000}, imageHash(0));
            const auto rows = imageRows(0, 1, 2, 0);
            QVERIFY(cache.append(std::vector{imageHash(0)}, rows.view(), {}).has_value());
            FeatureSetRequest request;
            request.images = {{"a.png", -1, imageHash(0)}};
            QVERIFY(cache.finish(request).has_value());
        }
        QVERIFY(clearCache(root).value().files >= 3);
        QVERIFY(fs::is_empty(root));
    }
};

QTEST_APPLESS_MAIN(TestCacheFolder)
#include "test_cache_folder.moc"
