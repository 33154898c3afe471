#include "ui/panels/panel_text.h"

#include <QTest>

#include "ui/panels/set_item.h"

using namespace dicescope;

class TestPanelText : public QObject {
    Q_OBJECT

  private slots:
    void fileNamesOfPaths_data() {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("name");
        QTest::newRow("file") << "/data/model.pt"
                              << "model.pt";
        QTest::newRow("folder") << "/data/dtd"
                                << "dtd";
        QTest::newRow("folder with slash") << "/data/dtd/"
                                           << "dtd";
        QTest::newRow("root") << "/"
                              << "/";
        QTest::newRow("relative") << "dtd"
                                  << "dtd";
        QTest::newRow("umlaut") << QString::fromUtf8("/data/Töpfe") << QString::fromUtf8("Töpfe");
        QTest::newRow("empty") << ""
                               << "";
    }
    void fileNamesOfPaths() {
        QFETCH(QString, path);
        QFETCH(QString, name);
        QCOMPARE(fileNameOf(toPath(path)), name);
    }

    void countsHaveThousands() {
        QCOMPARE(countText(0), "0");
        QCOMPARE(countText(999), "999");
        QCOMPARE(countText(1240), "1,240");
        QCOMPARE(countText(25557032), "25,557,032");
        QCOMPARE(imagesText(1), "1 image");
        QCOMPARE(imagesText(0), "0 images");
        QCOMPARE(imagesText(1240), "1,240 images");
    }

    void timeLeft_data() {
        QTest::addColumn<double>("seconds");
        QTest::addColumn<QString>("text");
        QTest::newRow("unknown") << -1.0 << "";
        QTest::newRow("not a number") << std::nan("") << "";
        QTest::newRow("none") << 0.0 << "1 s left";
        QTest::newRow("rounded up") << 32.2 << "33 s left";
        QTest::newRow("minutes") << 240.0 << "4 min left";
        QTest::newRow("hours") << 7500.0 << "2 h 5 min left";
        QTest::newRow("just below an hour and a half") << 5399.0 << "90 min left";
        QTest::newRow("days") << 86400.0 * 50 << "1,200 h 0 min left";
    }
    void timeLeft() {
        QFETCH(double, seconds);
        QFETCH(QString, text);
        QCOMPARE(timeLeftText(seconds), text);
    }

    void progressInWords() {
        QCOMPARE(progressText({"x", 1240, 8600, 223.4, 33}, true), "1,240 of 8,600 images, 223/s, 33 s left");
        QCOMPARE(progressText({"x", 3, 101, 0, -1}, false), "3 of 101");
        QCOMPARE(progressText({"x", 3, 101, 2.44, -1}, false), "3 of 101, 2.4/s");
        QCOMPARE(progressText({"x", 700, 0, 0, -1}, true), "700 images found");
        QCOMPARE(progressText({"x", 0, 0, 0, -1}, true), "");
    }

    void ages_data() {
        QTest::addColumn<qint64>("seconds");
        QTest::addColumn<QString>("text");
        QTest::newRow("now") << qint64(59) << "just now";
        QTest::newRow("minute") << qint64(60) << "a minute ago";
        QTest::newRow("minutes") << qint64(3599) << "59 minutes ago";
        QTest::newRow("hour") << qint64(3600) << "an hour ago";
        QTest::newRow("hours") << qint64(86399) << "23 hours ago";
        QTest::newRow("day") << qint64(86400) << "yesterday";
        QTest::newRow("days") << qint64(6 * 86400) << "6 days ago";
        QTest::newRow("weeks") << qint64(22 * 86400) << "3 weeks ago";
        QTest::newRow("months") << qint64(70 * 86400) << "2 months ago";
        QTest::newRow("years") << qint64(800 * 86400) << "2 years ago";
    }
    void ages() {
        QFETCH(qint64, seconds);
        QFETCH(QString, text);
        QCOMPARE(ageText(seconds), text);
    }

    void tipsShowMarkupAsItIs() {
        QCOMPARE(wrappedTip("a <b>bold</b> & name"), "<qt>a &lt;b&gt;bold&lt;/b&gt; &amp; name</qt>");
        QCOMPARE(wrappedTip({}), "");
    }

    void setNamesAreMadeUniqueAndAllowed() {
        QCOMPARE(setNameFor("/data/dtd", {}), "dtd");
        QCOMPARE(setNameFor("/data/dtd/", {"dtd", "dtd-2"}), "dtd-3");
        QCOMPARE(setNameFor("/data/dtd5.safetensors", {}), "dtd5");
        QCOMPARE(setNameFor("/data/v1.2", {}), "v1.2");
        QCOMPARE(setNameFor("/", {}), "set");
        QCOMPARE(setNameFor("/data/average", {}), "average-2");
        QCOMPARE(setNameFor("/data/id", {}), "id-2");
    }

    void namesThatCannotBe() {
        QCOMPARE(setNameProblem("dtd", {"sun"}), "");
        QVERIFY(setNameProblem("dtd", {"dtd"}).contains("'dtd'"));
        for (const char* reserved : {"average", "id", "id-train", "gaussian-noise"})
            QVERIFY2(!setNameProblem(reserved, {}).isEmpty(), reserved);
        QVERIFY(!setNameProblem("  ", {}).isEmpty());
    }
};

QTEST_APPLESS_MAIN(TestPanelText)
#include "test_panel_text.moc"
