#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

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

    [[nodiscard]] Outcome start(const QStringList& arguments) const {
        QProcess process;
        auto environment = QProcessEnvironment::systemEnvironment();
        environment.insert("XDG_STATE_HOME", temporary.filePath("state"));
        environment.insert("XDG_CACHE_HOME", temporary.filePath("cache-home"));
        process.setProcessEnvironment(environment);
        process.setWorkingDirectory(temporary.path());
        process.start(QStringLiteral(DICESCOPE_CLI), arguments);
        process.waitForFinished(120000);
        return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1,
                QString::fromUtf8(process.readAllStandardOutput()),
                QString::fromUtf8(process.readAllStandardError())};
    }

    [[nodiscard]] Outcome runOnImages(const QStringList& arguments) const {
        return run(QStringList{"--model", "tiny.pt", "--preset", "tiny.json", "--id-train", "train", "--id",
                               "id", "--ood", "one=one", "two=two", "--device", "cpu"} +
                   arguments);
    }

    [[nodiscard]] QJsonObject json() const {
        QFile file(temporary.filePath("out/comparison.json"));
        return file.open(QIODevice::ReadOnly) ? QJsonDocument::fromJson(file.readAll()).object()
                                              : QJsonObject();
    }
};

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
    }
    void refusesWhatThereIsNot() {
        QFETCH(QStringList, arguments);
        QFETCH(QString, told);
        const auto outcome = Fixture().runOnImages(arguments);
        QVERIFY(outcome.code == 1 || outcome.code == 2);
        QVERIFY2(outcome.err.contains(told), qPrintable(outcome.err));
    }
};

QTEST_GUILESS_MAIN(TestCliCompare)
#include "test_cli_compare.moc"
