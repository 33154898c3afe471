#include <QTest>
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numeric>
#include <set>

#include "core/demo/synthetic_images.h"

using namespace dicescope;

namespace {

using Maker = DemoImage (*)(std::uint64_t, std::size_t);

double mean(const DemoImage& image) {
    return std::accumulate(image.begin(), image.end(), 0.0) / static_cast<double>(image.size());
}

double deviation(const DemoImage& image) {
    const double middle = mean(image);
    double sum = 0;
    for (const auto value : image) sum += (value - middle) * (value - middle);
    return std::sqrt(sum / static_cast<double>(image.size()));
}

/// Correlation of horizontal neighbours: near 0 for white noise, near 1 for smooth images.
double neighbourCorrelation(const DemoImage& image) {
    const double middle = mean(image);
    double product = 0;
    double square = 0;
    for (std::size_t i = 0; i + 1 < image.size(); ++i) {
        if (i % 28 == 27) continue;
        product += (image[i] - middle) * (image[i + 1] - middle);
        square += (image[i] - middle) * (image[i] - middle);
    }
    return product / square;
}

}  // namespace

Q_DECLARE_METATYPE(Maker)

class TestSyntheticImages : public QObject {
    Q_OBJECT

  private slots:
    void dependsOnSeedAndIndexOnly_data() { addMakers(); }
    void dependsOnSeedAndIndexOnly() {
        QFETCH(Maker, maker);
        const DemoImage backwards = (maker(1, 40), maker(1, 3));
        for (std::size_t i = 0; i < 3; ++i) maker(1, i);
        QCOMPARE(maker(1, 3), backwards);
        QVERIFY(maker(2, 3) != backwards);
    }

    void imagesDiffer_data() { addMakers(); }
    void imagesDiffer() {
        QFETCH(Maker, maker);
        std::set<DemoImage> images;
        for (std::size_t i = 0; i < 500; ++i) images.insert(maker(1, i));
        QCOMPARE(images.size(), std::size_t{500});
    }

    void noImageIsFlat_data() { addMakers(); }
    void noImageIsFlat() {
        QFETCH(Maker, maker);
        for (std::size_t i = 0; i < 500; ++i)
            QVERIFY2(deviation(maker(1, i)) > 8, qPrintable(QString::number(i)));
    }

    void setsUseDifferentRandomNumbers() {
        // Uniform noise is number 0 of its set; the same stream would show up as the same first draw.
        QVERIFY(makeNoise(1, 0) != makeNoise(1, 4));
        QVERIFY(makeTexture(1, 0) != makeTexture(1, 6));
    }

    void glyphsAreLightOnBlackInsideTheImage() {
        for (std::size_t i = 0; i < 500; ++i) {
            const DemoImage glyph = makeGlyph(1, i);
            const auto black = std::ranges::count(glyph, std::uint8_t{0});
            QVERIFY2(black > 28 * 28 / 4, qPrintable(QString::number(i)));
            QVERIFY2(*std::ranges::max_element(glyph) > 60, qPrintable(QString::number(i)));
        }
    }

    void noiseKindsAreWhatTheySay() {
        for (std::size_t i = 0; i < 200; i += 4) {
            // Uniform on 0..255: mean 127.5, deviation 73.9; 784 values put the mean within 5 standard errors
            // (13).
            QVERIFY(std::abs(mean(makeNoise(1, i)) - 127.5) < 13.2);
            QVERIFY(std::abs(deviation(makeNoise(1, i)) - 73.9) < 8);
            QVERIFY(std::abs(neighbourCorrelation(makeNoise(1, i))) < 0.2);
            QVERIFY(std::abs(neighbourCorrelation(makeNoise(1, i + 1))) < 0.2);
            QVERIFY(neighbourCorrelation(makeNoise(1, i + 2)) > 0.3);
            const DemoImage impulses = makeNoise(1, i + 3);
            QCOMPARE((std::set<std::uint8_t>(impulses.begin(), impulses.end()).size()), std::size_t{2});
        }
    }

    void texturesUseAWideRange() {
        for (std::size_t i = 0; i < 200; ++i) {
            const DemoImage texture = makeTexture(1, i);
            const auto [low, high] = std::ranges::minmax(texture);
            QVERIFY(low <= 100 && high >= 155);
        }
    }

  private:
    static void addMakers() {
        QTest::addColumn<Maker>("maker");
        QTest::newRow("glyphs") << Maker{makeGlyph};
        QTest::newRow("textures") << Maker{makeTexture};
        QTest::newRow("noise") << Maker{makeNoise};
    }
};

QTEST_APPLESS_MAIN(TestSyntheticImages)
#include "test_synthetic_images.moc"
