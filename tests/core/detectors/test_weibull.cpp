#include <QtTest>
#include <cmath>
#include <random>

#include "core/detectors/weibull.h"

using dicescope::fitWeibull;
using dicescope::Weibull;

class TestWeibull : public QObject {
    Q_OBJECT

  private slots:
    // scipy.optimize.brentq on the likelihood equation; scipy.stats.weibull_min.fit(x, floc=0) agrees to
    // 1e-5.
    void equalsScipy_data() {
        QTest::addColumn<QList<double>>("samples");
        QTest::addColumn<double>("shape");
        QTest::addColumn<double>("scale");
        QTest::newRow("few") << QList<double>{1, 2, 3, 4, 5} << 2.2938066707123155 << 3.3942907181094863;
        QTest::newRow("spread") << QList<double>{0.01, 0.5, 7, 120} << 0.33868686149733174
                                << 7.725323673308206;
    }
    void equalsScipy() {
        QFETCH(QList<double>, samples);
        QFETCH(double, shape);
        QFETCH(double, scale);
        const auto fit = fitWeibull(std::vector<double>(samples.begin(), samples.end()));
        QVERIFY(fit);
        QVERIFY2(std::abs(fit->shape / shape - 1) < 1e-8, qPrintable(QString::number(fit->shape, 'g', 14)));
        QVERIFY2(std::abs(std::exp(fit->logScale) / scale - 1) < 1e-8,
                 qPrintable(QString::number(std::exp(fit->logScale), 'g', 14)));
    }

    void findsTheParametersOfManySamples() {
        std::mt19937 random(1);
        std::weibull_distribution<double> distribution(3.0, 2.0);
        std::vector<double> samples(200'000);
        for (double& sample : samples) sample = distribution(random);
        const auto fit = fitWeibull(samples);
        QVERIFY(fit);
        QVERIFY(std::abs(fit->shape - 3) < 0.03);
        QVERIFY(std::abs(std::exp(fit->logScale) - 2) < 0.01);
    }

    void samplesFarFromZeroKeepTheirDifferences() {
        // What a tail of distances moved to 10,000 looks like: a large shape, and half the mass near the
        // middle.
        std::vector<double> samples;
        for (int i = 0; i < 20; ++i) samples.push_back(10'000 + 0.01 * i);
        const auto fit = fitWeibull(samples);
        QVERIFY(fit);
        QVERIFY(fit->shape > 1e4);
        const double middle = fit->cumulative(10'000.1);
        QVERIFY2(middle > 0.3 && middle < 0.6, qPrintable(QString::number(middle)));
        QVERIFY(fit->cumulative(9'999) < 1e-4);
        QVERIFY(fit->cumulative(10'001) > 1 - 1e-9);
    }

    void needsTwoDifferentPositiveSamples() {
        QVERIFY(!fitWeibull({}));
        QVERIFY(!fitWeibull(std::vector<double>{1}));
        QVERIFY(!fitWeibull(std::vector<double>{2, 2, 2}));
        QVERIFY(!fitWeibull(std::vector<double>{0, 1}));
        QVERIFY(fitWeibull(std::vector<double>{1, 1 + 1e-9}));
    }

    void cumulativeIsWithinZeroAndOne() {
        const Weibull weibull{2, 0};
        QCOMPARE(weibull.cumulative(-1), 0.0);
        QCOMPARE(weibull.cumulative(0), 0.0);
        QCOMPARE(weibull.cumulative(1), 1 - std::exp(-1.0));
        QCOMPARE(weibull.cumulative(1e6), 1.0);
    }
};

QTEST_APPLESS_MAIN(TestWeibull)
#include "test_weibull.moc"
