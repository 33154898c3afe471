#include <QtTest>

#include "core/model/classifier_info.h"

using namespace dicescope;

namespace {

ClassifierInfo example() {
    ClassifierInfo info;
    info.path = "models/net.pt";
    info.sha256 = "abc123";
    info.head = {"fc", 10, 342, false};
    info.candidates = {info.head, {"aux", 10, 128, true}};
    info.hasBias = true;
    info.parameters = 1234567;
    info.channels = 3;
    info.height = 32;
    info.width = 48;
    info.probeDifference = 1.25e-6;
    info.probeScale = 14.5;
    info.device = "cpu";
    info.libtorch = "1.13.0";
    return info;
}

}  // namespace

class TestClassifierInfo : public QObject {
    Q_OBJECT

  private slots:
    void namesEveryFact() {
        const QString text = QString::fromStdString(describe(example()));
        for (const char* part :
             {"models/net.pt", "abc123", "1,234,567", "3 x 32 x 48", "fc (10 classes x 342 features)",
              "other head: aux (10 classes x 128 features, 1x1 convolution)", "1.25e-06", "14.5", "cpu",
              "1.13.0"}) {
            QVERIFY2(text.contains(part), part);
        }
        QVERIFY(text.endsWith('\n'));
        QVERIFY(!text.contains("note"));
        QVERIFY(!text.contains("no bias"));
        QVERIFY(!text.contains("other head: fc"));
    }

    void saysWhatIsSpecial() {
        ClassifierInfo info = example();
        info.hasBias = false;
        info.note = "The model ends in a softmax; the logits before it are used.";
        info.optimised = true;
        info.optimisedDifference = 2e-6;
        const QString text = QString::fromStdString(describe(info));
        QVERIFY(text.contains("no bias"));
        QVERIFY(text.contains("ends in a softmax"));
        QVERIFY(text.contains("within 2e-06"));
    }

    void groupsDigits_data() {
        QTest::addColumn<qulonglong>("value");
        QTest::addColumn<QString>("expected");
        QTest::newRow("0") << 0ULL << "0";
        QTest::newRow("999") << 999ULL << "999";
        QTest::newRow("1000") << 1000ULL << "1,000";
        QTest::newRow("25557032") << 25557032ULL << "25,557,032";
    }

    void groupsDigits() {
        QFETCH(qulonglong, value);
        QFETCH(QString, expected);
        ClassifierInfo info = example();
        info.parameters = value;
        QVERIFY(QString::fromStdString(describe(info)).contains("parameters: " + expected + "\n"));
    }
};

QTEST_APPLESS_MAIN(TestClassifierInfo)
#include "test_classifier_info.moc"
