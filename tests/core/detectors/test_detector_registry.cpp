#include <QtTest>
#include <set>

#include "golden_cases.h"

using namespace dicescope;

class TestDetectorRegistry : public QObject {
    Q_OBJECT

  private slots:
    void everyDetectorIsDescribed() {
        std::set<std::string> ids;
        for (const DetectorInfo& info : allDetectors()) {
            QVERIFY2(ids.insert(info.id).second, info.id.c_str());
            QVERIFY2(!info.displayName.empty() && info.explanation.ends_with('.') && !info.formula.empty(),
                     info.id.c_str());
            QVERIFY2(!info.citation.authors.empty() && !info.citation.title.empty(), info.id.c_str());
            QVERIFY2(info.citation.venue.find("20") != std::string::npos, info.id.c_str());
            for (const DetectorParameter& parameter : info.parameters) {
                QVERIFY2(parameter.explanation.ends_with('.'), info.id.c_str());
                QVERIFY2(parameter.defaultValue >= parameter.smallest &&
                             parameter.defaultValue <= parameter.largest,
                         info.id.c_str());
            }
            for (const DetectorVariant& variant : info.variants) {
                QVERIFY2(checkDetectorSpec({info.id, variant.values}), info.id.c_str());
            }
            QCOMPARE(findDetector(info.id), &info);
        }
        QVERIFY(findDetector("nothing") == nullptr);
    }

    void readsSpecifications() {
        const auto knn = parseDetectorSpec("knn:k=10:normalise=off");
        QVERIFY(knn);
        QCOMPARE(knn->id, std::string("knn"));
        QCOMPARE(knn->values, (std::map<std::string, double>{{"k", 10}, {"normalise", 1}}));
        QCOMPARE(specText(*knn), std::string("knn:k=10:normalise=off"));
        QCOMPARE(specLabel(*knn), std::string("KNN (k=10, normalise=off)"));
        QCOMPARE(parameterValue(*knn, "bank"), 100.0);
    }

    void aVariantIsOverriddenByParameters() {
        const auto variant = parseDetectorSpec("dice+react:p=20:as=paper-imagenet");
        QVERIFY(variant);
        QCOMPARE(variant->values, (std::map<std::string, double>{{"p", 20}, {"c", 1}}));
        QCOMPARE(specLabel(*variant), std::string("DICE+ReAct (p=20, c=1)"));
    }

    void defaultsSayNothing() {
        QCOMPARE(*parseDetectorSpec("dice:p=90"), *parseDetectorSpec("dice"));
        QCOMPARE(specText(*parseDetectorSpec("dice:p=90")), std::string("dice"));
        QCOMPARE(specLabel(*parseDetectorSpec("dice")), std::string("DICE (p=90)"));
    }

    void textsParseBack_data() {
        QTest::addColumn<QString>("text");
        for (const DetectorInfo& info : allDetectors()) {
            QTest::newRow(info.id.c_str()) << QString::fromStdString(info.id);
            for (const DetectorVariant& variant : info.variants) {
                const std::string text = info.id + ":as=" + variant.name;
                QTest::newRow(text.c_str()) << QString::fromStdString(text);
            }
        }
    }
    void textsParseBack() {
        QFETCH(QString, text);
        const auto spec = parseDetectorSpec(text.toStdString());
        QVERIFY(spec);
        QCOMPARE(*parseDetectorSpec(specText(*spec)), *spec);
    }

    void refusesWhatThereIsNot_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("told");
        QTest::newRow("detector") << "magic"
                                  << "There is no detector 'magic'";
        QTest::newRow("empty") << ""
                               << "There is no detector ''";
        QTest::newRow("parameter") << "knn:q=1"
                                   << "it has k, normalise, bank, seed";
        QTest::newRow("no parameters") << "msp:q=1"
                                       << "it has none";
        QTest::newRow("no value") << "knn:k"
                                  << "NAME=VALUE";
        QTest::newRow("not a number") << "knn:k=many"
                                      << "a whole number from 1 to";
        QTest::newRow("rest of a number") << "energy:t=1x"
                                          << "'1x'";
        QTest::newRow("fraction") << "knn:k=1.5"
                                  << "a whole number";
        QTest::newRow("too small") << "dice:p=-1"
                                   << "a number from 0 to 100";
        QTest::newRow("too large") << "dice:p=101"
                                   << "a number from 0 to 100";
        QTest::newRow("not finite") << "energy:t=nan"
                                    << "'nan'";
        QTest::newRow("choice") << "she:measure=angle"
                                << "one of product, cosine, distance";
        QTest::newRow("choice as number") << "she:measure=1"
                                          << "one of product, cosine, distance";
        QTest::newRow("variant") << "knn:as=elsewhere"
                                 << "it has nearest";
    }
    void refusesWhatThereIsNot() {
        QFETCH(QString, text);
        QFETCH(QString, told);
        const auto spec = parseDetectorSpec(text.toStdString());
        QVERIFY(!spec);
        QVERIFY(spec.error().code == ErrorCode::InvalidArgument);
        QVERIFY2(QString::fromStdString(spec.error().message).contains(told), spec.error().message.c_str());
    }

    void readsLists() {
        const auto list = parseDetectorList("energy,dice:p=70,energy,dice");
        QVERIFY(list);
        QCOMPARE(list->size(), std::size_t{3});
        const auto all = parseDetectorList("dice:p=70,all");
        QVERIFY(all);
        std::size_t withoutModel = 0;
        for (const DetectorInfo& info : allDetectors()) withoutModel += info.need != DetectorNeed::Model;
        QCOMPARE(all->size(), withoutModel + 1);
        QCOMPARE(specText(all->front()), std::string("dice:p=70"));
        QVERIFY(!parseDetectorList("energy,,msp"));
    }

    void aGivenClipNeedsNoTrainingFeatures() {
        QVERIFY(needOf(*parseDetectorSpec("react")) == DetectorNeed::TrainingFeatures);
        QVERIFY(needOf(*parseDetectorSpec("react:c=1")) == DetectorNeed::Nothing);
        QVERIFY(needOf(*parseDetectorSpec("dice+react:c=1")) == DetectorNeed::FeatureMean);
    }

    void saysWhatIsMissing_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("withMean");
        QTest::addColumn<QString>("told");
        QTest::newRow("mean") << "dice" << false << "mean feature";
        QTest::newRow("mean is enough") << "dice" << true << "";
        QTest::newRow("features") << "knn" << true << "features of ID training images";
        QTest::newRow("labels") << "mahalanobis" << true << "known classes";
        QTest::newRow("model") << "odin" << true << "gradient";
        QTest::newRow("nothing") << "energy" << false << "";
    }
    void saysWhatIsMissing() {
        QFETCH(QString, text);
        QFETCH(bool, withMean);
        QFETCH(QString, told);
        const Matrix<float> weight(2, 3, {1, 0, -1, 0, 1, 0.5F});
        const std::vector<float> bias{0, 0.5F};
        const std::vector<double> mean{1, 2, 3};
        const auto data =
            TrainingData::create({{weight.view(), bias},
                                  withMean ? std::span<const double>(mean) : std::span<const double>{},
                                  {},
                                  {},
                                  nullptr});
        QVERIFY(data);
        const auto detector = fitDetector(*parseDetectorSpec(text.toStdString()), *data);
        QCOMPARE(detector.has_value(), told.isEmpty());
        if (!detector) QVERIFY(QString::fromStdString(detector.error().message).contains(told));
    }

    void estimatesGrowWithTheWork() {
        const DetectorWork small{1000, 100, 256, 2000};
        const DetectorWork large{10'000, 100, 256, 20'000};
        const auto knn = *parseDetectorSpec("knn");
        QVERIFY(estimateSeconds(knn, small) > 0);
        QVERIFY(estimateSeconds(knn, large) > 50 * estimateSeconds(knn, small));
        const auto less = *parseDetectorSpec("knn:bank=10");
        QVERIFY(estimateSeconds(less, large) < estimateSeconds(knn, large) / 5);
        QVERIFY(estimateSeconds(*parseDetectorSpec("energy"), large) < estimateSeconds(knn, large));
        QVERIFY(estimateSeconds(*parseDetectorSpec("odin"), small) < 0);
    }

    void stopsBeforeFitting() {
        std::stop_source source;
        source.request_stop();
        const DetectorCase testCase(goldenCases()["small"]);
        const auto detector =
            fitDetector(*parseDetectorSpec("mahalanobis"), testCase.training(), {source.get_token(), {}});
        QVERIFY(!detector);
        QVERIFY(detector.error().code == ErrorCode::Cancelled);
    }
};

QTEST_APPLESS_MAIN(TestDetectorRegistry)
#include "test_detector_registry.moc"
