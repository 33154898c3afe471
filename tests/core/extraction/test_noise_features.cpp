#include "core/extraction/noise_features.h"

#include <QTemporaryDir>
#include <QTest>
#include <cmath>

#include "tests/support/tiny_case.h"

using namespace dicescope;

namespace {

Preprocess largeInput() {
    Preprocess preprocess;
    preprocess.cropHeight = 200;
    preprocess.cropWidth = 200;
    return preprocess;
}

/// The share of a standard normal below x.
double normalCdf(double x) {
    return 0.5 * std::erfc(-x / std::sqrt(2.0));
}

}  // namespace

class TestNoiseFeatures : public QObject {
    Q_OBJECT

  private slots:
    void pixelsFollowTheClippedNormalDistribution() {
        const auto pixels = gaussianNoisePixels(largeInput(), 3);
        QCOMPARE(pixels.size(), std::size_t{200 * 200 * 3});
        std::array<double, 256> share{};
        for (const auto value : pixels) share[value] += 1.0 / static_cast<double>(pixels.size());
        // 120,000 draws: a standard error of 0.0014 at the most.
        constexpr double kTolerance = 0.007;
        QVERIFY(std::abs(share[0] - normalCdf(0.5 / 255 - 0.5)) < kTolerance);
        QVERIFY(std::abs(share[255] - (1 - normalCdf(254.5 / 255 - 0.5))) < kTolerance);
        double below = 0;
        for (int value = 0; value < 64; ++value) below += share[static_cast<std::size_t>(value)];
        QVERIFY(std::abs(below - normalCdf(63.5 / 255 - 0.5)) < kTolerance);
    }

    void imagesAreReproducibleAndDiffer() {
        QCOMPARE(gaussianNoisePixels(largeInput(), 1), gaussianNoisePixels(largeInput(), 1));
        QVERIFY(gaussianNoisePixels(largeInput(), 1) != gaussianNoisePixels(largeInput(), 2));
    }

    void featuresAreThoseOfThePixels() {
        QTemporaryDir folder;
        const auto preprocess = loadPreprocess(tiny::writePreprocess(folder.path().toStdString()));
        const auto classifier = Classifier::load(tiny::model(), {"", "cpu", 3, tiny::kSide, tiny::kSide});
        QVERIFY(preprocess && classifier);
        const auto set = gaussianNoiseFeatures(*classifier, *preprocess, 7, 2);
        QVERIFY(set);
        QCOMPARE((*set)->size(), std::size_t{7});
        for (std::size_t i = 0; i < 7; ++i) {
            const auto pixels = gaussianNoisePixels(*preprocess, i);
            tiny::Pixels image{};
            std::copy(pixels.begin(), pixels.end(), image.begin());
            const auto h = tiny::features(tiny::weights(), image);
            for (std::size_t d = 0; d < h.size(); ++d)
                QVERIFY(std::abs((*set)->features(i, d) - h[d]) < 1e-4);
        }
    }

    void stopsWhenAsked() {
        QTemporaryDir folder;
        const auto preprocess = loadPreprocess(tiny::writePreprocess(folder.path().toStdString()));
        const auto classifier = Classifier::load(tiny::model(), {"", "cpu", 3, tiny::kSide, tiny::kSide});
        QVERIFY(preprocess && classifier);
        std::stop_source stop;
        stop.request_stop();
        const auto set = gaussianNoiseFeatures(*classifier, *preprocess, 7, 2, {stop.get_token(), {}});
        QVERIFY(!set);
        QCOMPARE(set.error().code, ErrorCode::Cancelled);
    }
};

QTEST_APPLESS_MAIN(TestNoiseFeatures)
#include "test_noise_features.moc"
