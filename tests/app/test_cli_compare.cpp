#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>
#include <csignal>
#include <utility>
#include <vector>

#include "tests/support/tiny_case.h"

namespace {

struct Outcome {
    int code = -1;
    QString out;
    QString err;
};

/// A folder with images and a model, and the program run in it.
struct Fixture {
    QTemporaryDir temporary;
    std::filesystem::path root{temporary.path().toStdString()};

    Fixture() {
        tiny::writeImages(root / "train", 60, 1, {"a", "b", "c", "d"});
        tiny::writeImages(root / "id", 30, 200, {"a", "b", "c", "d"});
        tiny::writeImages(root / "one", 9, 9000);
        tiny::writeImages(root / "two", 12, 8000);
        tiny::writePreprocess(root);
        QFile::copy(QString::fromStdString(tiny::model().string()), temporary.filePath("tiny.pt"));
    }

    [[nodiscard]] Outcome run(const QStringList& arguments) const {
        return start(QStringList{"-q", "compare"} + arguments);
    }

    [[nodiscard]] Outcome extract(const QString& folder, const QString& file) const {
        return start({"-q", "extract", "--model", "tiny.pt", "--preset", "tiny.json", "--device", "cpu",
                      "--images", folder, "--out", file});
    }

    void prepare(QProcess& process) const {
        auto environment = QProcessEnvironment::systemEnvironment();
        environment.insert("XDG_STATE_HOME", temporary.filePath("state"));
        environment.insert("XDG_CACHE_HOME", temporary.filePath("cache-home"));
        process.setProcessEnvironment(environment);
        process.setWorkingDirectory(temporary.path());
    }

    [[nodiscard]] Outcome start(const QStringList& arguments) const {
        QProcess process;
        prepare(process);
        process.start(QStringLiteral(DICESCOPE_CLI), arguments);
        process.waitForFinished(120000);
        return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1,
                QString::fromUtf8(process.readAllStandardOutput()),
                QString::fromUtf8(process.readAllStandardError())};
    }

    [[nodiscard]] static QStringList imageArguments() {
        return {"--model", "tiny.pt", "--preset", "tiny.json", "--id-train", "train", "--id",
                "id",      "--ood",   "one=one",  "two=two",   "--device",   "cpu"};
    }

    [[nodiscard]] Outcome runOnImages(const QStringList& arguments) const {
        return run(imageArguments() + arguments);
    }

    /// s.dicescope with the images of the fixture and these OOD sets as pairs of name and folder.
    void writeSession(QJsonObject session, const std::vector<std::pair<QString, QString>>& ood) const {
        QJsonArray sets;
        for (const auto& [name, path] : ood) sets << QJsonObject{{"name", name}, {"path", path}};
        session["schema"] = 1;
        session["inputs"] =
            QJsonObject{{"model", "tiny.pt"},  {"preprocess", "tiny.json"},
                        {"id_train", "train"}, {"id", "id"},
                        {"ood", sets},         {"extraction", QJsonObject{{"device", "cpu"}}}};
        QFile file(temporary.filePath("s.dicescope"));
        const QByteArray text = QJsonDocument(session).toJson();
        if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
            qFatal("the session cannot be written");
    }

    [[nodiscard]] QJsonObject json(const QString& name = "comparison.json") const {
        QFile file(temporary.filePath("out/" + name));
        return file.open(QIODevice::ReadOnly) ? QJsonDocument::fromJson(file.readAll()).object()
                                              : QJsonObject();
    }
};

QStringList names(const QJsonObject& comparison) {
    QStringList list;
    for (const auto& detector : comparison["detectors"].toArray())
        list << detector.toObject()["detector"].toString();
    return list;
}

}  // namespace

class TestCliCompare : public QObject {
    Q_OBJECT

  private slots:
    void listsDetectorsWithoutInputs() {
        const auto outcome = Fixture().run({"--list"});
        QCOMPARE(outcome.code, 0);
        QVERIFY(outcome.out.contains("dice+react"));
        QVERIFY(outcome.out.contains("as=pytorch-ood"));
    }

    void comparesAllFromImages() {
        const Fixture fixture;
        const auto outcome = fixture.runOnImages(
            {"--near", "one", "--far", "two", "--bootstrap", "30", "--seed", "3", "--out", "out"});
        QVERIFY2(outcome.code == 0, qPrintable(outcome.err));
        QVERIFY(outcome.out.contains("Mahalanobis"));
        const QJsonObject json = fixture.json();
        QCOMPARE(json["baseline"].toString(), "energy");
        QCOMPARE(json["bootstrap"]["seed"].toInt(), 3);
        int ran = 0;
        for (const auto& detector : json["detectors"].toArray()) ran += detector.toObject()["error"].isNull();
        QVERIFY2(ran >= 25, qPrintable(QString::number(ran)));
        for (const char* name : {"out/comparison.csv", "out/comparison.tex", "out/comparison.md"}) {
            QVERIFY2(QFile::exists(fixture.temporary.filePath(name)), name);
        }
    }

    void takesSettingsAndABaselineThatIsNotListed() {
        const Fixture fixture;
        const auto outcome = fixture.runOnImages({"--detectors", "dice:p=40,knn:k=3:normalise=off",
                                                  "--baseline", "msp", "--bootstrap", "0", "--out", "out"});
        QVERIFY2(outcome.code == 0, qPrintable(outcome.err));
        const QJsonArray detectors = fixture.json()["detectors"].toArray();
        QCOMPARE(detectors.size(), 3);
        QCOMPARE(detectors[0]["detector"].toString(), "dice:p=40");
        QCOMPARE(detectors[1]["parameters"]["normalise"].toString(), "off");
        QCOMPARE(fixture.json()["baseline"].toString(), "msp");
    }

    void odinRunsOnlyWhereItIsAskedFor() {
        const Fixture fixture;
        const QStringList rest{"--bootstrap", "0", "--out", "out"};
        QCOMPARE(fixture.runOnImages(QStringList{"--detectors", "all"} + rest).code, 0);
        for (const auto& detector : fixture.json()["detectors"].toArray())
            QVERIFY(detector.toObject()["detector"].toString() != "odin");

        const auto outcome = fixture.runOnImages(QStringList{"--detectors", "odin,energy"} + rest);
        QVERIFY2(outcome.code == 0, qPrintable(outcome.err));
        const QJsonObject odin = fixture.json()["detectors"].toArray()[0].toObject();
        QCOMPARE(odin["detector"].toString(), "odin");
        QVERIFY2(odin["error"].isNull(), qPrintable(odin["error"].toString()));
    }

    void withoutImagesOdinSaysSoAndTheOthersGoOn() {
        const Fixture fixture;
        for (const char* set : {"train", "id", "one"}) {
            const QString file = QString(set) + ".safetensors";
            QCOMPARE(fixture.extract(set, file).code, 0);
        }
        std::filesystem::remove_all(fixture.root / "one");
        const auto outcome = fixture.run({"--model", "tiny.pt", "--id-train", "train.safetensors", "--id",
                                          "id.safetensors", "--ood", "one=one.safetensors", "--device", "cpu",
                                          "--detectors", "odin,energy", "--bootstrap", "0", "--out", "out"});
        QVERIFY2(outcome.code == 0, qPrintable(outcome.err));
        const QJsonArray detectors = fixture.json()["detectors"].toArray();
        QVERIFY2(detectors[0]["error"].toString().contains("'one'"), qPrintable(outcome.out));
        QVERIFY(detectors[1]["error"].isNull());
    }

    void needsNoOutputFolder() {
        const auto outcome = Fixture().runOnImages({"--detectors", "energy", "--bootstrap", "0"});
        QVERIFY2(outcome.code == 0, qPrintable(outcome.err));
        QVERIFY(outcome.out.contains("Energy"));
        QVERIFY(!outcome.out.contains("Written"));
    }

    void refusesWhatThereIsNot_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("told");
        QTest::newRow("detector") << QStringList{"--detectors", "magic"} << "no detector 'magic'";
        QTest::newRow("parameter") << QStringList{"--detectors", "knn:q=1"} << "no parameter 'q'";
        QTest::newRow("baseline") << QStringList{"--baseline", "magic"} << "no detector 'magic'";
        QTest::newRow("group") << QStringList{"--near", "three"} << "no OOD set 'three'";
        QTest::newRow("both groups") << QStringList{"--near", "one", "--far", "one,two"}
                                     << "near and in the far";
        QTest::newRow("level") << QStringList{"--tpr", "2"} << "2";
        QTest::newRow("resamples") << QStringList{"--bootstrap", "2000000"} << "1,000,000";
        QTest::newRow("benchmark") << QStringList{"--benchmark", "cifar11"} << "'cifar11'";
    }
    void refusesWhatThereIsNot() {
        QFETCH(QStringList, arguments);
        QFETCH(QString, told);
        const Fixture fixture;
        // Nothing is loaded before, or this would be what is complained about.
        QFile model(fixture.temporary.filePath("tiny.pt"));
        QVERIFY(model.open(QIODevice::WriteOnly | QIODevice::Truncate) && model.write("no model") > 0);
        model.close();
        const auto outcome = fixture.runOnImages(arguments + QStringList{"--out", "out"});
        QVERIFY(outcome.code == 1 || outcome.code == 2);
        QVERIFY2(outcome.err.contains(told), qPrintable(outcome.err));
        QVERIFY(!QFile::exists(fixture.temporary.filePath("out")));
    }

    void aSessionGivesWhatIsNotSaid() {
        const Fixture fixture;
        fixture.writeSession({{"benchmark", "cifar10"},
                              {"p", 40},
                              {"bootstrap", 20},
                              {"sweep", QJsonObject{{"react_clip", 0.5}, {"seed", 7}}}},
                             {{"SVHN", "one"}, {"LSUN-C", "two"}});
        const QStringList common{"--session", "s.dicescope", "--detectors", "dice,dice+react,energy",
                                 "--out",     "out"};
        auto outcome = fixture.run(common);
        QVERIFY2(outcome.code == 0, qPrintable(outcome.err));
        const QJsonObject given = fixture.json();
        QCOMPARE(given["far"], QJsonArray{"SVHN"});
        QCOMPARE(given["near"], QJsonArray());
        QCOMPARE(given["bootstrap"]["resamples"].toInt(), 20);
        QCOMPARE(given["bootstrap"]["seed"].toInt(), 7);
        QCOMPARE(given["detectors"][0]["detector"].toString(), "dice:p=40");
        QCOMPARE(given["detectors"][1]["detector"].toString(), "dice+react:p=40:c=0.5");

        outcome = fixture.run(common + QStringList{"--bootstrap", "30", "--seed", "8", "--near", "SVHN"});
        QVERIFY2(outcome.code == 0, qPrintable(outcome.err));
        const QJsonObject said = fixture.json();
        QCOMPARE(said["far"], QJsonArray());
        QCOMPARE(said["near"], QJsonArray{"SVHN"});
        QCOMPARE(said["bootstrap"]["resamples"].toInt(), 30);
        QCOMPARE(said["bootstrap"]["seed"].toInt(), 8);
    }

    void aSessionSaysWhatIsCompared() {
        const Fixture fixture;
        const QJsonObject choices{{"detectors", QJsonArray{"msp", "dice", "dice:p=90", "knn:k=3", "msp"}},
                                  {"unchecked", QJsonArray{"gen"}},
                                  {"baseline", "dice"},
                                  {"groups", QJsonObject{{"near", QJsonArray{"LSUN-C", "gone"}}}},
                                  {"resamples", 25}};
        fixture.writeSession(
            {{"benchmark", "cifar10"}, {"p", 40}, {"bootstrap", 20}, {"comparison", choices}},
            {{"SVHN", "one"}, {"LSUN-C", "two"}});
        const QStringList common{"--session", "s.dicescope", "--out", "out"};
        auto outcome = fixture.run(common);
        QVERIFY2(outcome.code == 0, qPrintable(outcome.err));
        const QJsonObject chosen = fixture.json();
        QCOMPARE(names(chosen), (QStringList{"msp", "dice:p=40", "dice", "knn:k=3"}));
        QCOMPARE(chosen["baseline"].toString(), "dice:p=40");
        QCOMPARE(chosen["near"], QJsonArray{"LSUN-C"});
        QCOMPARE(chosen["far"], QJsonArray());
        QCOMPARE(chosen["bootstrap"]["resamples"].toInt(), 25);

        // What the command line says stands above it.
        outcome = fixture.run(common + QStringList{"--detectors", "dice:p=20,energy", "--baseline", "msp",
                                                   "--far", "LSUN-C", "--bootstrap", "0"});
        QVERIFY2(outcome.code == 0, qPrintable(outcome.err));
        const QJsonObject said = fixture.json();
        QCOMPARE(names(said), (QStringList{"dice:p=20", "energy", "msp"}));
        QCOMPARE(said["baseline"].toString(), "msp");
        QCOMPARE(said["near"], QJsonArray());
        QCOMPARE(said["far"], QJsonArray{"LSUN-C"});
        QVERIFY(said["bootstrap"].isNull() || said["bootstrap"]["resamples"].toInt() == 0);

        // The session's baseline is not among these; the groups of another benchmark are its own.
        outcome = fixture.run(
            common + QStringList{"--detectors", "energy,msp", "--benchmark", "cifar100", "--bootstrap", "0"});
        QVERIFY2(outcome.code == 0, qPrintable(outcome.err));
        QCOMPARE(names(fixture.json()), (QStringList{"energy", "msp"}));
        QCOMPARE(fixture.json()["baseline"].toString(), "energy");
        QCOMPARE(fixture.json()["near"], QJsonArray());
    }

    void aBenchmarkOfANewerProgramShowsNothing() {
        const Fixture fixture;
        const QJsonObject choices{{"groups", QJsonObject{{"near", QJsonArray{"one"}}}}};
        fixture.writeSession({{"benchmark", "newer"}, {"comparison", choices}, {"bootstrap", 0}},
                             {{"one", "one"}});
        auto outcome = fixture.run({"--session", "s.dicescope", "--detectors", "energy", "--out", "out"});
        QVERIFY2(outcome.code == 0, qPrintable(outcome.err));
        QCOMPARE(fixture.json()["near"], QJsonArray{"one"});
        QVERIFY(!fixture.json().contains("published"));
        outcome = fixture.run({"--session", "s.dicescope", "--benchmark", "newer"});
        QCOMPARE(outcome.code, 2);
    }
    void aSessionMayChooseNoBaselineOrNothing() {
        const Fixture fixture;
        const QStringList common{"--session", "s.dicescope", "--bootstrap", "0", "--out", "out"};
        fixture.writeSession({{"comparison", QJsonObject{{"detectors", QJsonArray{"energy", "msp"}},
                                                         {"baseline", QJsonValue()}}}},
                             {{"one", "one"}});
        QCOMPARE(fixture.run(common).code, 0);
        QCOMPARE(names(fixture.json()), (QStringList{"energy", "msp"}));
        QVERIFY(fixture.json()["baseline"].isNull());
        fixture.writeSession({{"comparison", QJsonObject{{"detectors", QJsonArray()}}}}, {{"one", "one"}});
        const auto outcome = fixture.run(common);
        QCOMPARE(outcome.code, 2);
        QVERIFY2(outcome.err.contains("no detector to compare"), qPrintable(outcome.err));
    }

    void publishedNumbersAreLaidBeside() {
        const Fixture fixture;
        const auto outcome =
            fixture.run({"--model",     "tiny.pt",  "--preset",    "tiny.json",   "--id-train",
                         "train",       "--id",     "id",          "--ood",       "SUN=one",
                         "mine=two",    "--device", "cpu",         "--detectors", "msp,dice,knn:k=3",
                         "--bootstrap", "0",        "--benchmark", "imagenet1k",  "--out",
                         "out"});
        QVERIFY2(outcome.code == 0, qPrintable(outcome.err));
        QVERIFY2(outcome.out.contains("beside published numbers"), qPrintable(outcome.out));
        QVERIFY(outcome.out.contains("The model (C=4"));
        const QJsonArray published = fixture.json()["published"].toArray();
        QCOMPARE(published.size(), 2);  // MSP and DICE at the preset's p on SUN
        QCOMPARE(published[0]["published_fpr95"].toDouble(), 0.7083);
        QCOMPARE(published[1]["detector"].toString(), "dice:p=70");
        QFile csv(fixture.temporary.filePath("out/comparison-published.csv"));
        QVERIFY(csv.open(QIODevice::ReadOnly));
        QCOMPARE(csv.readAll().count('\n'), 3);
    }

    void anInterruptedRunLeavesWhatWasDone() {
        const Fixture fixture;
        QProcess process;
        fixture.prepare(process);
        QByteArray told;
        process.start(QStringLiteral(DICESCOPE_CLI), QStringList{"compare", "--bootstrap", "1000000", "--out",
                                                                 "out", "--detectors", "energy,msp"} +
                                                         Fixture::imageArguments());
        QVERIFY(process.waitForStarted());
        QTRY_VERIFY_WITH_TIMEOUT((told += process.readAllStandardError()).contains("Intervals of"), 60000);
        ::kill(static_cast<pid_t>(process.processId()), SIGINT);
        QVERIFY(process.waitForFinished());
        QCOMPARE(process.exitStatus(), QProcess::NormalExit);
        QCOMPARE(process.exitCode(), 130);
        QVERIFY(process.readAllStandardOutput().contains("Partial: "));
        QVERIFY(!QFile::exists(fixture.temporary.filePath("out/comparison.json")));
        const QJsonObject json = fixture.json("comparison-partial.json");
        QVERIFY(json["partial"].toBool());
        QCOMPARE(json["detectors"].toArray().size(), 2);
        QVERIFY(json["detectors"][1]["rows"][0]["intervals"].isNull());
    }
};

QTEST_GUILESS_MAIN(TestCliCompare)
#include "test_cli_compare.moc"
