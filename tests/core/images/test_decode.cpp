#include <QTest>

#include "core/images/decode.h"
#include "image_test_support.h"

using namespace dicescope;

namespace {

std::span<const std::byte> bytesOf(const QByteArray& data) {
    return std::as_bytes(std::span(data.constData(), static_cast<std::size_t>(data.size())));
}

QByteArray pixelsOf(const RgbImage& image) {
    return {reinterpret_cast<const char*>(image.pixels.data()), static_cast<qsizetype>(image.pixels.size())};
}

/// Files that Pillow reads and this program refuses, in decode.h's words "a kind of pixel not handled".
const QStringList kRefused{"png-no-palette.png", "tiff-lab-raw.tif", "tiff-ycbcr-raw.tif"};

}  // namespace

class TestDecode : public QObject {
    Q_OBJECT

  private slots:
    void givesPillowsPixels_data();
    void givesPillowsPixels();
    void neverGivesPartsOfATruncatedFile_data();
    void neverGivesPartsOfATruncatedFile();
    void survivesFlippedBytes_data();
    void survivesFlippedBytes();
    void refusesWhatIsNoImage_data();
    void refusesWhatIsNoImage();
    void namesTheReason_data();
    void namesTheReason();
};

void TestDecode::givesPillowsPixels_data() {
    QTest::addColumn<QString>("expected");
    const auto lines = goldenLines("decode/expected.txt");
    QVERIFY(lines.size() > 290);
    for (const auto& line : lines) {
        const auto space = line.indexOf(' ');
        QTest::newRow(qPrintable(line.left(space))) << line.mid(space + 1);
    }
}

void TestDecode::givesPillowsPixels() {
    QFETCH(QString, expected);
    const QString name = QTest::currentDataTag();
    const auto encoded = fileBytes(goldenPath("decode/" + name));
    QVERIFY(!encoded.empty());
    const auto image = decodeImage(encoded);
    if (expected == "error" || kRefused.contains(name)) {
        QVERIFY(!image);
        QVERIFY(image.error().code == ErrorCode::Corrupt || image.error().code == ErrorCode::Unsupported);
        QVERIFY(!image.error().message.empty());
        return;
    }
    QVERIFY2(image, image ? "" : image.error().message.c_str());
    const auto parts = expected.split(' ');
    QCOMPARE(image->width, parts[0].toInt());
    QCOMPARE(image->height, parts[1].toInt());
    QCOMPARE(pixelsOf(*image).toHex(), parts[2].toLatin1());
}

void TestDecode::neverGivesPartsOfATruncatedFile_data() {
    givesPillowsPixels_data();
}

void TestDecode::neverGivesPartsOfATruncatedFile() {
    QFETCH(QString, expected);
    const QString name = QTest::currentDataTag();
    // A plain number may lose digits and stay a number, and the XMP packet is no part of the pixels.
    if (name.startsWith("ppm-p2") || name.startsWith("ppm-p3") || name == "tiff-orientation-xmp.tif") {
        QSKIP("a prefix of the file is a whole file");
    }
    const auto encoded = fileBytes(goldenPath("decode/" + name));
    const auto whole = decodeImage(encoded);
    if (!whole) QSKIP("a file that is refused as a whole");
    const std::size_t step = encoded.size() / 150 + 1;
    for (std::size_t size = 0; size < encoded.size(); size += step) {
        // A copy, so that a sanitizer sees a read past the end.
        const std::vector<std::byte> part(encoded.begin(),
                                          encoded.begin() + static_cast<std::ptrdiff_t>(size));
        const auto image = decodeImage(part);
        if (image) QCOMPARE(pixelsOf(*image).toHex(), pixelsOf(*whole).toHex());
    }
}

void TestDecode::survivesFlippedBytes_data() {
    givesPillowsPixels_data();
}

void TestDecode::survivesFlippedBytes() {
    const auto encoded = fileBytes(goldenPath(QString("decode/") + QTest::currentDataTag()));
    const std::size_t step = encoded.size() / 100 + 1;
    for (std::size_t at = 0; at < encoded.size(); at += step) {
        auto damaged = encoded;
        damaged[at] ^= std::byte{0xFF};
        const auto image = decodeImage(damaged);
        if (!image) continue;
        QVERIFY(image->width > 0 && image->height > 0);
        QCOMPARE(image->pixels.size(),
                 static_cast<std::size_t>(image->width) * static_cast<std::size_t>(image->height) * 3);
    }
}

void TestDecode::refusesWhatIsNoImage_data() {
    QTest::addColumn<QByteArray>("data");
    QTest::newRow("text") << QByteArray("Readme: these are my images\n");
    QTest::newRow("one byte") << QByteArray("P");
    QTest::newRow("gif") << QByteArray("GIF89a\x01\0\x01\0\0\0\0;", 14);
    QTest::newRow("riff that is sound") << QByteArray("RIFF\x24\0\0\0WAVEfmt ", 16);
    QTest::newRow("zeros") << QByteArray(1000, '\0');
    QTest::newRow("float map") << QByteArray("Pf\n1 1\n-1.0\n\0\0\0\0", 16);
}

void TestDecode::refusesWhatIsNoImage() {
    QFETCH(QByteArray, data);
    const auto image = decodeImage(bytesOf(data));
    QVERIFY(!image);
    QVERIFY(image.error().code == ErrorCode::Unsupported);
    QCOMPARE(QString::fromStdString(image.error().message),
             QString("not an image (JPEG, PNG, BMP, WebP, TIFF or PPM)"));
}

void TestDecode::namesTheReason_data() {
    QTest::addColumn<QString>("file");
    QTest::addColumn<bool>("corrupt");
    QTest::addColumn<QString>("word");
    QTest::newRow("huge png") << "png-huge.png" << false << "60000 x 60000";
    QTest::newRow("largest png") << "png-largest.png" << false << "too large";
    QTest::newRow("huge jpeg") << "jpeg-huge.jpg" << false << "60000 x 60000";
    QTest::newRow("huge bmp") << "bmp-huge.bmp" << false << "60000 x 60000";
    QTest::newRow("huge run-length bmp") << "bmp-huge-rle.bmp" << false << "too large";
    QTest::newRow("huge webp") << "webp-huge.webp" << false << "60000 x 60000";
    QTest::newRow("huge tiff") << "tiff-huge.tif" << false << "60000 x 60000";
    QTest::newRow("huge tiff tiles") << "tiff-huge-tiles.tif" << false << "too large";
    QTest::newRow("huge ppm") << "ppm-huge.ppm" << false << "60000 x 60000";
    QTest::newRow("truncated jpeg") << "jpeg-truncated.jpg" << true << "truncated";
    QTest::newRow("truncated progressive jpeg") << "jpeg-truncated-progressive.jpg" << true << "truncated";
    QTest::newRow("truncated png") << "png-truncated.png" << true << "truncated";
    QTest::newRow("truncated bmp") << "bmp-truncated.bmp" << true << "truncated";
    QTest::newRow("truncated webp") << "webp-truncated.webp" << true << "truncated";
    QTest::newRow("truncated tiff") << "tiff-truncated-raw.tif" << true << "truncated";
    QTest::newRow("truncated ppm") << "ppm-truncated.ppm" << true << "truncated";
    QTest::newRow("damaged png") << "png-damaged.png" << true << "damaged PNG";
    QTest::newRow("12-bit jpeg") << "jpeg-12-bit.jpg" << false << "precision 12";
}

void TestDecode::namesTheReason() {
    QFETCH(QString, file);
    QFETCH(bool, corrupt);
    QFETCH(QString, word);
    const auto image = decodeImage(fileBytes(goldenPath("decode/" + file)));
    QVERIFY(!image);
    QVERIFY(image.error().code == (corrupt ? ErrorCode::Corrupt : ErrorCode::Unsupported));
    const auto message = QString::fromStdString(image.error().message);
    QVERIFY2(message.contains(word), qPrintable(message));
    QVERIFY(!decodeImage({}));
}

QTEST_APPLESS_MAIN(TestDecode)
#include "test_decode.moc"
