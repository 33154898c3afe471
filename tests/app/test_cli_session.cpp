#include <QDir>
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

QByteArray bytesOf(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

QJsonObject jsonOf(const QString& path) {
    return QJsonDocument::fromJson(bytesOf(path)).object();
}

/// A folder with images, a session that names them, and the program run in it.
struct Fixture {
    QTemporaryDir temporary;
    std::filesystem::path root{temporary.path().toStdString()};

    Fixture() {
        tiny::writeImages(root / "train", 24, 1, {"a", "b", "c", "d"});
        tiny::writeImages(root / "id", 30, 200, {"a", "b", "c", "d"});
        tiny::writeImages(root / "ood", 9, 9000);
        tiny::writeImages(root / "val", 9, 8000);
        tiny::writePreprocess(root);
        QFile::copy(QString::fromStdString(tiny::model().string()), path("tiny.pt"));
        write(session());
    }

    [[nodiscard]] QString path(const QString& name) const { return temporary.filePath(name); }

    [[nodiscard]] static QJsonObject session() {
        const QJsonObject inputs{{"model", "tiny.pt"},
                                 {"preprocess", "tiny.json"},
                                 {"id_train", "train"},
                                 {"id", "id"},
                                 {"ood", QJsonArray{QJsonObject{{"name", "far"}, {"path", "ood"}}}},
                                 {"validation", QJsonArray{QJsonObject{{"name", "val"}, {"path", "val"}}}},
                                 {"extraction", QJsonObject{{"device", "cpu"}, {"use_cache", false}}}};
        return {{"schema", 1},
                {"inputs", inputs},
                {"sweep", QJsonObject{{"levels", "0:100:25"}, {"react_clip", 0.5}, {"seed", 7}}},
                {"view", QJsonObject{{"choice", QJsonObject{{"on", "val"}, {"criterion", "auroc"}}}}},
                {"p", 62.5},
                {"bootstrap", 20}};
    }

    void write(const QJsonObject& session) const {
        tiny::writeText(root / "session.json", QJsonDocument(session).toJson().toStdString());
    }

    [[nodiscard]] Outcome run(const QStringList& arguments) const {
        QProcess process;
        auto environment = QProcessEnvironment::systemEnvironment();
        environment.insert("XDG_STATE_HOME", path("state"));
        environment.insert("XDG_CACHE_HOME", path("cache-home"));
        process.setProcessEnvironment(environment);
        process.setWorkingDirectory(temporary.path());
        process.start(QStringLiteral(DICESCOPE_CLI), QStringList{"-q"} + arguments);
        process.waitForFinished(120000);
        return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1,
                QString::fromUtf8(process.readAllStandardOutput()),
                QString::fromUtf8(process.readAllStandardError())};
    }
};

}  // namespace

class TestCliSession : public QObject {
    Q_OBJECT

  private slots:
    void analyzeTakesEverythingFromTheSession() {
        const Fixture fixture;
        const auto outcome = fixture.run({"analyze", "--session", "session.json", "--out", "out"});
        QVERIFY2(outcome.code == 0, qPrintable(outcome.err));
        const auto plain =
            fixture.run({"analyze", "--model", "tiny.pt", "--preset",   "tiny.json", "--id-train", "train",
                         "--id",    "id",      "--ood",   "far=ood",    "--device",  "cpu",        "--p",
                         "62.5",    "--react", "0.5",     "--no-cache", "--out",     "plain"});
        QVERIFY2(plain.code == 0, qPrintable(plain.err));
        QCOMPARE(bytesOf(fixture.path("out/metrics.csv")), bytesOf(fixture.path("plain/metrics.csv")));
        QCOMPARE(bytesOf(fixture.path("out/scores.csv")), bytesOf(fixture.path("plain/scores.csv")));
        QVERIFY(!bytesOf(fixture.path("out/scores.csv")).isEmpty());
    }

    void optionsOverrideTheSessionWhereverTheyStand() {
        const Fixture fixture;
        const auto outcome = fixture.run({"analyze", "--p", "10,20", "--ood", "near=val", "--session",
                                          "session.json", "--react", "0.25", "--out", "out"});
        QVERIFY2(outcome.code == 0, qPrintable(outcome.err));
        const QJsonObject json = jsonOf(fixture.path("out/metrics.json"));
        QCOMPARE(json["react_clip"].toDouble(), 0.25);
        QCOMPARE(json["masks"].toArray().size(), 2);
        QCOMPARE(json["masks"][0]["p"].toDouble(), 10);
        QCOMPARE(json["sets"][2]["name"].toString(), "near");
    }

    void sweepTakesEverythingFromTheSession() {
        const Fixture fixture;
        const auto outcome = fixture.run({"sweep", "--session", "session.json", "--out", "out"});
        QVERIFY2(outcome.code == 0, qPrintable(outcome.err));
        const auto plain = fixture.run(
            {"sweep",   "--model",    "tiny.pt", "--preset",    "tiny.json",   "--id-train", "train",
             "--id",    "id",         "--ood",   "far=ood",     "--device",    "cpu",        "--validation",
             "val=val", "--choose-p", "on=val",  "--criterion", "auroc",       "--levels",   "0:100:25",
             "--react", "0.5",        "--seed",  "7",           "--bootstrap", "20",         "--at",
             "62.5",    "--no-cache", "--out",   "plain"});
        QVERIFY2(plain.code == 0, qPrintable(plain.err));
        QCOMPARE(bytesOf(fixture.path("out/sweep.csv")), bytesOf(fixture.path("plain/sweep.csv")));
        const QJsonObject a = jsonOf(fixture.path("out/sweep.json"));
        const QJsonObject b = jsonOf(fixture.path("plain/sweep.json"));
        QCOMPARE(a["bootstrap"], b["bootstrap"]);
        QCOMPARE(a["choice"], b["choice"]);
        QVERIFY(!a["choice"].toArray().isEmpty());

        QCOMPARE(fixture
                     .run({"sweep", "--session", "session.json", "--levels", "5,6", "--rank", "abs-weight",
                           "--criterion", "fpr95", "--bootstrap", "0", "--out", "over"})
                     .code,
                 0);
        const QJsonObject over = jsonOf(fixture.path("over/sweep.json"));
        QCOMPARE(over["levels"], (QJsonArray{5, 6}));
        QCOMPARE(over["ranking"].toString(), "abs-weight");
        QCOMPARE(over["choice"][0]["criterion"].toString(), "fpr95");
        QVERIFY(over["bootstrap"].isNull());
    }

    void exportGivesTheSameBytesAsTheOtherCommands() {
        const Fixture fixture;
        const auto outcome = fixture.run({"export", "--session", "session.json", "--out", "all"});
        QVERIFY2(outcome.code == 0, qPrintable(outcome.err));
        QVERIFY2(outcome.out.contains("masked-model.pt was loaded again"), qPrintable(outcome.out));
        QCOMPARE(QDir(fixture.path("all")).entryList(QDir::Files | QDir::Hidden, QDir::Name),
                 (QStringList{"masked-model.pt", "masked-weight.npy", "metrics.csv", "metrics.json",
                              "metrics.md", "metrics.tex", "report.html", "scores.csv", "session.json",
                              "sweep.csv", "sweep.json"}));
        QCOMPARE(fixture.run({"analyze", "--session", "session.json", "--out", "one"}).code, 0);
        QCOMPARE(fixture.run({"sweep", "--session", "session.json", "--out", "one"}).code, 0);
        for (const char* file : {"metrics.json", "metrics.csv", "scores.csv", "sweep.json", "sweep.csv"}) {
            QCOMPARE(bytesOf(fixture.path(QString("all/") + file)),
                     bytesOf(fixture.path(QString("one/") + file)));
        }
        // The session in the folder gives the same again.
        QCOMPARE(fixture
                     .run({"export", "--session", "all/session.json", "--out", "again", "--parts",
                           "sweep.json,metrics.json"})
                     .code,
                 0);
        QCOMPARE(QDir(fixture.path("again")).entryList(QDir::Files, QDir::Name),
                 (QStringList{"metrics.json", "sweep.json"}));
        QCOMPARE(bytesOf(fixture.path("again/metrics.json")), bytesOf(fixture.path("all/metrics.json")));
        QCOMPARE(bytesOf(fixture.path("again/sweep.json")), bytesOf(fixture.path("all/sweep.json")));
    }

    void anotherRuleIsForSweepAndExport() {
        const Fixture fixture;
        QJsonObject session = Fixture::session();
        session["sweep"] = QJsonObject{{"rule", "unit-activation"}, {"levels", "0:100:25"}};
        fixture.write(session);
        const auto analyze = fixture.run({"analyze", "--session", "session.json", "--out", "out"});
        QCOMPARE(analyze.code, 2);
        QVERIFY(analyze.err.contains("unit-activation"));
        const auto exported = fixture.run({"export", "--session", "session.json", "--out", "out"});
        QVERIFY2(exported.code == 0, qPrintable(exported.err));
        QVERIFY(exported.out.contains("scores.csv is left out"));
        QVERIFY(bytesOf(fixture.path("out/metrics.csv")).contains("\nunit-activation,energy,62.5,far,"));
    }

    void wrongSessionsGetASentence_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("word");
        QTest::newRow("cut off") << QByteArray(R"({"schema": 1, "p":)") << 1 << "cut off";
        QTest::newRow("unknown key") << QByteArray(R"({"schema": 1, "colour": 1})") << 1 << "'colour'";
        QTest::newRow("newer") << QByteArray(R"({"schema": 9})") << 1 << "version 9";
        QTest::newRow("no inputs") << QByteArray(R"({"schema": 1})") << 2 << "model";
        QTest::newRow("missing folder")
            << QByteArray(
                   R"({"schema": 1, "inputs": {"model": "tiny.pt", "preprocess": "tiny.json", "id_train":
                "train", "id": "gone", "ood": [{"name": "far", "path": "ood"}]}})")
            << 1 << "gone";
    }
    void wrongSessionsGetASentence() {
        QFETCH(QByteArray, text);
        QFETCH(int, code);
        QFETCH(QString, word);
        const Fixture fixture;
        tiny::writeText(fixture.root / "session.json", text.toStdString());
        for (const char* command : {"analyze", "sweep", "export"}) {
            const auto outcome = fixture.run({command, "--session", "session.json", "--out", "out"});
            QVERIFY2(outcome.code == code, qPrintable(outcome.err));
            QVERIFY2(outcome.err.contains(word), qPrintable(outcome.err));
            QVERIFY(!QFile::exists(fixture.path("out")));
        }
    }

    void wrongArgumentsOfExport() {
        const Fixture fixture;
        QCOMPARE(fixture.run({"export", "--out", "out"}).code, 2);
        QCOMPARE(fixture.run({"export", "--session", "none.json", "--out", "out"}).code, 1);
        const auto part =
            fixture.run({"export", "--session", "session.json", "--parts", "metrics", "--out", "out"});
        QCOMPARE(part.code, 2);
        QVERIFY2(part.err.contains("metrics.json"), qPrintable(part.err));
        const auto nothing = fixture.run({"analyze", "--out", "out"});
        QCOMPARE(nothing.code, 2);
        QVERIFY(!QFile::exists(fixture.path("out")));
    }
};

QTEST_GUILESS_MAIN(TestCliSession)
#include "test_cli_session.moc"
