#include <sys/mount.h>
#include <unistd.h>

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>
#include <csignal>

#include "tests/support/tiny_case.h"

namespace {

struct Outcome {
    int code = -1;
    bool crashed = false;
    QString out;
    QString err;
};

/// A folder with images, and the program run in it.
struct Fixture {
    QTemporaryDir temporary;
    std::filesystem::path root{temporary.path().toStdString()};

    explicit Fixture(unsigned images = 12) {
        tiny::writeImages(root / "train", 24, 1, {"a", "b", "c", "d"});
        tiny::writeImages(root / "id", images, 200, {"a", "b", "c", "d"});
        tiny::writeImages(root / "ood", 9, 9000);
        tiny::writePreprocess(root);
        QFile::copy(QString::fromStdString(tiny::model().string()), path("tiny.pt"));
    }

    [[nodiscard]] QString path(const QString& name) const { return temporary.filePath(name); }
    [[nodiscard]] bool exists(const QString& name) const { return QFile::exists(path(name)); }

    void prepare(QProcess& process) const {
        auto environment = QProcessEnvironment::systemEnvironment();
        environment.insert("XDG_STATE_HOME", path("state"));
        environment.insert("XDG_CACHE_HOME", path("cache-home"));
        process.setProcessEnvironment(environment);
        process.setWorkingDirectory(temporary.path());
    }

    [[nodiscard]] Outcome run(const QStringList& arguments) const {
        QProcess process;
        prepare(process);
        process.start(QStringLiteral(DICESCOPE_CLI), arguments);
        process.waitForFinished(120000);
        return {process.exitCode(), process.exitStatus() != QProcess::NormalExit,
                QString::fromUtf8(process.readAllStandardOutput()),
                QString::fromUtf8(process.readAllStandardError())};
    }

    [[nodiscard]] static QStringList analyzeArguments() {
        return {"analyze", "-q", "--model", "tiny.pt", "--preset", "tiny.json", "--id-train", "train",
                "--id",    "id", "--ood",   "far=ood", "--device", "cpu",       "--out",      "out"};
    }

    [[nodiscard]] static QStringList sweepArguments() {
        auto arguments = analyzeArguments();
        arguments[0] = "sweep";
        return arguments;
    }

    [[nodiscard]] static QStringList extractArguments(const QString& out, const QString& cache) {
        return {"extract", "-q",       "--model", "tiny.pt", "--preset", "tiny.json", "--images",
                "id",      "--device", "cpu",     "--out",   out,        "--cache",   cache};
    }
};

/// Images and options that keep a run going long enough to be stopped in the middle on a fast machine.
constexpr int kLongRun = 20000;
const QStringList kSlowly{"--batch-size", "1", "--threads", "1"};

QByteArray bytesOf(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

QJsonObject jsonOf(const QString& path) {
    return QJsonDocument::fromJson(bytesOf(path)).object();
}

QStringList replaced(QStringList arguments, const QString& option, const QString& value) {
    const auto at = arguments.indexOf(option);
    arguments[at + 1] = value;
    return arguments;
}

QStringList without(QStringList arguments, const QString& option) {
    const auto at = arguments.indexOf(option);
    arguments.remove(at, 2);
    return arguments;
}

}  // namespace

class TestCli : public QObject {
    Q_OBJECT

  private slots:
    void analyzeWritesAllResults() {
        const Fixture fixture;
        tiny::writeText(fixture.root / "ood" / "broken.png", "no image");
        const auto outcome =
            fixture.run(Fixture::analyzeArguments() + QStringList{"--p", "90,50", "--react", "1"});
        QVERIFY2(outcome.code == 0, qPrintable(outcome.err));
        QVERIFY(outcome.out.contains("dice p=90"));
        QVERIFY(outcome.out.contains("broken.png"));

        const QJsonObject json = jsonOf(fixture.path("out/metrics.json"));
        QCOMPARE(json["schema"].toInt(), 1);
        QCOMPARE(json["model"]["sha256"].toString().size(), 64);
        QCOMPARE(json["sets"].toArray().size(), 3);
        const QJsonObject ood = json["sets"].toArray()[2].toObject();
        QCOMPARE(ood["name"].toString(), "far");
        QCOMPARE(ood["role"].toString(), "ood");
        QCOMPARE(ood["n"].toInt(), 9);
        QCOMPARE(ood["skipped"][0]["path"].toString(), "broken.png");
        // (dense + react + 2 levels of dice and of dice+react) x 3 scores x (far + average)
        QCOMPARE(json["rows"].toArray().size(), 6 * 3 * 2);
        for (const QJsonValue row : json["rows"].toArray()) {
            for (const char* key : {"fpr95", "fpr95_ood_positive", "auroc", "aupr_in", "aupr_out", "tpr"}) {
                QVERIFY(row[key].isDouble());
                QVERIFY(row[key].toDouble() >= 0 && row[key].toDouble() <= 1);
            }
            QCOMPARE(row["p"].isNull(), row["detector"] == "dense" || row["detector"] == "react");
        }
        const auto csv = bytesOf(fixture.path("out/metrics.csv")).split('\n');
        QCOMPARE(csv.size(), 1 + 6 * 3 * 2 + 1);
        const auto scores = bytesOf(fixture.path("out/scores.csv")).split('\n');
        QCOMPARE(scores[0],
                 QByteArray("path,set,label,prediction,energy_dense,energy_dice_p50,energy_dice_p90"));
        QCOMPARE(scores.size(), 1 + 12 + 9 + 1);
    }

    void scoreOnFeatureFilesGivesTheSameRows() {
        const Fixture fixture;
        QCOMPARE(fixture.run(Fixture::analyzeArguments()).code, 0);
        for (const QString& set : {QString("train"), QString("id"), QString("ood")}) {
            const auto outcome =
                fixture.run(replaced(Fixture::extractArguments(set + ".safetensors", "c2"), "--images", set));
            QVERIFY2(outcome.code == 0, qPrintable(outcome.err));
        }
        const auto outcome =
            fixture.run({"score", "-q", "--model", "tiny.pt", "--id-train", "train.safetensors", "--id",
                         "id.safetensors", "--ood", "far=ood.safetensors", "--out", "out2"});
        QVERIFY2(outcome.code == 0, qPrintable(outcome.err));
        QCOMPARE(jsonOf(fixture.path("out2/metrics.json"))["rows"],
                 jsonOf(fixture.path("out/metrics.json"))["rows"]);
        QCOMPARE(jsonOf(fixture.path("out2/metrics.json"))["accuracy"],
                 jsonOf(fixture.path("out/metrics.json"))["accuracy"]);
    }

    void sweepWritesEveryLevelAndTheChoice() {
        const Fixture fixture;
        const auto outcome =
            fixture.run(Fixture::sweepArguments() + QStringList{"--levels", "0:100:5", "--choose-p",
                                                                "on=gaussian-noise", "--bootstrap", "50"});
        QVERIFY2(outcome.code == 0, qPrintable(outcome.err));
        QVERIFY(outcome.out.contains("chosen on gaussian-noise"));
        const QJsonObject json = jsonOf(fixture.path("out/sweep.json"));
        QCOMPARE(json["levels"].toArray().size(), 21);
        QCOMPARE(json["kept"].toArray().last().toInt(), 0);
        QCOMPARE(json["rows"].toArray().size(), 3 * 2);
        QCOMPARE(json["choice"].toArray().size(), 3);
        QCOMPARE(json["bootstrap"]["intervals"].toArray().size(), 3);
        QVERIFY(fixture.exists("out/sweep.csv"));
    }

    void choosingOnAReportedSetMustBeMeant() {
        const Fixture fixture;
        const auto refused = fixture.run(Fixture::sweepArguments() + QStringList{"--choose-p", "on=far"});
        QCOMPARE(refused.code, 2);
        QVERIFY2(refused.err.contains("far"), qPrintable(refused.err));
        QVERIFY(!fixture.exists("out/sweep.json"));
        const auto meant = fixture.run(Fixture::sweepArguments() +
                                       QStringList{"--choose-p", "on=far", "--choose-on-reported"});
        QVERIFY2(meant.code == 0, qPrintable(meant.err));
        QVERIFY(meant.out.contains("optimistic"));
    }

    void infoPrintsTheHead() {
        const Fixture fixture;
        const auto outcome = fixture.run({"info", "tiny.pt", "--preset", "tiny.json"});
        QVERIFY2(outcome.code == 0, qPrintable(outcome.err));
        QVERIFY(outcome.out.contains("fc (4 classes x 6 features)"));
    }

    void wrongInputGetsASentence_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("word");
        const QStringList good = Fixture::analyzeArguments();
        const auto add = [](const char* name, const QStringList& arguments, int code, const char* word) {
            QTest::newRow(name) << arguments << code << QString(word);
        };
        add("no command", {}, 2, "subcommand");
        add("unknown command", {"analyse"}, 2, "");
        add("unknown option", good + QStringList{"--frobnicate", "1"}, 2, "");
        add("not a TorchScript file", replaced(good, "--model", "tiny.json"), 1, "TorchScript");
        add("no model file", replaced(good, "--model", "none.pt"), 1, "none.pt");
        add("a folder as model", replaced(good, "--model", "id"), 1, "id");
        add("empty folder", replaced(good, "--id", "empty"), 1, "empty");
        add("folder without image", replaced(good, "--id", "texts"), 1, "texts");
        add("missing folder", replaced(good, "--id", "nowhere"), 1, "nowhere");
        add("unknown preset", replaced(good, "--preset", "imagenot"), 2, "imagenet");
        add("grey preset for an RGB model", replaced(good, "--preset", "fashion"), 1, "channel");
        add("p above 100", good + QStringList{"--p", "101"}, 2, "100");
        add("p below 0", good + QStringList{"--p=-1"}, 2, "100");
        add("p is no number", good + QStringList{"--p", "many"}, 2, "many");
        add("clip of zero", good + QStringList{"--react", "0"}, 2, "clip");
        add("OOD names twice", good + QStringList{"--ood", "far=id"}, 2, "'far'");
        add("OOD without a name", replaced(good, "--ood", "ood"), 2, "NAME=PATH");
        add("OOD called average", replaced(good, "--ood", "average=ood"), 2, "average");
        add("neither training images nor mean", without(good, "--id-train"), 2, "mean");
        add("output below a file", replaced(good, "--out", "tiny.pt/out"), 1, "tiny.pt/out");
        add("cache below a file", good + QStringList{"--cache", "tiny.pt/cache"}, 1, "tiny.pt");
        add("unknown device", replaced(good, "--device", "tpu"), 2, "tpu");
        add("mean that is no .npy", good + QStringList{"--feature-mean", "tiny.json"}, 1, "tiny.json");
        add("class file of another length", good + QStringList{"--classes", "two.txt"}, 1, "two.txt");
        add("head that does not exist", good + QStringList{"--head", "nothing"}, 1, "nothing");
        add("feature file that is none", replaced(good, "--id", "tiny.json"), 1, "tiny.json");
        add("choice without on=", Fixture::sweepArguments() + QStringList{"--choose-p", "noise"}, 2,
            "on=NAME");
        add("choice on an unknown set", Fixture::sweepArguments() + QStringList{"--choose-p", "on=who"}, 2,
            "who");
        add("unknown ranking", Fixture::sweepArguments() + QStringList{"--rank", "luck"}, 2, "contribution");
        add("levels above 100", Fixture::sweepArguments() + QStringList{"--levels", "0:200:1"}, 2, "100");
        add("folder for score",
            QStringList{"score"} + good.mid(1, 3) + good.mid(6, 6) + QStringList{"--out", "out"}, 2, "");
    }
    void wrongInputGetsASentence() {
        QFETCH(QStringList, arguments);
        QFETCH(int, code);
        QFETCH(QString, word);
        const Fixture fixture;
        std::filesystem::create_directories(fixture.root / "empty");
        tiny::writeText(fixture.root / "texts" / "a.txt", "no image");
        tiny::writeText(fixture.root / "two.txt", "a\nb\n");
        const auto outcome = fixture.run(arguments);
        QVERIFY(!outcome.crashed);
        QVERIFY2(outcome.code == code, qPrintable(QString::number(outcome.code) + ": " + outcome.err));
        QVERIFY2(outcome.err.contains(word), qPrintable(outcome.err));
        QVERIFY(!fixture.exists("out/metrics.json"));
        QVERIFY(!fixture.exists("out/metrics.csv"));
        QVERIFY(!fixture.exists("out/scores.csv"));
    }

    void aFeatureFileOfAnotherModelIsRefused() {
        const Fixture fixture;
        QCOMPARE(fixture.run(Fixture::extractArguments("id.safetensors", "cache")).code, 0);
        QFile model(fixture.path("tiny.pt"));
        QVERIFY(model.open(QIODevice::Append));
        // Bytes after the end of the archive: the same network in another file.
        QVERIFY(model.write("x") == 1);
        model.close();
        const auto outcome = fixture.run(replaced(Fixture::analyzeArguments(), "--id", "id.safetensors"));
        QCOMPARE(outcome.code, 1);
        QVERIFY2(outcome.err.contains("id.safetensors"), qPrintable(outcome.err));
    }

    void killedAndStartedAgainGivesTheSameBytes() {
        const Fixture fixture(kLongRun);
        QVERIFY(fixture.run(Fixture::extractArguments("whole.safetensors", "cache1") + kSlowly)
                    .out.contains("20000 decoded"));

        QProcess process;
        fixture.prepare(process);
        process.start(QStringLiteral(DICESCOPE_CLI),
                      Fixture::extractArguments("parts.safetensors", "cache2") + kSlowly);
        QVERIFY(process.waitForStarted());
        // The journal grows as batches complete: kill when it holds some of them.
        QTRY_VERIFY_WITH_TIMEOUT(journalBytes(fixture.path("cache2")) > 4000, 60000);
        process.kill();
        QVERIFY(process.waitForFinished());
        QVERIFY(!fixture.exists("parts.safetensors"));

        const auto resumed = fixture.run(Fixture::extractArguments("parts.safetensors", "cache2") + kSlowly);
        QVERIFY2(resumed.code == 0, qPrintable(resumed.err));
        QVERIFY2(!resumed.out.contains("20000 decoded"), qPrintable(resumed.out));
        QVERIFY2(!resumed.out.contains(" 0 decoded"), qPrintable(resumed.out));
        QVERIFY(bytesOf(fixture.path("whole.safetensors")).size() > kLongRun * 10 * 4);
        QCOMPARE(bytesOf(fixture.path("parts.safetensors")), bytesOf(fixture.path("whole.safetensors")));
    }

    void interruptExitsWith130AndTheNextRunGoesOn() {
        const Fixture fixture(kLongRun);
        QProcess process;
        fixture.prepare(process);
        process.start(QStringLiteral(DICESCOPE_CLI),
                      Fixture::extractArguments("f.safetensors", "cache") + kSlowly);
        QVERIFY(process.waitForStarted());
        QTRY_VERIFY_WITH_TIMEOUT(journalBytes(fixture.path("cache")) > 4000, 60000);
        ::kill(static_cast<pid_t>(process.processId()), SIGINT);
        QVERIFY(process.waitForFinished());
        QCOMPARE(process.exitStatus(), QProcess::NormalExit);
        QCOMPARE(process.exitCode(), 130);
        QVERIFY(!fixture.exists("f.safetensors"));
        const auto resumed = fixture.run(Fixture::extractArguments("f.safetensors", "cache") + kSlowly);
        QCOMPARE(resumed.code, 0);
        QVERIFY(!resumed.out.contains("20000 decoded"));
    }

    void aFullDiskIsSaidAndLeavesNoPartialFile() {
        const Fixture fixture(600);
        QVERIFY(QDir(fixture.temporary.path()).mkdir("small"));
        const QByteArray mountPoint = fixture.path("small").toLocal8Bit();
        if (::mount("tmpfs", mountPoint.constData(), "tmpfs", 0, "size=20k") != 0)
            QSKIP("mounting needs root");
        const auto outcome = fixture.run(Fixture::extractArguments("small/f.safetensors", "cache"));
        const auto files = QDir(fixture.path("small")).entryList(QDir::Files | QDir::Hidden);
        ::umount(mountPoint.constData());
        QCOMPARE(outcome.code, 1);
        QVERIFY2(outcome.err.contains("space"), qPrintable(outcome.err));
        QVERIFY2(files.isEmpty(), qPrintable(files.join(' ')));
    }

    void quietPrintsNoProgress() {
        const Fixture fixture;
        QCOMPARE(fixture.run(Fixture::analyzeArguments()).err, QString());
    }

    void cacheReportsAndClears() {
        const Fixture fixture;
        QCOMPARE(fixture.run(Fixture::extractArguments("f.safetensors", "cache")).code, 0);
        QVERIFY(!fixture.run({"cache", "--cache", "cache"}).out.contains(" 0 files"));
        QCOMPARE(fixture.run({"cache", "--cache", "cache", "--clear"}).code, 0);
        QVERIFY(fixture.run({"cache", "--cache", "cache"}).out.contains(" 0 files"));
    }

    void helpAndVersionSucceed() {
        const Fixture fixture;
        const auto help = fixture.run({"--help"});
        QCOMPARE(help.code, 0);
        for (const char* command : {"analyze", "score", "extract", "info", "demo-data"})
            QVERIFY(help.out.contains(command));
        QCOMPARE(fixture.run({"analyze", "--help"}).code, 0);
        QVERIFY(fixture.run({"--version"}).out.startsWith("dicescope-cli "));
    }

  private:
    static qint64 journalBytes(const QString& cache) {
        qint64 bytes = 0;
        const auto folders = QDir(cache).entryInfoList(QDir::Dirs | QDir::NoDotAndDotDot);
        for (const QFileInfo& folder : folders) {
            const auto files =
                QDir(folder.filePath()).entryInfoList({"*journal*"}, QDir::Files | QDir::Hidden);
            for (const QFileInfo& file : files) bytes += file.size();
        }
        return bytes;
    }
};

QTEST_GUILESS_MAIN(TestCli)
#include "test_cli.moc"
