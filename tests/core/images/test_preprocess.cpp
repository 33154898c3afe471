#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <bit>

#include "core/images/decode.h"
#include "core/images/preprocess.h"
#include "image_test_support.h"

using namespace dicescope;

namespace {

const std::string kGood =
    R"({"name":"mine","resize":40,"crop":[24,32],"channels":3,"interpolation":"bicubic","mean":[0.1,0.2,0.3],"std":[1,2,3]})";

/// kGood with one piece of text put in place of another.
std::string changed(const std::string& from, const std::string& to) {
    std::string text = kGood;
    const auto at = text.find(from);
    return at == std::string::npos ? std::string() : text.replace(at, from.size(), to);
}

}  // namespace

class TestPreprocess : public QObject {
    Q_OBJECT

  private slots:
    void presetsHaveTheirPublishedValues();
    void presetsRoundTrip();
    void oddNumbersRoundTripExactly();
    void readsAFile();
    void fillsInDefaults();
    void refusesWrongDescriptions_data();
    void refusesWrongDescriptions();
    void namesThePresetsWhereThereIsNoFile();
    void tableEqualsTorchvision_data();
    void tableEqualsTorchvision();
    void pixelsEqualTorchvision_data();
    void pixelsEqualTorchvision();
    void veryLongImagesNeedNoHugeIntermediate();
    void sharedImagesEqualPillow_data();
    void sharedImagesEqualPillow();
};

void TestPreprocess::presetsHaveTheirPublishedValues() {
    QCOMPARE(preprocessPresetNames(), (std::vector<std::string>{"imagenet", "cifar", "fashion"}));
    const auto imagenet = loadPreprocess("imagenet");
    QVERIFY(imagenet.has_value());
    QCOMPARE(imagenet->resizeShorterSide, 256);
    QCOMPARE(imagenet->cropHeight, 224);
    QCOMPARE(imagenet->cropWidth, 224);
    QCOMPARE(imagenet->mean[0], 0.485);
    QCOMPARE(imagenet->std[2], 0.225);
    QCOMPARE(imagenet->pixelBytes(), std::size_t{224 * 224 * 3});
    const auto cifar = loadPreprocess("cifar");
    QVERIFY(cifar.has_value());
    QCOMPARE(cifar->mean[1], 0.4822);
    QCOMPARE(cifar->std[1], 0.1994);
    QCOMPARE(cifar->cropWidth, 32);
    const auto fashion = loadPreprocess("fashion");
    QVERIFY(fashion.has_value());
    QCOMPARE(fashion->channels, 1);
    QCOMPARE(fashion->mean[0], 0.2860);
    QCOMPARE(fashion->pixelBytes(), std::size_t{28 * 28});
}

void TestPreprocess::presetsRoundTrip() {
    for (const auto& name : preprocessPresetNames()) {
        const auto preset = loadPreprocess(name);
        QVERIFY(preset.has_value());
        const auto again = parsePreprocess(toJson(*preset));
        QVERIFY2(again, again ? "" : again.error().message.c_str());
        QVERIFY(*again == *preset);
        QCOMPARE(toJson(*again), toJson(*preset));
    }
    QCOMPARE(toJson(*loadPreprocess("fashion")),
             std::string(
                 R"({"channels":1,"crop":[28,28],"interpolation":"bilinear","mean":[0.286],"name":"fashion",)"
                 R"("resize":28,"std":[0.353]})"));
}

void TestPreprocess::oddNumbersRoundTripExactly() {
    Preprocess odd{.name = "a \"b\" \xC3\xA9", .cropHeight = 1, .cropWidth = 4096};
    odd.interpolation = Interpolation::Bicubic;
    odd.mean = {1.0 / 3.0, 0.1 + 0.2, std::bit_cast<double>(0x3FE0000000000001ULL)};
    odd.std = {1e-6, 0.1, 2.0 / 7.0};
    const auto again = parsePreprocess(toJson(odd));
    QVERIFY2(again, again ? "" : again.error().message.c_str());
    QVERIFY(*again == odd);
}

void TestPreprocess::readsAFile() {
    QTemporaryDir folder;
    QFile file(folder.filePath("mine.json"));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(kGood.data());
    file.close();
    const auto read = loadPreprocess(file.fileName().toStdString());
    QVERIFY2(read, read ? "" : read.error().message.c_str());
    QCOMPARE(read->name, std::string("mine"));
    QCOMPARE(read->cropHeight, 24);
    QCOMPARE(read->cropWidth, 32);
    QVERIFY(read->interpolation == Interpolation::Bicubic);
    QVERIFY(read->mean == (std::array<double, 3>{0.1, 0.2, 0.3}));

    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("{");
    file.close();
    const auto broken = loadPreprocess(file.fileName().toStdString());
    QVERIFY(!broken && broken.error().code == ErrorCode::Corrupt);
    QVERIFY(broken.error().message.find("mine.json") != std::string::npos);
    const auto directory = loadPreprocess(folder.path().toStdString());
    QVERIFY(!directory && directory.error().code == ErrorCode::Unreadable);
}

void TestPreprocess::fillsInDefaults() {
    const auto read = parsePreprocess(R"({"crop":30,"mean":[0,0,0],"std":[1,1,1]})");
    QVERIFY2(read, read ? "" : read.error().message.c_str());
    QCOMPARE(read->resizeShorterSide, 0);
    QCOMPARE(read->channels, 3);
    QCOMPARE(read->cropHeight, 30);
    QCOMPARE(read->cropWidth, 30);
    QCOMPARE(read->name, std::string("custom"));
    QVERIFY(read->interpolation == Interpolation::Bilinear);
}

void TestPreprocess::refusesWrongDescriptions_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("word");
    const auto row = [](const char* name, const std::string& text, const char* word) {
        QTest::newRow(name) << QByteArray::fromStdString(text) << QString(word);
    };
    row("not json", "resize: 3", "JSON object");
    row("empty", "", "JSON object");
    row("a list", "[1]", "JSON object");
    row("not utf-8", changed("mine", "m\xFFne"), "JSON object");
    row("two objects", kGood + kGood, "JSON object");
    row("unknown key", changed("\"resize\"", "\"rezise\""), "'rezise'");
    row("key twice", changed("\"name\":\"mine\"", "\"resize\":41"), "'resize' is given twice");
    row("no crop", changed("\"crop\":[24,32],", ""), "'crop' is missing");
    row("no mean", changed(",\"mean\":[0.1,0.2,0.3]", ""), "'mean' is missing");
    row("no std", changed(",\"std\":[1,2,3]", ""), "'std' is missing");
    row("crop 0", changed("[24,32]", "[24,0]"), "'crop'");
    row("crop too large", changed("[24,32]", "4097"), "'crop'");
    row("crop of three", changed("[24,32]", "[1,2,3]"), "'crop'");
    row("crop fraction", changed("[24,32]", "[24.5,32]"), "'crop'");
    row("crop text", changed("[24,32]", "\"24\""), "'crop'");
    row("crop beyond int", changed("[24,32]", "4294967328"), "'crop'");
    row("resize negative", changed("\"resize\":40", "\"resize\":-1"), "'resize'");
    row("resize too large", changed("\"resize\":40", "\"resize\":100000"), "'resize'");
    row("two channels", changed("\"channels\":3", "\"channels\":2"), "'channels'");
    row("channels and mean disagree", changed("\"channels\":3", "\"channels\":1"), "'mean'");
    row("interpolation", changed("bicubic", "nearest"), "'interpolation'");
    row("mean of 0..255", changed("0.1,", "123.675,"), "'mean'");
    row("mean text", changed("0.1,", "\"a\","), "'mean'");
    row("std 0", changed("[1,2,3]", "[1,0,3]"), "'std'");
    row("std negative", changed("[1,2,3]", "[1,2,-3]"), "'std'");
    row("std null", changed("[1,2,3]", "[1,2,null]"), "'std'");
    row("std of 0..255", changed("[1,2,3]", "[58.395,57.12,57.375]"), "'std'");
    row("empty name", changed("\"mine\"", "\"\""), "'name'");
    row("name number", changed("\"mine\"", "3"), "'name'");
}

void TestPreprocess::refusesWrongDescriptions() {
    QFETCH(QByteArray, text);
    QFETCH(QString, word);
    const auto read = parsePreprocess(text.toStdString());
    QVERIFY(!read);
    QVERIFY(read.error().code == ErrorCode::Corrupt);
    const auto message = QString::fromStdString(read.error().message);
    QVERIFY2(message.contains(word), qPrintable(message));
}

void TestPreprocess::namesThePresetsWhereThereIsNoFile() {
    const auto read = loadPreprocess("imagnet");
    QVERIFY(!read);
    QVERIFY(read.error().code == ErrorCode::InvalidArgument);
    for (const auto& name : preprocessPresetNames()) {
        QVERIFY(read.error().message.find(name) != std::string::npos);
    }
}

void TestPreprocess::tableEqualsTorchvision_data() {
    QTest::addColumn<QStringList>("fields");
    const auto lines = goldenLines("normalisation.txt");
    QVERIFY(lines.size() >= 12);
    for (const auto& line : lines) QTest::newRow(qPrintable(line.section(' ', 0, 1))) << line.split(' ');
}

void TestPreprocess::tableEqualsTorchvision() {
    static_assert(std::endian::native == std::endian::little,
                  "the goldens are hashes of little-endian bytes");
    QFETCH(QStringList, fields);
    Preprocess preprocess;
    preprocess.mean = {0, fields[0].toDouble(), 0};
    preprocess.std = {1, fields[1].toDouble(), 1};
    const auto table = normalisationTable(preprocess, 1);
    const auto bytes = std::as_bytes(std::span(table));
    QCOMPARE(QString::fromStdString(sha256(bytes)), fields[2]);
}

void TestPreprocess::pixelsEqualTorchvision_data() {
    QTest::addColumn<QStringList>("fields");
    const auto lines = goldenLines("preprocess.txt");
    QVERIFY(lines.size() >= 70);
    for (const auto& line : lines) QTest::newRow(qPrintable(line)) << line.split(' ');
}

void TestPreprocess::pixelsEqualTorchvision() {
    QFETCH(QStringList, fields);
    const auto preprocess = parsePreprocess(fields[3].toStdString());
    QVERIFY2(preprocess, preprocess ? "" : preprocess.error().message.c_str());
    const auto pixels = toModelPixels(noiseImage(fields[0].toInt(), fields[1].toInt()), *preprocess);
    QCOMPARE(pixels.size(), preprocess->pixelBytes());
    QCOMPARE(sha256Of(pixels), fields[2]);
}

void TestPreprocess::veryLongImagesNeedNoHugeIntermediate() {
    // Resized as a whole this would have 256 x 51,200,000 pixels.
    RgbImage line{200'000, 1, std::vector<std::uint8_t>(600'000, 77)};
    auto preprocess = loadPreprocess("imagenet");
    QVERIFY(preprocess.has_value());
    const auto pixels = toModelPixels(line, *preprocess);
    QVERIFY(std::all_of(pixels.begin(), pixels.end(), [](std::uint8_t v) { return v == 77; }));
}

void TestPreprocess::sharedImagesEqualPillow_data() {
    QTest::addColumn<QStringList>("fields");
    const auto lines = goldenLines("shared.txt");
    QVERIFY(lines.size() > 50);
    for (const auto& line : lines) QTest::newRow(qPrintable(line.section(' ', 0, 1))) << line.split(' ');
}

void TestPreprocess::sharedImagesEqualPillow() {
    QFETCH(QStringList, fields);
    const QString path = QStringLiteral(DICESCOPE_SHARED_DIR "/data/") + fields[1];
    if (!QFileInfo::exists(path)) QSKIP("the shared data is not there");
    const auto preprocess = loadPreprocess(fields[0].toStdString());
    QVERIFY(preprocess.has_value());
    const auto image = decodeImage(fileBytes(path));
    QVERIFY2(image, image ? "" : image.error().message.c_str());
    QCOMPARE(sha256Of(toModelPixels(*image, *preprocess)), fields[2]);
}

QTEST_APPLESS_MAIN(TestPreprocess)
#include "test_preprocess.moc"
