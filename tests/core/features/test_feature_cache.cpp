#include <spawn.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <QTemporaryDir>
#include <QtTest>
#include <csignal>
#include <cstring>
#include <thread>

#include "cache_test_support.h"

using namespace dicescope;
using namespace dicescope::test;
namespace fs = std::filesystem;

namespace {

// Starts cache_writer with the cache's root and these arguments.
pid_t startWriter(const fs::path& root, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {DICESCOPE_CACHE_WRITER, root.string()});
    std::vector<char*> pointers;
    for (auto& argument : arguments) pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    pid_t process = -1;
    return ::posix_spawn(&process, DICESCOPE_CACHE_WRITER, nullptr, nullptr, pointers.data(), environ) == 0
               ? process
               : -1;
}

// Its exit code, or 1000 + the signal that ended it.
int outcome(pid_t process) {
    int status = 0;
    if (::waitpid(process, &status, 0) != process) return -1;
    return WIFSIGNALED(status) ? 1000 + WTERMSIG(status) : WEXITSTATUS(status);
}

constexpr int kKilled = 1000 + SIGKILL;

}  // namespace

class TestFeatureCache : public QObject {
    Q_OBJECT

  private:
    QTemporaryDir temporary_;
    fs::path root_;

    FeatureCache open() { return FeatureCache::open(root_, someKey()).value(); }
    [[nodiscard]] fs::path folder() const { return root_ / someKey().folderName(); }
    [[nodiscard]] std::size_t sets() const { return filesIn(folder(), ".safetensors").size(); }
    [[nodiscard]] std::size_t journals() const { return filesIn(folder(), ".journal").size(); }

  private slots:
    void init() { root_ = fs::path(temporary_.path().toStdString()) / QTest::currentTestFunction(); }

    void anEmptyCacheHoldsNothing() {
        const auto cache = open();
        QVERIFY(!cache.contains(imageHash(0)));
        QCOMPARE(cache.rowCount(), std::size_t{0});
        QCOMPARE(cache.featureSize(), std::size_t{0});
        QVERIFY(!cache.interruptedBatchSize().has_value());
        QCOMPARE(journals(), std::size_t{0});
    }

    void appendedRowsAreThereAtOnce() {
        auto cache = open();
        QVERIFY(appendImages(cache, 0, 4).has_value());
        QVERIFY(cache.contains(imageHash(3)));
        QVERIFY(!cache.contains(imageHash(4)));
        QCOMPARE(cache.rowCount(), std::size_t{4});
        QCOMPARE(cache.featureSize(), kFeatures);
        QCOMPARE(cache.logitSize(), kLogits);
        std::vector<float> features(kFeatures);
        std::vector<float> logits(kLogits);
        QVERIFY(cache.copyRow(imageHash(2), features, logits));
        QCOMPARE(features[1], 2.25F + 1.0F / 64.0F);
        QCOMPARE(logits[0], 2.5F);
        QVERIFY(!cache.copyRow(imageHash(9), features, logits));
        QVERIFY(!cache.copyRow(imageHash(2), logits, features));
    }

    void finishPutsTheSetTogetherInItsOrder() {
        auto cache = open();
        QVERIFY(appendImages(cache, 3, 3).has_value());
        QVERIFY(appendImages(cache, 0, 3).has_value());
        const auto request = requestOf(0, 6);
        const auto set = cache.finish(request);
        QVERIFY2(set.has_value(), set ? "" : set.error().message.c_str());
        QVERIFY(rowsAreRight(**set, request, 5));
        QCOMPARE((*set)->classes, request.classes);
        QCOMPARE((*set)->skipped.size(), std::size_t{1});
        const auto key = someKey();
        QVERIFY(((*set)->provenance ==
                 FeatureProvenance{key.modelSha256, key.head, key.preprocess, "cpu", "/images", "test"}));
        QCOMPARE(sets(), std::size_t{1});
        QCOMPARE(journals(), std::size_t{0});
        QVERIFY(cache.contains(imageHash(0)));
    }

    void finishedSetsServeTheNextRun() {
        const auto request = requestOf(0, 5);
        {
            auto cache = open();
            QVERIFY(appendImages(cache, 0, 5).has_value());
            QVERIFY(cache.finish(request).has_value());
        }
        auto cache = open();
        QCOMPARE(cache.rowCount(), std::size_t{5});
        const fs::path file = folder() / filesIn(folder(), ".safetensors")[0];
        const auto written = fs::last_write_time(file);
        auto other = request;
        other.classes = {"zero", "one"};
        other.device = "cpu, second run";
        other.skipped.clear();
        const auto set = cache.finish(other).value();
        QVERIFY(rowsAreRight(*set, request, 4));
        QVERIFY(fs::last_write_time(file) == written);
        QCOMPARE(set->classes[0], std::string("zero"));
        QCOMPARE(set->provenance.device, std::string("cpu, second run"));
        QVERIFY(set->skipped.empty());
    }

    void anotherSetOfKnownImagesNeedsNoNewRow() {
        auto cache = open();
        QVERIFY(appendImages(cache, 0, 6).has_value());
        QVERIFY(cache.finish(requestOf(0, 6)).has_value());
        const auto part = requestOf(2, 3, "/part");
        const auto set = cache.finish(part).value();
        QVERIFY(rowsAreRight(*set, part, 4));
        QCOMPARE(sets(), std::size_t{2});
        auto relabelled = part;
        relabelled.images[0].label = -1;
        relabelled.folder = "/elsewhere";
        QCOMPARE(cache.finish(relabelled).value()->labels[0], -1);
        QCOMPARE(sets(), std::size_t{3});
    }

    void oneContentUnderTwoPathsIsKeptOnce() {
        auto cache = open();
        const std::vector<ContentHash> twice{imageHash(0), imageHash(0)};
        auto features = imageRows(0, 2, kFeatures, 0.25F);
        QVERIFY(cache.append(twice, features.view(), imageRows(0, 2, kLogits, 0.5F).view()).has_value());
        QVERIFY(appendImages(cache, 0, 1).has_value());
        QCOMPARE(cache.rowCount(), std::size_t{1});
        FeatureSetRequest request;
        request.images = {{"a", -1, imageHash(0)}, {"b", -1, imageHash(0)}};
        const auto set = cache.finish(request).value();
        QCOMPARE(set->features(0, 0), 0.25F);
        QCOMPARE(set->features(1, 0), 0.25F);
        QCOMPARE(journals(), std::size_t{0});
    }

    void withoutLogits() {
        auto cache = open();
        QVERIFY(cache.append(std::vector{imageHash(0)}, imageRows(0, 1, 2, 0).view(), {}).has_value());
        FeatureSetRequest request;
        request.images = {{"a", -1, imageHash(0)}};
        QVERIFY(cache.finish(request).value()->logits.empty());
        QCOMPARE(open().logitSize(), std::size_t{0});
        QVERIFY(open().contains(imageHash(0)));
    }

    void nonFiniteValuesAreKeptBitForBit() {
        const std::uint32_t bits = 0x7fa12345U;  // a NaN with a payload
        Matrix<float> rows(1, 2);
        std::memcpy(rows.data(), &bits, sizeof(bits));
        auto cache = open();
        QVERIFY(cache.append(std::vector{imageHash(0)}, rows.view(), {}).has_value());
        FeatureSetRequest request;
        request.images = {{"a", -1, imageHash(0)}};
        const auto set = cache.finish(request).value();
        QCOMPARE(std::memcmp(set->features.data, &bits, sizeof(bits)), 0);
    }

    void wrongRequests() {
        auto cache = open();
        QCOMPARE(cache.finish({}).error().code, ErrorCode::InvalidArgument);
        QCOMPARE(cache.finish(requestOf(0, 1)).error().code, ErrorCode::InvalidArgument);
        QVERIFY(appendImages(cache, 0, 2).has_value());
        const auto missing = cache.finish(requestOf(0, 3));
        QCOMPARE(missing.error().code, ErrorCode::InvalidArgument);
        QVERIFY(missing.error().message.find("c/2.png") != std::string::npos);
        const std::vector<ContentHash> one{imageHash(5)};
        QCOMPARE(
            cache.append(one, imageRows(0, 1, 7, 0).view(), imageRows(0, 1, kLogits, 0).view()).error().code,
            ErrorCode::Mismatch);
        QCOMPARE(cache.append(one, imageRows(0, 1, kFeatures, 0).view(), {}).error().code,
                 ErrorCode::Mismatch);
        QCOMPARE(cache.append(one, imageRows(0, 2, kFeatures, 0).view(), imageRows(0, 1, kLogits, 0).view())
                     .error()
                     .code,
                 ErrorCode::Internal);
        QVERIFY(!cache.contains(imageHash(5)));
        QCOMPARE(journals(), std::size_t{1});
    }

    void everyPartOfTheKeyCounts() {
        auto cache = open();
        QVERIFY(appendImages(cache, 0, 1).has_value());
        const auto isOther = [&](auto change) {
            FeatureCacheKey key = someKey();
            change(key);
            return key.folderName() != someKey().folderName() &&
                   !FeatureCache::open(root_, key).value().contains(imageHash(0));
        };
        QVERIFY(isOther([](FeatureCacheKey& key) { key.modelSha256[0] = 'f'; }));
        QVERIFY(isOther([](FeatureCacheKey& key) { key.head = "fc.weight"; }));
        QVERIFY(isOther([](FeatureCacheKey& key) { key.preprocess = R"({"crop":33})"; }));
        QVERIFY(isOther([](FeatureCacheKey& key) { key.deviceKind = "cuda"; }));
        QVERIFY(isOther([](FeatureCacheKey& key) { key.engine = "2.1.0"; }));
        QVERIFY(isOther([](FeatureCacheKey& key) {
            key.head += key.preprocess;
            key.preprocess.clear();
        }));
        QVERIFY(open().contains(imageHash(0)));
    }

    // Files that were moved or copied into another key's folder.
    void filesOfAnotherKeyAreIgnored() {
        FeatureCacheKey other = someKey();
        other.head = "other";
        {
            auto cache = FeatureCache::open(root_, other).value();
            QVERIFY(appendImages(cache, 0, 2).has_value());
            QVERIFY(cache.finish(requestOf(0, 2)).has_value());
            QVERIFY(appendImages(cache, 2, 2).has_value());
        }
        fs::copy(root_ / other.folderName(), folder());
        auto cache = open();
        QCOMPARE(cache.rowCount(), std::size_t{0});
        QVERIFY(appendImages(cache, 0, 2).has_value());
        const auto set = cache.finish(requestOf(0, 2)).value();
        QCOMPARE(set->provenance.head, someKey().head);
        QCOMPARE(open().rowCount(), std::size_t{2});
    }

    void aChangedByteOfAnImageIsAnotherImage() {
        auto cache = open();
        std::string image(1000, 'i');
        const ContentHash before = contentHash(bytesOf(image));
        QVERIFY(cache.append(std::vector{before}, imageRows(0, 1, 2, 0).view(), {}).has_value());
        image[500] = 'j';
        QVERIFY(!cache.contains(contentHash(bytesOf(image))));
        image[500] = 'i';
        QVERIFY(cache.contains(contentHash(bytesOf(image))));
    }

    void killAndResumeGivesTheSameBytes() {
        const auto request = requestOf(0, 20);
        std::string uninterrupted;
        {
            auto cache = FeatureCache::open(root_ / "reference", someKey()).value();
            QVERIFY(appendImages(cache, 0, 20).has_value());
            QVERIFY(cache.finish(request).has_value());
            uninterrupted = slurp(cache.folder() / filesIn(cache.folder(), ".safetensors")[0]);
        }
        QCOMPARE(outcome(startWriter(root_, {"0", "12", "4"})), kKilled);
        QCOMPARE(journals(), std::size_t{1});
        // The kill came in the middle of a write.
        const fs::path journal = folder() / filesIn(folder(), ".journal")[0];
        fs::resize_file(journal, fs::file_size(journal) - 13);

        auto cache = open();
        QCOMPARE(cache.rowCount(), std::size_t{11});
        QCOMPARE(cache.interruptedBatchSize().value(), std::size_t{4});
        std::vector<int> computed;
        for (int i = 0; i < 20; ++i) {
            if (cache.contains(imageHash(i))) continue;
            QVERIFY(appendImages(cache, i, 1).has_value());
            computed.push_back(i);
        }
        QCOMPARE(computed, (std::vector<int>{11, 12, 13, 14, 15, 16, 17, 18, 19}));
        QVERIFY(cache.finish(request).has_value());
        QVERIFY(slurp(folder() / filesIn(folder(), ".safetensors")[0]) == uninterrupted);
        QCOMPARE(journals(), std::size_t{0});
        QVERIFY(!open().interruptedBatchSize().has_value());
    }

    void severalKillsLeaveSeveralJournals() {
        for (int run = 0; run < 3; ++run) {
            const auto first = std::to_string(3 * run);
            QCOMPARE(outcome(startWriter(root_, {first, "3", std::to_string(run + 1)})), kKilled);
        }
        QCOMPARE(journals(), std::size_t{3});
        auto cache = open();
        QCOMPARE(cache.rowCount(), std::size_t{9});
        QCOMPARE(cache.interruptedBatchSize().value(), std::size_t{3});
        const auto request = requestOf(0, 9);
        QVERIFY(rowsAreRight(*cache.finish(request).value(), request, 8));
        QCOMPARE(journals(), std::size_t{0});
    }

    void aJournalWithOtherRowsIsKept() {
        QCOMPARE(outcome(startWriter(root_, {"0", "4", "4"})), kKilled);
        auto cache = open();
        QVERIFY(cache.finish(requestOf(0, 3)).has_value());
        QCOMPARE(journals(), std::size_t{1});
        QVERIFY(open().contains(imageHash(3)));
        QVERIFY(cache.finish(requestOf(3, 1, "/rest")).has_value());
        QCOMPARE(journals(), std::size_t{0});
        QVERIFY(open().contains(imageHash(3)));
    }

    // A kill after the set appeared and before its journal was removed.
    void aConsumedJournalIsRemovedLater() {
        QCOMPARE(outcome(startWriter(root_, {"0", "3", "3"})), kKilled);
        const fs::path journal = folder() / filesIn(folder(), ".journal")[0];
        const std::string bytes = slurp(journal);
        QVERIFY(open().finish(requestOf(0, 3)).has_value());
        QCOMPARE(journals(), std::size_t{0});
        put(journal, bytes);
        auto cache = open();
        QVERIFY(!cache.interruptedBatchSize().has_value());
        QVERIFY(cache.finish(requestOf(0, 3)).has_value());
        QCOMPARE(journals(), std::size_t{0});
    }

    void leftoversOfAKilledProcessAreRemoved() {
        (void)open();
        const fs::path leftover = folder() / ("." + std::string(32, 'b') + ".safetensors.aB3xYz");
        put(leftover, "half a set");
        (void)open();
        // Nobody has finished a set here yet, so there is no lock file that could tell the owner is gone.
        auto cache = open();
        QVERIFY(appendImages(cache, 0, 1).has_value());
        (void)open();
        QVERIFY(!fs::exists(leftover));
    }

    void twoRunsAtTheSameTime() {
        auto one = open();
        QVERIFY(appendImages(one, 0, 3).has_value());
        auto two = open();
        QVERIFY(two.contains(imageHash(2)));
        QVERIFY(!two.interruptedBatchSize().has_value());
        QVERIFY(appendImages(two, 3, 3).has_value());
        QVERIFY(!one.contains(imageHash(3)));
        const auto all = requestOf(0, 6);
        QVERIFY(rowsAreRight(*two.finish(all).value(), all, 5));
        QCOMPARE(journals(), std::size_t{1});
        QVERIFY(appendImages(one, 6, 1).has_value());
        QVERIFY(appendImages(one, 3, 3).has_value());
        const auto more = requestOf(0, 7, "/other");
        QVERIFY(rowsAreRight(*one.finish(more).value(), more, 6));
        QCOMPARE(journals(), std::size_t{0});
        QCOMPARE(open().rowCount(), std::size_t{7});
    }

    void rowsAppendedAfterTheJournalWasReadAreKept() {
        auto writing = std::make_unique<FeatureCache>(open());
        QVERIFY(appendImages(*writing, 0, 3).has_value());
        auto reading = open();
        QVERIFY(appendImages(*writing, 3, 2).has_value());
        writing.reset();
        QVERIFY(reading.finish(requestOf(0, 3)).has_value());
        QVERIFY(open().contains(imageHash(4)));
    }

    void manyProcessesAtTheSameTime() {
        std::vector<pid_t> writers;
        for (const char* images : {"/images", "/others", "/images", "/others"}) {
            writers.push_back(startWriter(root_, {"0", "30", "1", images}));
        }
        for (const pid_t writer : writers) QCOMPARE(outcome(writer), 0);
        auto cache = open();
        QCOMPARE(cache.rowCount(), std::size_t{30});
        const auto request = requestOf(0, 30);
        QVERIFY(rowsAreRight(*cache.finish(request).value(), request, 29));
        QCOMPARE(journals(), std::size_t{0});
    }

    void aGrownFolderReplacesItsOldSet() {
        auto cache = open();
        QVERIFY(appendImages(cache, 0, 6).has_value());
        QVERIFY(cache.finish(requestOf(0, 4)).has_value());
        const auto whole = requestOf(0, 6);
        const auto set = cache.finish(whole).value();
        QCOMPARE(sets(), std::size_t{1});
        // A part of the folder must not push out the whole.
        QVERIFY(cache.finish(requestOf(0, 2)).has_value());
        QCOMPARE(sets(), std::size_t{2});
        QVERIFY(rowsAreRight(*set, whole, 5));
        QCOMPARE(open().rowCount(), std::size_t{6});
    }

    void damagedSetsAreMadeAgain_data() {
        QTest::addColumn<int>("damage");
        QTest::newRow("truncated") << 0;
        QTest::newRow("header") << 1;
        QTest::newRow("empty") << 2;
        QTest::newRow("hash") << 3;
    }

    void damagedSetsAreMadeAgain() {
        QFETCH(int, damage);
        root_ /= QTest::currentDataTag();
        const auto request = requestOf(0, 3);
        {
            auto cache = open();
            QVERIFY(appendImages(cache, 0, 3).has_value());
            QVERIFY(cache.finish(request).has_value());
        }
        const fs::path file = folder() / filesIn(folder(), ".safetensors")[0];
        std::string bytes = slurp(file);
        if (damage == 0) bytes.pop_back();
        if (damage == 1) bytes[20] = '\x01';
        if (damage == 2) bytes.clear();
        const ContentHash hash = imageHash(2);
        if (damage == 3)
            bytes[bytes.find(std::string(reinterpret_cast<const char*>(&hash), sizeof(hash)))] ^= 1;
        put(file, bytes);
        auto cache = open();
        QVERIFY(!cache.contains(imageHash(2)));
        QCOMPARE(cache.finish(request).error().code, ErrorCode::InvalidArgument);
        QVERIFY(appendImages(cache, 0, 3).has_value());
        QVERIFY(rowsAreRight(*cache.finish(request).value(), request, 2));
        QVERIFY(open().contains(imageHash(2)));
    }

    void rubbishIsIgnored() {
        (void)open();
        put(folder() / (std::string(32, '0') + ".safetensors"), "rubbish");
        put(folder() / "00000000000000000001-abcdef.journal", "rubbish");
        put(folder() / "00000000000000000002-abcdef.journal", "");
        put(folder() / "mine.safetensors", "rubbish");
        auto cache = open();
        QCOMPARE(cache.rowCount(), std::size_t{0});
        QVERIFY(appendImages(cache, 0, 1).has_value());
        QVERIFY(cache.finish(requestOf(0, 1)).has_value());
    }

    void cancelledFinishKeepsTheRows() {
        auto cache = open();
        QVERIFY(appendImages(cache, 0, 3).has_value());
        std::stop_source stop;
        stop.request_stop();
        QCOMPARE(cache.finish(requestOf(0, 3), Job{stop.get_token(), {}}).error().code, ErrorCode::Cancelled);
        QCOMPARE(sets(), std::size_t{0});
        QCOMPARE(journals(), std::size_t{1});
        QVERIFY(cache.finish(requestOf(0, 3)).has_value());
    }

    void finishReportsProgress() {
        auto cache = open();
        QVERIFY(appendImages(cache, 0, 3).has_value());
        Progress last;
        const Job job{{}, [&](const Progress& progress) { last = progress; }};
        QVERIFY(cache.finish(requestOf(0, 3), job).has_value());
        QCOMPARE(last.total, std::uint64_t{6});
        QCOMPARE(last.done, last.total);
    }

    void fullDiskKeepsWhatIsDone() {
        const fs::path disk = root_;
        fs::create_directories(disk);
        if (::mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=256k") != 0)
            QSKIP("mounting a small disk needs root");
        ErrorCode appendCode{};
        ErrorCode finishCode{};
        std::size_t kept = 0;
        std::size_t found = 0;
        std::size_t leftovers = 0;
        {
            auto cache = open();
            Status status;
            for (int i = 0; status && i < 100'000; i += 50) status = appendImages(cache, i, 50);
            appendCode = status ? ErrorCode::Internal : status.error().code;
            kept = cache.rowCount();
            const auto set = cache.finish(requestOf(0, static_cast<int>(kept)));
            finishCode = set ? ErrorCode::Internal : set.error().code;
        }
        // Reopening needs room for the test of writability.
        fs::remove(folder() / "lock");
        found = open().rowCount();
        for (const auto& name : filesIn(folder(), "")) leftovers += name.starts_with('.') ? 1 : 0;
        ::umount2(disk.c_str(), MNT_DETACH);
        QCOMPARE(appendCode, ErrorCode::WriteFailed);
        QCOMPARE(finishCode, ErrorCode::WriteFailed);
        QVERIFY(kept > 100);
        QCOMPARE(found, kept);
        QCOMPARE(leftovers, std::size_t{0});
    }

    void setOutlivesTheCache() {
        FeatureSetPtr set;
        const auto request = requestOf(0, 3);
        {
            auto cache = open();
            QVERIFY(appendImages(cache, 0, 3).has_value());
            set = cache.finish(request).value();
        }
        QVERIFY(clearCache(root_).has_value());
        QVERIFY(rowsAreRight(*set, request, 2));
    }

    void clearedUnderARunningProgram() {
        auto cache = open();
        QVERIFY(appendImages(cache, 0, 3).has_value());
        QVERIFY(clearCache(root_).has_value());
        QVERIFY(appendImages(cache, 3, 1).has_value());
        const auto request = requestOf(0, 4);
        QVERIFY(rowsAreRight(*cache.finish(request).value(), request, 3));
        QVERIFY(clearCache(root_).has_value());
        QVERIFY(!fs::exists(folder()));
        QVERIFY(appendImages(cache, 4, 1).has_value());
        const auto more = requestOf(0, 5);
        QVERIFY(rowsAreRight(*cache.finish(more).value(), more, 4));
    }

    void rootThatCannotBeWrittenTo() {
        QCOMPARE(FeatureCache::open("/proc/dicescope", someKey()).error().code, ErrorCode::WriteFailed);
    }

    void lookUpsBesideAppends() {
        auto cache = open();
        {
            const std::jthread reader([&cache](const std::stop_token& stop) {
                std::vector<float> features(kFeatures);
                std::vector<float> logits(kLogits);
                for (int i = 0; !stop.stop_requested(); i = (i + 1) % 100) {
                    if (cache.contains(imageHash(i)) && !cache.copyRow(imageHash(i), features, logits))
                        std::abort();
                }
            });
            for (int i = 0; i < 100; ++i) QVERIFY(appendImages(cache, i, 1).has_value());
        }
        QCOMPARE(cache.rowCount(), std::size_t{100});
    }
};

QTEST_APPLESS_MAIN(TestFeatureCache)
#include "test_feature_cache.moc"
