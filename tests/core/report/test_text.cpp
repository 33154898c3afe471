#include "core/report/text.h"

#include <QTest>
#include <limits>

using namespace dicescope;

class TestText : public QObject {
    Q_OBJECT

  private slots:
    void exactDecimalsReadBack() {
        for (const double value : {0.1, 1.0 / 3, 1e-300, 123456789.0, -0.95, 5e-324}) {
            QCOMPARE(std::strtod(exactDecimal(value).c_str(), nullptr), value);
        }
        for (const float value : {0.1F, 1.0F / 3, 3e38F, -2.5F}) {
            QCOMPARE(std::strtof(exactDecimal(value).c_str(), nullptr), value);
        }
        QCOMPARE(exactDecimal(90.0), std::string("90"));
        QCOMPARE(exactDecimal(0.1F), std::string("0.1"));
        QCOMPARE(exactDecimal(std::numeric_limits<double>::infinity()), std::string("inf"));
    }

    void fixedDecimalsRound() {
        QCOMPARE(fixedDecimal(12.345, 1), std::string("12.3"));
        QCOMPARE(fixedDecimal(-0.5, 0), std::string("-0"));
        QCOMPARE(fixedDecimal(99.996, 2), std::string("100.00"));
        QVERIFY(fixedDecimal(1e300, 2).size() > 300);
    }

    void sharesInPercent() {
        QCOMPARE(percent(0.12345678), std::string("12.35"));
        QCOMPARE(percent(1), std::string("100.00"));
        QCOMPARE(levelPercent(0.95), std::string("95"));
        QCOMPARE(levelPercent(0.07), std::string("7"));
        QCOMPARE(levelPercent(0.999), std::string("99.9"));
    }

    void csvFieldsAreQuotedWhereNeeded() {
        QCOMPARE(csvField("plain"), std::string("plain"));
        QCOMPARE(csvField("a,b"), std::string("\"a,b\""));
        QCOMPARE(csvField("say \"hi\""), std::string("\"say \"\"hi\"\"\""));
        QCOMPARE(csvField("two\nlines"), std::string("\"two\nlines\""));
        QCOMPARE(csvField(""), std::string());
    }

    void paddingCountsCharacters() {
        QCOMPARE(padRight("ab", 4), std::string("ab  "));
        QCOMPARE(padLeft("ab", 4), std::string("  ab"));
        QCOMPARE(padLeft("\xC3\xA9", 3), std::string("  \xC3\xA9"));
        QCOMPARE(padRight("longer", 3), std::string("longer"));
    }
};

QTEST_APPLESS_MAIN(TestText)
#include "test_text.moc"
