#include "core/extraction/extractor.h"

#include <QTemporaryDir>
#include <QTest>
#include <atomic>
#include <cmath>
#include <cstring>

#include "tests/support/tiny_case.h"

using namespace dicescope;

namespace {

/// A classifier, and a folder, cache and memo that go away with the test.
struct Fixture {
    QTemporaryDir temporary;
    std::filesystem::path root{temporary.path().toStdString()};
    Preprocess preprocess{loadPreprocess(tiny::writePreprocess(root)).value()};
    Classifier classifier{load()};

    Classifier load() const {
        ClassifierOptions options;
        options.device = "cpu";
        options.channels = 3;
        options.height = tiny::kSide;
        options.width = tiny::kSide;
        auto loaded = Classifier::load(tiny::model(), options);
        if (!loaded) qFatal("%s", loaded.error().message.c_str());
        return std::move(*loaded);
    }

    Result<ExtractedSet> extract(const std::string& cacheName, const ExtractionOptions& options = {},
                                 const Job& job = {}) {
        const auto folder = listImageFolder(root / "images");
        if (!folder) return tl::unexpected<Error>(folder.error());
        auto cache = FeatureCache::open(root / cacheName, featureCacheKey(classifier.info(), preprocess));
        auto memo = FileHashMemo::open(root / cacheName);
        if (!cache || !memo) qFatal("no cache");
        return extractFeatures(classifier, *folder, preprocess, *cache, *memo,
                               BatchSizeMemory(root / "sizes.json"), options, job);
    }
};

ExtractionOptions batchOf(std::size_t size, unsigned threads = 2) {
    ExtractionOptions options;
    options.batchSize = size;
    options.threads = threads;
    return options;
}

bool sameBits(MatrixView<const float> a, MatrixView<const float> b) {
    return a.rows == b.rows && a.cols == b.cols && std::memcmp(a.data, b.data, a.size() * sizeof(float)) == 0;
}

}  // namespace

class TestExtractor : public QObject {
    Q_OBJECT

  private slots:
    void featuresAndLogitsEqualTheNaiveNetwork() {
        Fixture fixture;
        tiny::writeImages(fixture.root / "images", 21, 100);
        const auto set = fixture.extract("cache", batchOf(4));
        QVERIFY2(set, set ? "" : set.error().message.c_str());
        const FeatureSet& features = *set->features;
        QCOMPARE(features.size(), std::size_t{21});
        const auto weights = tiny::weights();
        for (std::size_t i = 0; i < features.size(); ++i) {
            QCOMPARE(features.paths[i], std::to_string(i) + ".ppm");
            const auto h = tiny::features(weights, tiny::pixels(100 + static_cast<unsigned>(i)));
            const auto l = tiny::logits(weights, h);
            for (std::size_t d = 0; d < h.size(); ++d)
                QVERIFY(std::abs(features.features(i, d) - h[d]) < 1e-4);
            for (std::size_t c = 0; c < l.size(); ++c) QVERIFY(std::abs(features.logits(i, c) - l[c]) < 1e-3);
        }
    }

    void secondRunDecodesNothingAndGivesTheSameBits() {
        Fixture fixture;
        tiny::writeImages(fixture.root / "images", 13, 1);
        const auto first = fixture.extract("cache", batchOf(4));
        QVERIFY(first);
        QCOMPARE(first->counts.decoded, std::size_t{13});
        const auto second = fixture.extract("cache", batchOf(4));
        QVERIFY(second);
        QCOMPARE(second->counts.decoded, std::size_t{0});
        QCOMPARE(second->counts.fromCache, std::size_t{13});
        QVERIFY(sameBits(first->features->features, second->features->features));
        QVERIFY(sameBits(first->features->logits, second->features->logits));
    }

    void cancelledRunGoesOnWhereItStoppedWithTheSameBits() {
        Fixture fixture;
        tiny::writeImages(fixture.root / "images", 60, 7);
        const auto whole = fixture.extract("whole", batchOf(4));
        QVERIFY(whole);

        std::stop_source stop;
        std::atomic<std::uint64_t> seen{0};
        const Job job{stop.get_token(), [&](const Progress& progress) {
                          seen = progress.done;
                          if (progress.total == 60) stop.request_stop();
                      }};
        const auto interrupted = fixture.extract("parts", batchOf(4, 1), job);
        QVERIFY(!interrupted);
        QCOMPARE(interrupted.error().code, ErrorCode::Cancelled);

        const auto resumed = fixture.extract("parts", batchOf(4));
        QVERIFY(resumed);
        QCOMPARE(resumed->counts.decoded + resumed->counts.fromCache, std::size_t{60});
        QVERIFY(sameBits(whole->features->features, resumed->features->features));
        QVERIFY(sameBits(whole->features->logits, resumed->features->logits));
    }

    void onlyNewAndChangedImagesAreDecoded() {
        Fixture fixture;
        tiny::writeImages(fixture.root / "images", 12, 1);
        QVERIFY(fixture.extract("cache", batchOf(4)));
        tiny::writePpm(fixture.root / "images" / "5.ppm", tiny::pixels(999));   // changed, same size
        tiny::writePpm(fixture.root / "images" / "20.ppm", tiny::pixels(500));  // new
        std::filesystem::remove(fixture.root / "images" / "0.ppm");
        const auto set = fixture.extract("cache", batchOf(4));
        QVERIFY(set);
        QCOMPARE(set->counts.decoded, std::size_t{2});
        QCOMPARE(set->features->size(), std::size_t{12});
        const auto changed = tiny::features(tiny::weights(), tiny::pixels(999));
        QCOMPARE(set->features->paths[4], std::string("5.ppm"));
        for (std::size_t d = 0; d < changed.size(); ++d) {
            QVERIFY(std::abs(set->features->features(4, d) - changed[d]) < 1e-4);
        }
    }

    void bitsDoNotDependOnThreadsOrOnWhatWasCached() {
        Fixture fixture;
        tiny::writeImages(fixture.root / "images", 30, 40);
        const auto one = fixture.extract("one", batchOf(8, 1));
        const auto three = fixture.extract("three", batchOf(8, 3));
        QVERIFY(one && three);
        QVERIFY(sameBits(one->features->features, three->features->features));
    }

    void unreadableFilesAreSkippedWithTheirReason() {
        Fixture fixture;
        tiny::writeImages(fixture.root / "images", 5, 1);
        tiny::writeText(fixture.root / "images" / "2b.txt", "no image");
        tiny::writeText(fixture.root / "images" / "3b.ppm", "P6\n8 8\n255\nshort");
        const auto set = fixture.extract("cache", batchOf(4));
        QVERIFY(set);
        QCOMPARE(set->features->size(), std::size_t{5});
        QCOMPARE(set->counts.skipped, std::size_t{2});
        QCOMPARE(set->features->skipped[0].path, std::string("2b.txt"));
        QVERIFY(!set->features->skipped[0].reason.empty());
        QCOMPARE(set->features->skipped[1].path, std::string("3b.ppm"));
    }

    void aFolderWithoutReadableImageIsAnError() {
        Fixture fixture;
        tiny::writeText(fixture.root / "images" / "a.txt", "no image");
        const auto set = fixture.extract("cache", batchOf(4));
        QVERIFY(!set);
        QCOMPARE(set.error().code, ErrorCode::NotFound);
        QVERIFY(QString::fromStdString(set.error().message).contains("a.txt"));
    }

    void equalImagesShareOneRow() {
        Fixture fixture;
        for (int i = 0; i < 9; ++i) {
            tiny::writePpm(fixture.root / "images" / (std::to_string(i) + ".ppm"),
                           tiny::pixels(i < 5 ? 1 : 2));
        }
        const auto set = fixture.extract("cache", batchOf(2));
        QVERIFY(set);
        QCOMPARE(set->features->size(), std::size_t{9});
        QCOMPARE(set->features->features(0, 0), set->features->features(4, 0));
        QVERIFY(set->features->features(4, 0) != set->features->features(5, 0));
    }

    void oneImage() {
        Fixture fixture;
        tiny::writeImages(fixture.root / "images", 1, 3);
        const auto set = fixture.extract("cache");
        QVERIFY(set);
        QCOMPARE(set->features->size(), std::size_t{1});
    }

    void progressEndsAtTheTotal() {
        Fixture fixture;
        tiny::writeImages(fixture.root / "images", 17, 3);
        Progress last;
        const Job job{{}, [&](const Progress& progress) {
                          if (progress.stage.rfind("Extracting", 0) == 0) last = progress;
                      }};
        QVERIFY(fixture.extract("cache", batchOf(4), job));
        QCOMPARE(last.total, std::uint64_t{17});
        QCOMPARE(last.done, std::uint64_t{17});
    }
};

QTEST_APPLESS_MAIN(TestExtractor)
#include "test_extractor.moc"
