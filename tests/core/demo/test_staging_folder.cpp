#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <csignal>
#include <fstream>
#include <optional>

#include "core/demo/staging_folder.h"

using namespace dicescope;
namespace fs = std::filesystem;

namespace {

std::size_t entries(const fs::path& folder) {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

void put(const fs::path& path) {
    std::ofstream(path) << "content";
}

}  // namespace

class TestStagingFolder : public QObject {
    Q_OBJECT

    std::optional<QTemporaryDir> temporary_;
    fs::path root_;

  private slots:
    void init() {
        temporary_.emplace();
        root_ = temporary_->path().toStdString();
    }

    void appearsOnlyAtCommit() {
        auto staging = StagingFolder::create(root_ / "a" / "b");
        QVERIFY(staging);
        put(staging->path() / "file");
        QVERIFY(!fs::exists(root_ / "a" / "b"));
        QVERIFY(staging->commit());
        QVERIFY(fs::exists(root_ / "a" / "b" / "file"));
        QCOMPARE(entries(root_ / "a"), std::size_t{1});
    }

    void getsTheUsualPermissions() {
        const fs::path plain = root_ / "plain";
        fs::create_directory(plain);
        auto staging = StagingFolder::create(root_ / "staged");
        QVERIFY(staging && staging->commit());
        QCOMPARE(static_cast<int>(fs::status(root_ / "staged").permissions()),
                 static_cast<int>(fs::status(plain).permissions()));
    }

    void leavesNothingWithoutCommit() {
        {
            auto staging = StagingFolder::create(root_ / "target");
            QVERIFY(staging);
            put(staging->path() / "file");
            const StagingFolder moved = std::move(*staging);
            QVERIFY(fs::exists(moved.path() / "file"));
        }
        QCOMPARE(entries(root_), std::size_t{0});
    }

    void takesRelativePathsAndTrailingSlashes() {
        const fs::path before = fs::current_path();
        fs::current_path(root_);
        auto relative = StagingFolder::create("one");
        auto slash = StagingFolder::create("two/");
        const bool done = relative && relative->commit() && slash && slash->commit();
        fs::current_path(before);
        QVERIFY(done);
        QCOMPARE(entries(root_), std::size_t{2});
        QVERIFY(fs::is_directory(root_ / "one") && fs::is_directory(root_ / "two"));
    }

    void replacesAnEmptyFolderOnly() {
        fs::create_directory(root_ / "empty");
        auto staging = StagingFolder::create(root_ / "empty");
        QVERIFY(staging && staging->commit());
        fs::create_directory(root_ / "full");
        put(root_ / "full" / "precious");
        put(root_ / "file");
        for (const char* name : {"full", "file"}) {
            const auto refused = StagingFolder::create(root_ / name);
            QVERIFY(!refused);
            QCOMPARE(refused.error().code, ErrorCode::InvalidArgument);
        }
        QVERIFY(fs::exists(root_ / "full" / "precious"));
    }

    void refusesTheCurrentFolder() {
        const fs::path before = fs::current_path();
        fs::current_path(root_);
        const auto refused = StagingFolder::create(".");
        fs::current_path(before);
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::InvalidArgument);
    }

    void refusesAnEmptyNameAndTheRoot() {
        for (const char* name : {"", "/"}) {
            const auto refused = StagingFolder::create(name);
            QVERIFY(!refused);
            QCOMPARE(refused.error().code, ErrorCode::InvalidArgument);
        }
    }

    void doesNotOverwriteWhatAppearedMeanwhile() {
        auto staging = StagingFolder::create(root_ / "target");
        QVERIFY(staging);
        fs::create_directory(root_ / "target");
        put(root_ / "target" / "precious");
        const auto committed = staging->commit();
        QVERIFY(!committed);
        QCOMPARE(committed.error().code, ErrorCode::WriteFailed);
        QVERIFY(fs::exists(root_ / "target" / "precious"));
    }

    void saysWhenItCannotWrite() {
        put(root_ / "file");
        const auto refused = StagingFolder::create(root_ / "file" / "below");
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::WriteFailed);
    }

    void removesWhatAKilledProcessLeft() {
        int ready[2];
        QCOMPARE(::pipe(ready), 0);
        const pid_t child = ::fork();
        if (child == 0) {
            auto staging = StagingFolder::create(root_ / "target");
            put(staging->path() / "file");
            const char done = 1;
            if (::write(ready[1], &done, 1) != 1) ::_exit(1);
            ::pause();
        }
        char done = 0;
        QCOMPARE(::read(ready[0], &done, 1), 1);
        // While the child lives, its folder is its own.
        QVERIFY(StagingFolder::create(root_ / "target"));
        QCOMPARE(entries(root_), std::size_t{1});
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
        QCOMPARE(entries(root_), std::size_t{1});
        QVERIFY(!fs::exists(root_ / "target"));
        QVERIFY(StagingFolder::create(root_ / "target"));
        QCOMPARE(entries(root_), std::size_t{0});
        ::close(ready[0]);
        ::close(ready[1]);
    }
};

QTEST_APPLESS_MAIN(TestStagingFolder)
#include "test_staging_folder.moc"
