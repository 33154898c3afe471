#include <sys/resource.h>

#include <QTemporaryDir>
#include <QtTest>
#include <csignal>
#include <cstring>
#include <numeric>

#include "core/features/feature_journal.h"
#include "core/features/file_lock.h"
#include "feature_test_support.h"

using namespace dicescope;
using namespace dicescope::test;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kHeader = 64;
constexpr std::size_t kFeatures = 5;
constexpr std::size_t kLogits = 2;
constexpr std::size_t kRecord = 16 + 4 * (kFeatures + kLogits) + 8;

JournalShape shape() {
    return {kFeatures, kLogits, 32, imageHash(-1)};
}

Status appendImages(JournalWriter& writer, int first, int count) {
    std::vector<ContentHash> hashes;
    for (int i = 0; i < count; ++i) hashes.push_back(imageHash(first + i));
    std::vector<std::size_t> rows(hashes.size());
    std::iota(rows.begin(), rows.end(), std::size_t{0});
    return writer.append(hashes, rows, imageRows(first, count, kFeatures, 0).view(),
                         imageRows(first, count, kLogits, 0.5F).view());
}

bool rowIsImage(const JournalView& view, std::size_t record, int image) {
    std::vector<float> features(kFeatures);
    std::vector<float> logits(kLogits);
    view.copyFeatures(record, features);
    view.copyLogits(record, logits);
    const auto expected = imageRows(image, 1, kFeatures, 0);
    const auto expectedLogits = imageRows(image, 1, kLogits, 0.5F);
    return view.hash(record) == imageHash(image) &&
           std::equal(features.begin(), features.end(), expected.data()) &&
           std::equal(logits.begin(), logits.end(), expectedLogits.data());
}

std::size_t validRecords(const JournalView& view) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < view.records(); ++i) count += view.valid(i) ? 1 : 0;
    return count;
}

}  // namespace

class TestFeatureJournal : public QObject {
    Q_OBJECT

  private:
    QTemporaryDir temporary_;
    fs::path folder_;

    std::string journalOf(int images) {
        auto writer = JournalWriter::create(folder_, shape()).value();
        (void)appendImages(*writer, 0, images);
        return slurp(writer->path());
    }

  private slots:
    void init() {
        folder_ = fs::path(temporary_.path().toStdString()) / QTest::currentTestFunction();
        fs::create_directories(folder_);
    }

    void recordsComeBack() {
        auto writer = JournalWriter::create(folder_, shape()).value();
        QVERIFY(appendImages(*writer, 0, 3).has_value());
        QVERIFY(appendImages(*writer, 3, 2).has_value());
        QCOMPARE(writer->records(), std::size_t{5});
        const std::string bytes = slurp(writer->path());
        QCOMPARE(bytes.size(), kHeader + 5 * kRecord);
        const auto view = JournalView::parse(bytesOf(bytes));
        QVERIFY(view.has_value());
        QCOMPARE(view->shape().featureSize, std::uint64_t{kFeatures});
        QCOMPARE(view->shape().logitSize, std::uint64_t{kLogits});
        QCOMPARE(view->shape().batchSize, std::uint64_t{32});
        QVERIFY(view->shape().key == imageHash(-1));
        QCOMPARE(view->records(), std::size_t{5});
        for (int i = 0; i < 5; ++i) {
            QVERIFY(view->valid(static_cast<std::size_t>(i)));
            QVERIFY(rowIsImage(*view, static_cast<std::size_t>(i), i));
        }
        std::vector<float> back(kFeatures);
        QVERIFY(writer->copyFeatures(4, back).has_value());
        QCOMPARE(back[0], 4.0F);
        QCOMPARE(writer->copyFeatures(5, back).error().code, ErrorCode::Unreadable);
    }

    void onlyTheRowsNamedAreWritten() {
        auto writer = JournalWriter::create(folder_, {kFeatures, 0, 0, {}}).value();
        const std::vector<ContentHash> hashes{imageHash(2), imageHash(0)};
        const std::vector<std::size_t> rows{2, 0};
        QVERIFY(writer->append(hashes, rows, imageRows(0, 3, kFeatures, 0).view(), {}).has_value());
        const std::string bytes = slurp(writer->path());
        const auto view = JournalView::parse(bytesOf(bytes)).value();
        QCOMPARE(view.records(), std::size_t{2});
        std::vector<float> features(kFeatures);
        view.copyFeatures(0, features);
        QCOMPARE(features[0], 2.0F);
        view.copyFeatures(1, features);
        QCOMPARE(features[0], 0.0F);
    }

    void isLockedWhileTheWriterLives() {
        auto writer = JournalWriter::create(folder_, shape()).value();
        const fs::path path = writer->path();
        QVERIFY(!FileLock::tryExisting(path, FileLock::Kind::Exclusive).has_value());
        QVERIFY(!FileLock::tryExisting(path, FileLock::Kind::Shared).has_value());
        writer.reset();
        QVERIFY(FileLock::tryExisting(path, FileLock::Kind::Exclusive).has_value());
    }

    void namesAreDifferentAndAscend() {
        std::vector<std::unique_ptr<JournalWriter>> writers;
        for (int i = 0; i < 5; ++i) writers.push_back(JournalWriter::create(folder_, shape()).value());
        for (std::size_t i = 1; i < writers.size(); ++i) QVERIFY(writers[i - 1]->path() < writers[i]->path());
        QCOMPARE(filesIn(folder_, "").size(), std::size_t{5});
    }

    void tornAtEveryByteKeepsWhatWasComplete() {
        const std::string whole = journalOf(3);
        for (std::size_t size = 0; size < whole.size(); ++size) {
            const auto view = JournalView::parse(bytesOf(whole).first(size));
            QCOMPARE(view.has_value(), size >= kHeader);
            if (!view) continue;
            QCOMPARE(validRecords(*view), (size - kHeader) / kRecord);
            for (std::size_t i = 0; i < view->records(); ++i)
                QVERIFY(rowIsImage(*view, i, static_cast<int>(i)));
        }
    }

    void everyChangedByteIsNoticed() {
        const std::string whole = journalOf(3);
        for (std::size_t i = 0; i < whole.size(); ++i) {
            std::string changed = whole;
            changed[i] = static_cast<char>(changed[i] ^ 0x10);
            const auto view = JournalView::parse(bytesOf(changed));
            if (i < kHeader) {
                QVERIFY(!view.has_value());
                continue;
            }
            const std::size_t damaged = (i - kHeader) / kRecord;
            QVERIFY(!view->valid(damaged));
            QCOMPARE(validRecords(*view), std::size_t{2});
        }
    }

    // What a power cut may leave: space that was never written.
    void zeroesAreNoRecords() {
        const std::string bytes = journalOf(2) + std::string(3 * kRecord, '\0');
        const auto view = JournalView::parse(bytesOf(bytes)).value();
        QCOMPARE(view.records(), std::size_t{5});
        QCOMPARE(validRecords(view), std::size_t{2});
    }

    void impossibleSizesAreRefused() {
        for (const auto& bad : {JournalShape{0, 2, 1, {}}, JournalShape{std::uint64_t{1} << 60, 2, 1, {}},
                                JournalShape{5, std::uint64_t{1} << 62, 1, {}}}) {
            const auto writer = JournalWriter::create(folder_, bad).value();
            const std::string bytes = slurp(writer->path());
            QCOMPARE(JournalView::parse(bytesOf(bytes)).error().code, ErrorCode::Corrupt);
        }
    }

    void aNewerVersionIsRefused() {
        std::string bytes = journalOf(1);
        bytes[8] = 2;
        QCOMPARE(JournalView::parse(bytesOf(bytes)).error().code, ErrorCode::Unsupported);
    }

    // A write that stops within a record, as on a full disk, and works again later.
    void goesOnAfterAFullDisk() {
        auto writer = JournalWriter::create(folder_, shape()).value();
        QVERIFY(appendImages(*writer, 0, 2).has_value());
        rlimit before{};
        ::getrlimit(RLIMIT_FSIZE, &before);
        const rlimit limited{kHeader + 3 * kRecord + 5, before.rlim_max};
        auto* const handler = std::signal(SIGXFSZ, SIG_IGN);
        ::setrlimit(RLIMIT_FSIZE, &limited);
        const auto failed = appendImages(*writer, 2, 4);
        const std::size_t kept = writer->records();
        ::setrlimit(RLIMIT_FSIZE, &before);
        std::signal(SIGXFSZ, handler);
        QCOMPARE(failed.error().code, ErrorCode::WriteFailed);
        QVERIFY(failed.error().message.find("free some space") != std::string::npos);
        QCOMPARE(kept, std::size_t{3});

        QVERIFY(appendImages(*writer, 3, 2).has_value());
        const std::string bytes = slurp(writer->path());
        const auto view = JournalView::parse(bytesOf(bytes)).value();
        QCOMPARE(validRecords(view), std::size_t{5});
        for (int i = 0; i < 5; ++i) QVERIFY(rowIsImage(view, static_cast<std::size_t>(i), i));
    }

    void folderThatCannotBeWrittenTo() {
        QCOMPARE(JournalWriter::create(folder_ / "none", shape()).error().code, ErrorCode::WriteFailed);
    }
};

QTEST_APPLESS_MAIN(TestFeatureJournal)
#include "test_feature_journal.moc"
