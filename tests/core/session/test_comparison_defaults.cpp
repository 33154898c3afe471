#include <QtTest>

#include "core/session/benchmark.h"
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

    void namesTheBenchmarkWhoseNumbersStandBeside() {
        Session session = defaultSession();
        QVERIFY(comparisonDefaults(session).benchmark == nullptr);
        session.benchmark = "imagenet1k";
        QCOMPARE(comparisonDefaults(session).benchmark, *findBenchmark("imagenet1k"));
        session.benchmark = "nowhere";
        QVERIFY(comparisonDefaults(session).benchmark == nullptr);
    }

    void choicesStandAboveTheDefaults() {
        Session session = defaultSession();
        session.benchmark = "cifar10";
        session.bootstrap = 20;
        const ComparisonDefaults defaults = comparisonDefaults(session);
        QVERIFY(withChoices(defaults, {}) == defaults);
        session.comparison.resamples = 0;
        session.comparison.groups = OodGroups{{"iSUN"}, {}};
        QVERIFY(comparisonDefaults(session) == defaults);
        const ComparisonDefaults chosen = withChoices(defaults, session.comparison);
        QCOMPARE(chosen.resamples, std::size_t{0});
        QCOMPARE(chosen.nearSets, std::vector<std::string>{"iSUN"});
        QVERIFY(chosen.farSets.empty());
    }

    /// Whatever a session gives, settings that were made stay, those that are the registry's own included.
    void aSettledTextLeavesNothingOpen() {
        ComparisonDefaults other;
        other.p = 12.5;
        other.reactClip = 0.3F;
        std::vector<DetectorSpec> specs;
        for (const DetectorInfo& info : allDetectors()) {
            specs.push_back({info.id, {}});
            for (const DetectorVariant& variant : info.variants)
                specs.push_back(*parseDetectorSpec(info.id + ":as=" + variant.name));
        }
        specs.push_back({"dice+react", {{"p", 0.1}, {"percentile", 80}}});
        specs.push_back({"react", {{"c", 1.0 / 3}}});
        for (const DetectorSpec& spec : specs) {
            const auto read = parseDetectorSpec(settledText(spec), detectorDefaults(other));
            QVERIFY2(read && *read == spec, settledText(spec).c_str());
        }
        QCOMPARE(settledText({"dice", {}}), std::string("dice:p=90"));
        QCOMPARE(settledText({"react", {}}), std::string("react:c=0"));
        QCOMPARE(settledText({"knn", {{"k", 3}}}), std::string("knn:k=3"));
    }

    void aTextThatLeavesSomethingOpenFollows() {
        ComparisonDefaults defaults;
        defaults.p = 70;
        const auto read = [&](const char* text) {
            return specText(*parseDetectorSpec(text, detectorDefaults(defaults)));
        };
        QCOMPARE(read("dice+react:c=2"), std::string("dice+react:p=70:c=2"));
        QCOMPARE(read("dice:p=90"), std::string("dice"));
        defaults.p = 50;
        QCOMPARE(read("dice+react:c=2"), std::string("dice+react:p=50:c=2"));
        QVERIFY(!parseDetectorSpec("all", detectorDefaults(defaults)));
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
