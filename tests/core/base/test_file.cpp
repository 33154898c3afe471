#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <QTemporaryDir>
#include <QtTest>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "core/base/file.h"

using namespace dicescope;
namespace fs = std::filesystem;

namespace {

std::string textOf(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string slurp(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void put(const fs::path& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
}

std::ptrdiff_t entriesIn(const fs::path& folder) {
    return std::distance(fs::directory_iterator(folder), {});
}

// Makes every write of this process beyond `bytes` of a file fail, as a full disk would.
class FileSizeLimit {
  public:
    explicit FileSizeLimit(rlim_t bytes) {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit limited{bytes, before_.rlim_max};
        previous_ = std::signal(SIGXFSZ, SIG_IGN);
        ::setrlimit(RLIMIT_FSIZE, &limited);
    }
    ~FileSizeLimit() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, previous_);
    }

  private:
    rlimit before_{};
    void (*previous_)(int) = nullptr;
};

}  // namespace

class TestFile : public QObject {
    Q_OBJECT

  private:
    QTemporaryDir temporary_;
    fs::path folder_;

  private slots:
    void init() {
        folder_ = fs::path(temporary_.path().toStdString()) / QTest::currentTestFunction();
        fs::create_directories(folder_);
    }

    void readsAWholeFile() {
        const std::string content("a\0b\xff\n", 5);
        put(folder_ / "f", content);
        const auto bytes = readFile(folder_ / "f");
        QVERIFY(bytes.has_value());
        QCOMPARE(textOf(*bytes), content);
        put(folder_ / "empty", "");
        QCOMPARE(readFile(folder_ / "empty")->size(), std::size_t{0});
    }

    void refusesWhatItCannotRead() {
        QCOMPARE(readFile(folder_ / "none").error().code, ErrorCode::NotFound);
        put(folder_ / "f", "12345");
        QCOMPARE(readFile(folder_ / "f" / "below").error().code, ErrorCode::NotFound);
        QCOMPARE(readFile(folder_).error().code, ErrorCode::Unreadable);
        QCOMPARE(readFile(folder_ / "f", 4).error().code, ErrorCode::InvalidArgument);
        QVERIFY(readFile(folder_ / "f", 5).has_value());
        QCOMPARE(MappedFile::open(folder_ / "none").error().code, ErrorCode::NotFound);
        QCOMPARE(MappedFile::open(folder_).error().code, ErrorCode::Unreadable);
    }

    void mapsAFile() {
        put(folder_ / "f", "hello");
        const auto mapped = MappedFile::open(folder_ / "f");
        QVERIFY(mapped.has_value());
        QCOMPARE(textOf(mapped->bytes()), std::string("hello"));
        put(folder_ / "empty", "");
        QVERIFY(MappedFile::open(folder_ / "empty")->bytes().empty());
        QVERIFY(MappedFile().bytes().empty());
    }

    void mappingSurvivesReplacementAndRemoval() {
        put(folder_ / "f", "old content");
        auto mapped = MappedFile::open(folder_ / "f");
        QVERIFY(mapped.has_value());
        QVERIFY(writeFileAtomically(folder_ / "f", "new").has_value());
        const MappedFile copy = *mapped;
        mapped = MappedFile::open(folder_ / "f");
        QCOMPARE(textOf(copy.bytes()), std::string("old content"));
        QCOMPARE(textOf(mapped->bytes()), std::string("new"));
        fs::remove(folder_ / "f");
        QCOMPARE(textOf(mapped->bytes()), std::string("new"));
    }

    void atomicFileAppearsAtCommit() {
        const fs::path path = folder_ / "deep" / "er" / "f";
        auto file = AtomicFile::create(path);
        QVERIFY(file.has_value());
        QVERIFY(file->write("one ").has_value());
        QVERIFY(file->write("two").has_value());
        QVERIFY(!fs::exists(path));
        QVERIFY(file->commit().has_value());
        QCOMPARE(slurp(path), std::string("one two"));
        QCOMPARE(entriesIn(path.parent_path()), std::ptrdiff_t{1});
    }

    void atomicFileKeepsTheOrderOfSmallAndLargeWrites() {
        std::string expected;
        auto file = AtomicFile::create(folder_ / "f");
        QVERIFY(file.has_value());
        for (const std::size_t size : {3U, 2'000'000U, 1U, 1'048'576U, 0U, 700'000U, 700'000U}) {
            const std::string piece(size, static_cast<char>('a' + expected.size() % 26));
            expected += piece;
            QVERIFY(file->write(piece).has_value());
        }
        QVERIFY(file->commit().has_value());
        QVERIFY(slurp(folder_ / "f") == expected);
    }

    void withoutCommitNothingIsLeft() {
        put(folder_ / "f", "before");
        {
            auto file = AtomicFile::create(folder_ / "f");
            QVERIFY(file.has_value());
            QVERIFY(file->write(std::string(3'000'000, 'x')).has_value());
            QCOMPARE(entriesIn(folder_), std::ptrdiff_t{2});
            AtomicFile moved = std::move(*file);
            QVERIFY(moved.write("more").has_value());
        }
        QCOMPARE(entriesIn(folder_), std::ptrdiff_t{1});
        QCOMPARE(slurp(folder_ / "f"), std::string("before"));
    }

    void fileSizeLimitIsAWriteError() {
        put(folder_ / "f", "before");
        {
            const FileSizeLimit limit(100'000);
            auto file = AtomicFile::create(folder_ / "f");
            QVERIFY(file.has_value());
            const auto written = file->write(std::string(2'000'000, 'x'));
            QVERIFY(!written.has_value());
            QCOMPARE(written.error().code, ErrorCode::WriteFailed);
            // A caller that overlooked the error must not publish a file with a hole.
            const auto committed = file->commit();
            QVERIFY(!committed.has_value());
            QCOMPARE(committed.error().code, ErrorCode::WriteFailed);
            QCOMPARE(writeFileAtomically(folder_ / "g", std::string(200'000, 'x')).error().code,
                     ErrorCode::WriteFailed);
        }
        QCOMPARE(entriesIn(folder_), std::ptrdiff_t{1});
        QCOMPARE(slurp(folder_ / "f"), std::string("before"));
    }

    void fullDiskIsAWriteError() {
        const fs::path disk = folder_ / "disk";
        fs::create_directory(disk);
        if (::mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=256k") != 0)
            QSKIP("mounting a small disk needs root");
        const auto written = writeFileAtomically(disk / "f", std::string(1'000'000, 'x'));
        const auto small = writeFileAtomically(disk / "g", "fits");
        const auto left = entriesIn(disk);
        ::umount(disk.c_str());
        QVERIFY(!written.has_value());
        QCOMPARE(written.error().code, ErrorCode::WriteFailed);
        QVERIFY2(written.error().message.find("free some space") != std::string::npos,
                 written.error().message.c_str());
        QVERIFY(small.has_value());
        QCOMPARE(left, std::ptrdiff_t{1});
    }

    void placesThatCannotBeWrittenTo() {
        put(folder_ / "f", "a file");
        QCOMPARE(writeFileAtomically(folder_ / "f" / "below", "x").error().code, ErrorCode::WriteFailed);
        QCOMPARE(ensureWritableFolder(folder_ / "f").error().code, ErrorCode::WriteFailed);
        QCOMPARE(ensureWritableFolder("/proc/dicescope").error().code, ErrorCode::WriteFailed);
        fs::create_directory(folder_ / "d");
        QCOMPARE(writeFileAtomically(folder_ / "d", "x").error().code, ErrorCode::WriteFailed);
        QCOMPARE(entriesIn(folder_), std::ptrdiff_t{2});
    }

    void folderWithoutPermission() {
        const fs::path locked = folder_ / "locked";
        fs::create_directory(locked);
        ::chmod(locked.c_str(), 0555);
        // Root may write everywhere, so it becomes somebody else for this test.
        const bool root = ::geteuid() == 0;
        if (root && ::seteuid(65534) != 0) QSKIP("cannot give up root's rights here");
        const auto written = writeFileAtomically(locked / "f", "x");
        const auto ensured = ensureWritableFolder(locked);
        if (root) QCOMPARE(::seteuid(0), 0);
        QCOMPARE(written.error().code, ErrorCode::WriteFailed);
        QCOMPARE(ensured.error().code, ErrorCode::WriteFailed);
        QVERIFY2(written.error().message.find((locked / "f").string()) != std::string::npos,
                 written.error().message.c_str());
    }

    void ensureWritableFolderMakesParentsAndLeavesNothing() {
        QVERIFY(ensureWritableFolder(folder_ / "a" / "b").has_value());
        QVERIFY(fs::is_empty(folder_ / "a" / "b"));
        QVERIFY(ensureWritableFolder(folder_ / "a" / "b").has_value());
    }

    void resultsGetTheUsualPermissions() {
        const mode_t before = ::umask(027);
        const auto written = writeFileAtomically(folder_ / "f", "x");
        ::umask(before);
        QVERIFY(written.has_value());
        struct stat info {};
        QCOMPARE(::stat((folder_ / "f").c_str(), &info), 0);
        QCOMPARE(info.st_mode & 0777U, mode_t{0640});
    }
};

QTEST_APPLESS_MAIN(TestFile)
#include "test_file.moc"
