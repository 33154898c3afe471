#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <QTemporaryDir>
#include <QtTest>
#include <csignal>
#include <thread>

#include "core/features/file_hash_memo.h"
#include "feature_test_support.h"

using namespace dicescope;
using namespace dicescope::test;
namespace fs = std::filesystem;

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::size_t kHeader = 16;
constexpr std::size_t kRecord = 80;

// A file that was last changed long before it was looked at.
FileStamp oldStamp(std::uint64_t inode) {
    return {1, inode, 100, 5 * kSecond, 6 * kSecond, 60 * kSecond};
}

fs::path imagePath(int image) {
    return "/images/" + std::to_string(image) + ".png";
}

void storeImages(FileHashMemo& memo, int first, int count) {
    for (int i = first; i < first + count; ++i) {
        memo.store(imagePath(i), oldStamp(static_cast<std::uint64_t>(i)), imageHash(i));
    }
}

bool knows(const FileHashMemo& memo, int image) {
    return memo.lookup(imagePath(image), oldStamp(static_cast<std::uint64_t>(image))) == imageHash(image);
}

}  // namespace

class TestFileHashMemo : public QObject {
    Q_OBJECT

  private:
    QTemporaryDir temporary_;
    fs::path root_;
    fs::path file_;

  private slots:
    void init() {
        root_ = fs::path(temporary_.path().toStdString()) / QTest::currentTestFunction();
        file_ = root_ / "file-hashes.memo";
    }

    void remembersAcrossRuns() {
        {
            auto memo = FileHashMemo::open(root_).value();
            QVERIFY(!knows(memo, 1));
            storeImages(memo, 0, 10);
            QVERIFY(knows(memo, 1));
            QVERIFY(memo.flush().has_value());
            storeImages(memo, 10, 1);
        }
        const auto memo = FileHashMemo::open(root_).value();
        QCOMPARE(memo.size(), std::size_t{11});
        for (int i = 0; i < 11; ++i) QVERIFY(knows(memo, i));
        QVERIFY(!knows(memo, 11));
        QCOMPARE(fs::file_size(file_), kHeader + 11 * kRecord);
    }

    void anyDifferenceMeansUnknown() {
        auto memo = FileHashMemo::open(root_).value();
        storeImages(memo, 0, 1);
        const auto changed = [&](auto change) {
            FileStamp stamp = oldStamp(0);
            change(stamp);
            return !memo.lookup(imagePath(0), stamp).has_value();
        };
        QVERIFY(changed([](FileStamp& stamp) { stamp.device = 2; }));
        QVERIFY(changed([](FileStamp& stamp) { stamp.inode = 9; }));
        QVERIFY(changed([](FileStamp& stamp) { stamp.size = 101; }));
        QVERIFY(changed([](FileStamp& stamp) { ++stamp.modifiedNs; }));
        QVERIFY(changed([](FileStamp& stamp) { ++stamp.changedNs; }));
        QVERIFY(!changed([](FileStamp& stamp) { stamp.takenNs += kSecond; }));
        QVERIFY(!memo.lookup(imagePath(1), oldStamp(0)).has_value());
    }

    void filesChangedJustNowAreNotRemembered() {
        auto memo = FileHashMemo::open(root_).value();
        FileStamp stamp = oldStamp(0);
        stamp.takenNs = stamp.changedNs + 2 * kSecond;
        memo.store(imagePath(0), stamp, imageHash(0));
        QCOMPARE(memo.size(), std::size_t{0});
        stamp.takenNs = stamp.changedNs - kSecond;  // the clock was set back
        memo.store(imagePath(0), stamp, imageHash(0));
        QCOMPARE(memo.size(), std::size_t{0});
        stamp.takenNs = stamp.changedNs + 2 * kSecond + 1;
        memo.store(imagePath(0), stamp, imageHash(0));
        QCOMPARE(memo.size(), std::size_t{1});
    }

    void aNewHashReplacesTheOld() {
        {
            auto memo = FileHashMemo::open(root_).value();
            storeImages(memo, 0, 2);
            FileStamp later = oldStamp(0);
            later.changedNs += kSecond;
            memo.store(imagePath(0), later, imageHash(77));
        }
        const auto memo = FileHashMemo::open(root_).value();
        FileStamp later = oldStamp(0);
        later.changedNs += kSecond;
        QVERIFY(memo.lookup(imagePath(0), later) == imageHash(77));
        QVERIFY(!knows(memo, 0));
        QVERIFY(knows(memo, 1));
    }

    void stampsOfRealFiles() {
        fs::create_directories(root_);
        const fs::path path = root_ / "image";
        put(path, "12345");
        const auto stamp = FileStamp::of(path).value();
        QCOMPARE(stamp.size, std::uint64_t{5});
        QVERIFY(stamp.takenNs >= stamp.changedNs - kSecond && stamp.takenNs < stamp.changedNs + 60 * kSecond);

        // A program can set mtime back but not ctime, so the change shows.
        struct stat before {};
        QCOMPARE(::stat(path.c_str(), &before), 0);
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        put(path, "54321");
        const timespec times[2] = {before.st_atim, before.st_mtim};
        QCOMPARE(::utimensat(AT_FDCWD, path.c_str(), times, 0), 0);
        const auto after = FileStamp::of(path).value();
        QCOMPARE(after.modifiedNs, stamp.modifiedNs);
        QCOMPARE(after.size, stamp.size);
        QVERIFY(after.changedNs > stamp.changedNs);

        QCOMPARE(FileStamp::of(root_ / "none").error().code, ErrorCode::NotFound);
        QCOMPARE(FileStamp::of(root_).error().code, ErrorCode::Unreadable);
        QVERIFY(contentHashOfFile(path).value() == contentHash(bytesOf("54321")));
        QCOMPARE(contentHashOfFile(root_ / "none").error().code, ErrorCode::NotFound);
    }

    void aRealFileIsRememberedUntilItChanges() {
        fs::create_directories(root_);
        const fs::path path = root_ / "image";
        put(path, "12345");
        auto memo = FileHashMemo::open(root_).value();
        memo.store(path, FileStamp::of(path).value(), contentHash(bytesOf("12345")));
        QVERIFY(!memo.lookup(path, FileStamp::of(path).value()).has_value());

        std::this_thread::sleep_for(std::chrono::milliseconds(2200));
        memo.store(path, FileStamp::of(path).value(), contentHash(bytesOf("12345")));
        QVERIFY(memo.lookup(path, FileStamp::of(path).value()) == contentHash(bytesOf("12345")));
        put(path, "54321");
        QVERIFY(!memo.lookup(path, FileStamp::of(path).value()).has_value());
    }

    void damageCostsOnlyTheRecordsItTouches() {
        { storeImages(*std::make_unique<FileHashMemo>(FileHashMemo::open(root_).value()), 0, 5); }
        const std::string whole = slurp(file_);
        QCOMPARE(whole.size(), kHeader + 5 * kRecord);
        for (std::size_t i = kHeader; i < whole.size(); i += 7) {
            std::string changed = whole;
            changed[i] = static_cast<char>(changed[i] ^ 1);
            put(file_, changed);
            const auto memo = FileHashMemo::open(root_).value();
            QCOMPARE(memo.size(), std::size_t{4});
            const int damaged = static_cast<int>((i - kHeader) / kRecord);
            for (int image = 0; image < 5; ++image) QCOMPARE(knows(memo, image), image != damaged);
        }
    }

    void tornFilesAreMended() {
        { storeImages(*std::make_unique<FileHashMemo>(FileHashMemo::open(root_).value()), 0, 2); }
        const std::string whole = slurp(file_);
        for (std::size_t size = 0; size < whole.size(); ++size) {
            put(file_, whole.substr(0, size));
            {
                auto memo = FileHashMemo::open(root_).value();
                storeImages(memo, 5, 1);
            }
            const auto memo = FileHashMemo::open(root_).value();
            QVERIFY(knows(memo, 5));
            QCOMPARE(knows(memo, 0), size >= kHeader + kRecord);
        }
    }

    void otherContentIsReplaced() {
        fs::create_directories(root_);
        put(file_, "something else that is longer than a header of the memo");
        { storeImages(*std::make_unique<FileHashMemo>(FileHashMemo::open(root_).value()), 0, 1); }
        QVERIFY(knows(FileHashMemo::open(root_).value(), 0));
        QCOMPARE(fs::file_size(file_), kHeader + kRecord);
    }

    void processesShareOneMemo() {
        auto one = FileHashMemo::open(root_).value();
        auto two = FileHashMemo::open(root_).value();
        for (int i = 0; i < 20; ++i) {
            storeImages(i % 2 == 0 ? one : two, i, 1);
            QVERIFY((i % 2 == 0 ? one : two).flush().has_value());
        }
        const auto memo = FileHashMemo::open(root_).value();
        for (int i = 0; i < 20; ++i) QVERIFY(knows(memo, i));
    }

    void isBounded() {
        {
            auto memo = FileHashMemo::open(root_, 100).value();
            storeImages(memo, 0, 150);
        }
        auto memo = FileHashMemo::open(root_, 100).value();
        QCOMPARE(memo.size(), std::size_t{75});
        QCOMPARE(fs::file_size(file_), kHeader + 75 * kRecord);
        QVERIFY(!knows(memo, 74));
        QVERIFY(knows(memo, 75));
        QVERIFY(knows(memo, 149));
    }

    void outdatedRecordsAreCleared() {
        {
            auto memo = FileHashMemo::open(root_).value();
            for (int round = 0; round < 2000; ++round) {
                FileStamp stamp = oldStamp(0);
                stamp.modifiedNs += round;
                memo.store(imagePath(0), stamp, imageHash(round));
            }
        }
        QCOMPARE(fs::file_size(file_), kHeader + 2000 * kRecord);
        const auto memo = FileHashMemo::open(root_).value();
        QCOMPARE(memo.size(), std::size_t{1});
        QCOMPARE(fs::file_size(file_), kHeader + kRecord);
    }

    void aWriterThatMissedTheRewriteIsKept() {
        auto other = FileHashMemo::open(root_, 100).value();
        storeImages(other, 0, 150);
        QVERIFY(other.flush().has_value());
        const auto rewriting = FileHashMemo::open(root_, 100).value();
        storeImages(other, 200, 1);
        QVERIFY(other.flush().has_value());
        QVERIFY(knows(FileHashMemo::open(root_).value(), 200));
    }

    void fullDiskIsAWriteErrorAndLaterMended() {
        auto memo = FileHashMemo::open(root_).value();
        storeImages(memo, 0, 10);
        rlimit before{};
        ::getrlimit(RLIMIT_FSIZE, &before);
        const rlimit limited{kHeader + 3 * kRecord + 11, before.rlim_max};
        auto* const handler = std::signal(SIGXFSZ, SIG_IGN);
        ::setrlimit(RLIMIT_FSIZE, &limited);
        const auto failed = memo.flush();
        ::setrlimit(RLIMIT_FSIZE, &before);
        std::signal(SIGXFSZ, handler);
        QCOMPARE(failed.error().code, ErrorCode::WriteFailed);
        QVERIFY(memo.flush().has_value());
        const auto again = FileHashMemo::open(root_).value();
        for (int i = 0; i < 10; ++i) QVERIFY(knows(again, i));
    }

    void aKilledProcessKeepsWhatItFlushed() {
        const pid_t child = ::fork();
        if (child == 0) {
            auto memo = FileHashMemo::open(root_);
            if (!memo) ::_exit(1);
            storeImages(*memo, 0, 3);
            if (!memo->flush()) ::_exit(1);
            storeImages(*memo, 3, 1);
            ::kill(::getpid(), SIGKILL);
        }
        int status = 0;
        QCOMPARE(::waitpid(child, &status, 0), child);
        QVERIFY(WIFSIGNALED(status));
        const auto memo = FileHashMemo::open(root_).value();
        QCOMPARE(memo.size(), std::size_t{3});
    }

    void rootThatCannotBeWrittenTo() {
        QCOMPARE(FileHashMemo::open("/proc/dicescope").error().code, ErrorCode::WriteFailed);
    }

    void threadsMayShareOne() {
        auto memo = FileHashMemo::open(root_).value();
        {
            std::vector<std::jthread> threads;
            for (int t = 0; t < 4; ++t) {
                threads.emplace_back([&memo, t] {
                    for (int i = 0; i < 50; ++i) {
                        storeImages(memo, 50 * t + i, 1);
                        (void)memo.lookup(imagePath(i), oldStamp(static_cast<std::uint64_t>(i)));
                        if (i % 10 == 0) (void)memo.flush();
                    }
                });
            }
        }
        QCOMPARE(memo.size(), std::size_t{200});
    }
};

QTEST_APPLESS_MAIN(TestFileHashMemo)
#include "test_file_hash_memo.moc"
