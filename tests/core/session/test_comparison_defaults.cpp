#include <QtTest>

#include "core/session/comparison_defaults.h"

using namespace dicescope;

class TestComparisonDefaults : public QObject {
    Q_OBJECT

  private slots:
    void aNewSessionChangesNothing() {
        const ComparisonDefaults defaults = comparisonDefaults(defaultSession());
        QVERIFY(defaults == ComparisonDefaults());
        const char* text = "all,odin,knn:k=3";
        QVERIFY(*parseDetectorList(text, defaults) == *parseDetectorList(text));
    }

    void takesTheChoicesOfASession() {
        Session session = defaultSession();
        session.p = 70;
        session.sweep.reactClip = 1.5F;
        session.sweep.seed = 11;
        session.view.tprLevel = 0.9;
        session.bootstrap = 20;
        session.benchmark = "cifar10";
        const ComparisonDefaults defaults = comparisonDefaults(session);
        QCOMPARE(defaults.p, 70.0);
        QCOMPARE(*defaults.reactClip, 1.5F);
        QCOMPARE(defaults.seed, std::uint64_t{11});
        QCOMPARE(defaults.tprLevel, 0.9);
        QCOMPARE(defaults.resamples, std::size_t{20});
        QVERIFY(defaults.nearSets.empty());
        QCOMPARE(defaults.farSets, (std::vector<std::string>{"SVHN", "Textures", "Places365"}));
        session.p.reset();
        session.benchmark = "nowhere";
        QCOMPARE(comparisonDefaults(session).p, 90.0);
        QVERIFY(comparisonDefaults(session).farSets.empty());
    }

    void whatTheTextSaysStays_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("expected");
        QTest::newRow("p") << "dice"
                           << "dice:p=70";
        QTest::newRow("own p") << "dice:p=90"
                               << "dice";
        QTest::newRow("variant") << "dice+react:as=paper-imagenet"
                                 << "dice+react:p=10:c=1";
        QTest::newRow("both") << "dice+react"
                              << "dice+react:p=70:c=1.5";
        QTest::newRow("clip alone") << "dice+react:c=2"
                                    << "dice+react:p=70:c=2";
        QTest::newRow("percentile") << "react:percentile=80"
                                    << "react:percentile=80";
        QTest::newRow("other masks") << "dice+ash-s:s=60"
                                     << "dice+ash-s:p=70:s=60";
        QTest::newRow("no mask") << "knn:k=3"
                                 << "knn:k=3";
        QTest::newRow("twice") << "dice,dice:p=70,energy"
                               << "dice:p=70,energy";
        QTest::newRow("explicit beside open") << "dice:p=90,dice"
                                              << "dice,dice:p=70";
    }
    void whatTheTextSaysStays() {
        QFETCH(QString, text);
        QFETCH(QString, expected);
        ComparisonDefaults defaults;
        defaults.p = 70;
        defaults.reactClip = 1.5F;
        const auto list = parseDetectorList(text.toStdString(), defaults);
        QVERIFY(list);
        QVERIFY(*list == *parseDetectorList(expected.toStdString()));
    }

    void everyMaskAndClipOfAll() {
        ComparisonDefaults defaults;
        defaults.p = 70;
        defaults.reactClip = 1.5F;
        int masks = 0;
        const auto all = parseDetectorList("all", defaults);
        QVERIFY(all);
        for (const DetectorSpec& spec : *all) {
            if (findDetector(spec.id)->parameter("c") != nullptr) QCOMPARE(parameterValue(spec, "c"), 1.5);
            if (!spec.id.starts_with("dice")) continue;
            QCOMPARE(parameterValue(spec, "p"), 70.0);
            ++masks;
        }
        QVERIFY(masks >= 6);
    }

    void refusesWhatThereIsNot() {
        QCOMPARE(parseDetectorList("energy,magic", ComparisonDefaults()).error().code,
                 ErrorCode::InvalidArgument);
    }
};

QTEST_APPLESS_MAIN(TestComparisonDefaults)
#include "test_comparison_defaults.moc"
