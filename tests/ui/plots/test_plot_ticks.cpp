#include "ui/plots/plot_ticks_internal.h"

#include <QTest>
#include <optional>

#include "tests/support/qt_warnings.h"

using namespace dicescope;

class TestPlotTicks : public QObject {
    Q_OBJECT

    std::optional<testing::FailOnQtWarnings> warnings_;

    static QVector<QString> labels(QCPAxisTicker& ticker, double lower, double upper) {
        QVector<double> ticks;
        QVector<QString> texts;
        ticker.generate(QCPRange(lower, upper), QLocale::c(), 'g', 6, ticks, nullptr, &texts);
        QVector<QString> inside;
        for (int i = 0; i < ticks.size(); ++i) {
            if (ticks[i] >= lower && ticks[i] <= upper) inside.append(texts[i]);
        }
        return inside;
    }

  private slots:
    void init() { warnings_.emplace(); }
    void cleanup() { warnings_.reset(); }

    void sharesAreReadInPercent() {
        PercentTicker ticker;
        QCOMPARE(labels(ticker, 0, 1), (QVector<QString>{"0", "20", "40", "60", "80", "100"}));
        QVERIFY(labels(ticker, 0.301, 0.3042).contains("30.25") ||
                labels(ticker, 0.301, 0.3042).contains("30.2"));
    }

    void decadesAreReadInPercent() {
        LogPercentTicker ticker;
        QCOMPARE(labels(ticker, 1e-4, 1), (QVector<QString>{"0.01", "0.1", "1", "10", "100"}));
    }

    void aZoomedLogarithmicAxisStillHasLabels() {
        LogPercentTicker ticker;
        QVERIFY(labels(ticker, 0.021, 0.085).size() >= 3);
    }

    void denseStandsBesideTheLevels() {
        LevelTicker ticker;
        ticker.setLevels(-9, 0);
        QCOMPARE(labels(ticker, -12, 103), (QVector<QString>{"dense", "0", "25", "50", "75", "100"}));
        ticker.setLevels(45.6, 50);
        const auto texts = labels(ticker, 44, 101);
        QCOMPARE(texts.first(), QString("dense"));
        QCOMPARE(texts[1], QString("50"));
    }

    void niceCeilings_data() {
        QTest::addColumn<double>("value");
        QTest::addColumn<double>("ceiling");
        QTest::newRow("itself") << 1.0 << 1.0;
        QTest::newRow("between") << 0.207 << 0.25;
        QTest::newRow("large") << 8'100.0 << 10'000.0;
        QTest::newRow("small") << 0.000'61 << 0.000'8;
    }
    void niceCeilings() {
        QFETCH(const double, value);
        QFETCH(const double, ceiling);
        QCOMPARE(niceCeiling(value), ceiling);
    }

    void textsHaveUnits() {
        QCOMPARE(percentText(0.12345, QLocale::c()), QString("12.35 %"));
        QCOMPARE(levelName(0.95), QString("95"));
        QCOMPARE(levelName(0.975), QString("97.5"));
        QCOMPARE(rowText({0, 90}, 1, QLocale::c()), QString("p = 90.0 %"));
        QCOMPARE(rowText({0, 90}, 2, QLocale::c()), QString("dense head"));
    }
};

QTEST_MAIN(TestPlotTicks)
#include "test_plot_ticks.moc"
