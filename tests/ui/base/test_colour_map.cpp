#include <QtTest>
#include <cmath>
#include <limits>

#include "ui/base/colour_map.h"

using namespace dicescope;

namespace {

double distance(QRgb a, QRgb b) {
    return std::hypot(qRed(a) - qRed(b), qGreen(a) - qGreen(b), qBlue(a) - qBlue(b));
}

}  // namespace

class TestColourMap : public QObject {
    Q_OBJECT

  private slots:
    void zeroIsTheBackgroundAndMagnitudesMoveAway_data() {
        QTest::addColumn<bool>("dark");
        QTest::newRow("light") << false;
        QTest::newRow("dark") << true;
    }
    void zeroIsTheBackgroundAndMagnitudesMoveAway() {
        QFETCH(const bool, dark);
        const Theme theme = dark ? darkTheme() : lightTheme();
        const DivergingColours colours(theme);
        const QRgb zero = colours.at(0, 2);
        QCOMPARE(zero, theme.background.rgb());
        for (const double sign : {-1.0, 1.0}) {
            double last = 0;
            for (const double value : {0.1, 0.5, 1.0, 2.0}) {
                const double away = distance(colours.at(sign * value, 2), zero);
                QVERIFY(away > last);
                last = away;
            }
        }
        QVERIFY(distance(colours.at(1, 1), colours.at(-1, 1)) > 100);
    }

    void valuesBeyondTheRangeAreItsEnds() {
        const DivergingColours colours(lightTheme());
        QCOMPARE(colours.at(50, 2), colours.at(2, 2));
        QCOMPARE(colours.at(-std::numeric_limits<double>::infinity(), 2), colours.at(-2, 2));
        QCOMPARE(colours.at(std::numeric_limits<double>::quiet_NaN(), 2), colours.at(0, 2));
    }

    void aLineHasTheColoursOfItsValues() {
        const DivergingColours colours(darkTheme());
        std::vector<float> values;
        for (int i = -150; i <= 150; ++i) values.push_back(0.01F * static_cast<float>(i));
        values.push_back(std::numeric_limits<float>::quiet_NaN());
        values.push_back(std::numeric_limits<float>::infinity());
        std::vector<std::uint8_t> faint(values.size());
        for (std::size_t i = 0; i < faint.size(); i += 3) faint[i] = 1;
        std::vector<QRgb> line(values.size());
        colours.paint(values, faint, 1.2, line.data());
        for (std::size_t i = 0; i < values.size(); ++i) {
            const auto value = static_cast<double>(values[i]);
            const QRgb expected = faint[i] != 0 ? colours.faded(value, 1.2) : colours.at(value, 1.2);
            // float32 may round to the neighbouring step.
            QVERIFY(distance(line[i], expected) < 4);
        }
        colours.paint(values, {}, 1.2, line.data());
        QCOMPARE(line[150], darkTheme().background.rgb());
    }

    void droppedOnesAreFaint() {
        const DivergingColours colours(lightTheme());
        const QRgb zero = colours.at(0, 1);
        QVERIFY(distance(colours.faded(1, 1), zero) > 5);
        QVERIFY(distance(colours.faded(1, 1), zero) < distance(colours.at(1, 1), zero) / 2);
    }
};

QTEST_APPLESS_MAIN(TestColourMap)
#include "test_colour_map.moc"
