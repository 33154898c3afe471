#include <QTest>

#include "core/images/resize.h"
#include "image_test_support.h"

using namespace dicescope;

class TestResize : public QObject {
    Q_OBJECT

  private slots:
    void equalsPillow_data();
    void equalsPillow();
    void shorterSideHasTorchvisionsSize_data();
    void shorterSideHasTorchvisionsSize();
    void sameSizeIsUnchanged();
    void cropEqualsTorchvision_data();
    void cropEqualsTorchvision();
};

void TestResize::equalsPillow_data() {
    QTest::addColumn<QStringList>("fields");
    const auto lines = goldenLines("resize.txt");
    QVERIFY(lines.size() > 200);
    for (const auto& line : lines) QTest::newRow(qPrintable(line.section(' ', 0, 4))) << line.split(' ');
}

void TestResize::equalsPillow() {
    QFETCH(QStringList, fields);
    const auto kind = fields[0] == "bicubic" ? Interpolation::Bicubic : Interpolation::Bilinear;
    const int width = fields[3].toInt();
    const int height = fields[4].toInt();
    const auto resized =
        resizeAsPillow(noiseImage(fields[1].toInt(), fields[2].toInt()), width, height, kind);
    QCOMPARE(resized.width, width);
    QCOMPARE(resized.height, height);
    QCOMPARE(resized.pixels.size(), static_cast<std::size_t>(width * height * 3));
    QCOMPARE(sha256Of(resized.pixels), fields[5]);
}

void TestResize::shorterSideHasTorchvisionsSize_data() {
    QTest::addColumn<QStringList>("fields");
    const auto lines = goldenLines("shorter.txt");
    QVERIFY(!lines.isEmpty());
    for (const auto& line : lines) QTest::newRow(qPrintable(line)) << line.split(' ');
}

void TestResize::shorterSideHasTorchvisionsSize() {
    QFETCH(QStringList, fields);
    const auto image = noiseImage(fields[0].toInt(), fields[1].toInt());
    const auto resized = resizeShorterSide(image, fields[2].toInt(), Interpolation::Bilinear);
    QCOMPARE(resized.width, fields[3].toInt());
    QCOMPARE(resized.height, fields[4].toInt());
}

void TestResize::sameSizeIsUnchanged() {
    const auto image = noiseImage(40, 32);
    const auto resized = resizeShorterSide(image, 32, Interpolation::Bicubic);
    QCOMPARE(resized.width, 40);
    QVERIFY(resized.pixels == image.pixels);
}

void TestResize::cropEqualsTorchvision_data() {
    QTest::addColumn<QStringList>("fields");
    const auto lines = goldenLines("crop.txt");
    QVERIFY(lines.size() > 150);
    for (const auto& line : lines) QTest::newRow(qPrintable(line.section(' ', 0, 3))) << line.split(' ');
}

void TestResize::cropEqualsTorchvision() {
    QFETCH(QStringList, fields);
    const auto image = noiseImage(fields[0].toInt(), fields[1].toInt());
    const auto cropped = centerCrop(image, fields[2].toInt(), fields[3].toInt());
    QCOMPARE(cropped.height, fields[2].toInt());
    QCOMPARE(cropped.width, fields[3].toInt());
    QCOMPARE(sha256Of(cropped.pixels), fields[4]);
}

QTEST_APPLESS_MAIN(TestResize)
#include "test_resize.moc"
