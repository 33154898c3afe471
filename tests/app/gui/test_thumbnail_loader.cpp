#include "app/gui/thumbnail_loader.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <fstream>
#include <optional>
#include <set>

#include "tests/support/qt_warnings.h"
#include "tests/support/tiny_case.h"

using namespace dicescope;
using dicescope::testing::FailOnQtWarnings;

namespace {

constexpr unsigned kImages = 200;

struct Loaded {
    ThumbnailLoader loader;
    QVector<quint32> keys;
    QMap<quint32, QImage> pictures;
    QMap<quint32, QString> reasons;

    explicit Loaded(unsigned threads) : loader({}, threads) {
        QObject::connect(&loader, &ThumbnailLoader::ready, &loader, [this](quint32 key, const QImage& image) {
            keys << key;
            pictures[key] = image;
        });
        QObject::connect(&loader, &ThumbnailLoader::failed, &loader,
                         [this](quint32 key, const QString& reason) {
                             keys << key;
                             reasons[key] = reason;
                         });
    }
};

}  // namespace

class TestThumbnailLoader : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    std::optional<FailOnQtWarnings> warnings_;

    QVector<ThumbnailRequest> requests(quint32 begin, quint32 end) const {
        QVector<ThumbnailRequest> wanted;
        for (quint32 key = begin; key < end; ++key) {
            const std::filesystem::path folder = folder_.path().toStdString();
            wanted << ThumbnailRequest{key, folder / (std::to_string(key) + ".ppm")};
        }
        return wanted;
    }

    /// An image that takes a while.
    std::filesystem::path large() const { return folder_.filePath("large.ppm").toStdString(); }

  private slots:
    void initTestCase() {
        tiny::writeImages(folder_.path().toStdString(), kImages, 0);
        constexpr int kLargeSide = 5'000;
        std::ofstream(large(), std::ios::binary)
            << "P6\n"
            << kLargeSide << ' ' << kLargeSide << "\n255\n"
            << std::string(std::size_t{3} * kLargeSide * kLargeSide, '\x40');
    }
    void init() { warnings_.emplace(); }
    void cleanup() { warnings_.reset(); }

    void makesAllInTheirOrder() {
        Loaded loaded(1);
        loaded.loader.request(requests(0, 20), 16);
        QTRY_COMPARE(loaded.keys.size(), 20);
        for (quint32 key = 0; key < 20; ++key) QCOMPARE(loaded.keys[static_cast<int>(key)], key);
        QTRY_VERIFY(loaded.loader.idle());
        // 8 x 8 pixels are enlarged to 16 x 16, each as a square.
        const tiny::Pixels pixels = tiny::pixels(4);
        const QImage& picture = loaded.pictures[4];
        QCOMPARE(picture.size(), QSize(16, 16));
        for (int y = 0; y < 16; ++y) {
            for (int x = 0; x < 16; ++x) {
                const auto at = static_cast<std::size_t>((y / 2 * tiny::kSide + x / 2) * 3);
                QCOMPARE(picture.pixelColor(x, y), QColor(pixels[at], pixels[at + 1], pixels[at + 2]));
            }
        }
    }

    void theNewestRequestReplacesWhatWaits() {
        Loaded loaded(1);
        loaded.loader.request(requests(0, kImages), 16);
        loaded.loader.request(requests(150, 155), 16);
        QTRY_VERIFY(loaded.loader.idle() && loaded.pictures.contains(154));
        QCoreApplication::processEvents();
        // At most the one that was being made came on top.
        QVERIFY2(loaded.keys.size() <= 6, qPrintable(QString::number(loaded.keys.size())));
        for (quint32 key = 150; key < 155; ++key) QVERIFY(loaded.pictures.contains(key));
    }

    void whatIsBeingMadeIsNotMadeTwice() {
        Loaded loaded(4);
        for (int i = 0; i < 10; ++i) {
            loaded.loader.request({{7, large()}}, 16);
            QTest::qSleep(1);
        }
        QTRY_VERIFY(loaded.loader.idle() && !loaded.keys.isEmpty());
        QCoreApplication::processEvents();
        QCOMPARE(loaded.keys.size(), 1);
    }

    void saysWhyThereIsNone() {
        const std::filesystem::path folder = folder_.path().toStdString();
        tiny::writeText(folder / "text.ppm", "no image");
        Loaded loaded(2);
        loaded.loader.request({{1, folder / "text.ppm"}, {2, folder / "absent.ppm"}, {3, folder / "3.ppm"}},
                              16);
        QTRY_COMPARE(loaded.keys.size(), 3);
        QVERIFY(!loaded.reasons[1].isEmpty());
        QVERIFY(!loaded.reasons[2].isEmpty());
        QVERIFY(loaded.pictures.contains(3));
    }

    void anotherSizeMakesThemAnew() {
        Loaded loaded(1);
        loaded.loader.request(requests(0, 10), 16);
        loaded.loader.request(requests(0, 10), 32);
        QTRY_VERIFY(loaded.loader.idle() && loaded.pictures.size() == 10);
        QCoreApplication::processEvents();
        for (const QImage& picture : loaded.pictures) QCOMPARE(picture.width(), 32);
    }

    void nothingComesAfterACancel() {
        Loaded loaded(2);
        loaded.loader.request(requests(0, kImages), 16);
        QTRY_VERIFY(!loaded.keys.isEmpty());
        loaded.loader.cancel();
        const qsizetype told = loaded.keys.size();
        QTRY_VERIFY(loaded.loader.idle());
        QTest::qWait(20);
        QCOMPARE(loaded.keys.size(), told);
        loaded.loader.request(requests(7, 8), 16);
        QTRY_VERIFY(loaded.keys.size() == told + 1);
    }

    void whatWasBeingMadeIsNotToldAfterACancel() {
        Loaded loaded(1);
        loaded.loader.request({{1, large()}}, 16);
        QTest::qSleep(5);
        loaded.loader.cancel();
        loaded.loader.request(requests(7, 8), 16);
        QTRY_VERIFY(loaded.loader.idle() && !loaded.keys.isEmpty());
        QCoreApplication::processEvents();
        QCOMPARE(loaded.keys, QVector<quint32>{7});
    }

    void mayGoWhileItWorks() {
        for (int i = 0; i < 20; ++i) {
            Loaded loaded(3);
            loaded.loader.request(requests(0, kImages), 16);
        }
    }

    void tellsWhenItIsIdle() {
        Loaded loaded(2);
        QSignalSpy idle(&loaded.loader, &ThumbnailLoader::becameIdle);
        QVERIFY(loaded.loader.idle());
        loaded.loader.request(requests(0, 30), 16);
        QVERIFY(!loaded.loader.idle());
        QTRY_VERIFY(idle.count() > 0 && loaded.loader.idle());
        QCOMPARE(loaded.keys.size(), 30);
    }
};

QTEST_MAIN(TestThumbnailLoader)
#include "test_thumbnail_loader.moc"
