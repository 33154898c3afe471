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

/// A folder with a part of the CIFAR-100 benchmark in tiny images, and the program run in it.
struct Fixture {
    QTemporaryDir temporary;
    std::filesystem::path root{temporary.path().toStdString()};

    Fixture() {
        tiny::writeImages(root / "cifar100" / "train", 24, 1, {"a", "b", "c", "d"});
        tiny::writeImages(root / "cifar100" / "test", 20, 200, {"a", "b", "c", "d"});
        tiny::writeImages(root / "ood_datasets" / "dtd" / "images", 9, 9000);
        tiny::writePreprocess(root);
        QFile::copy(QString::fromStdString(tiny::model().string()), path("tiny.pt"));
    }

    [[nodiscard]] QString path(const QString& name) const { return temporary.filePath(name); }

    [[nodiscard]] QByteArray bytes(const QString& name) const {
        QFile file(path(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
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

class TestCliBenchmark : public QObject {
    Q_OBJECT

  private slots:
    void listsTheBenchmarks() {
        const Fixture fixture;
        const auto outcome = fixture.run({"benchmark"});
        QCOMPARE(outcome.code, 0);
        for (const char* name : {"cifar10 ", "cifar100 ", "imagenet1k "}) QVERIFY(outcome.out.contains(name));
        const auto one = fixture.run({"benchmark", "cifar10"});
        QVERIFY(one.out.contains("LSUN-R") && one.out.contains("78.34"));
        const auto none = fixture.run({"benchmark", "mnist"});
        QCOMPARE(none.code, 2);
        QVERIFY(none.err.contains("cifar10, cifar100, imagenet1k"));
    }

    void saysWhatIsThereAndWhatIsMissing() {
        const Fixture fixture;
        const auto outcome = fixture.run({"benchmark", "cifar100", "--root", "."});
        QVERIFY2(outcome.code == 0, qPrintable(outcome.err));
        QVERIFY(outcome.out.contains("cifar100/train: 24, 49976 too few"));
        QVERIFY(outcome.out.contains("dtd/images: 9, 5631 too few"));
        QVERIFY(outcome.out.contains("MISSING; put it into one of iSUN/iSUN_patches iSUN\n"));
        QCOMPARE(fixture.run({"benchmark", "cifar100", "--root", "nowhere"}).code, 1);
    }

    void writesASessionThatRuns() {
        const Fixture fixture;
        const auto made = fixture.run(
            {"benchmark", "cifar100", "--root", ".", "--model", "tiny.pt", "--session", "s.json"});
        QVERIFY2(made.code == 0, qPrintable(made.err));
        QVERIFY(!made.out.contains("Not yet ready"));
        const QJsonObject session = QJsonDocument::fromJson(fixture.bytes("s.json")).object();
        QCOMPARE(session["benchmark"].toString(), "cifar100");
        QCOMPARE(session["p"].toDouble(), 90);
        QCOMPARE(session["inputs"]["id"].toString(), "cifar100/test");
        QCOMPARE(session["inputs"]["ood"].toArray().size(), 1);
        QCOMPARE(session["inputs"]["ood"][0]["name"].toString(), "Textures");
        const auto outcome =
            fixture.run({"analyze", "--session", "s.json", "--preset", "tiny.json", "--out", "out"});
        QVERIFY2(outcome.code == 0, qPrintable(outcome.err));
        QVERIFY(outcome.out.contains("beside published numbers"));
        QVERIFY(outcome.out.contains("is not the one of the published numbers"));
        const QByteArray csv = fixture.bytes("out/published.csv");
        QVERIFY2(csv.contains("dense,energy,,Textures,") && csv.contains(",0.8449,"), csv.constData());
    }

    void aSessionWithoutAModelIsNotReady() {
        const Fixture fixture;
        const auto made =
            fixture.run({"benchmark", "imagenet1k", "--root", ".", "--session", "s.json", "--react", "1"});
        QCOMPARE(made.code, 0);
        QVERIFY(made.out.contains("Not yet ready to run"));
        const QJsonObject session = QJsonDocument::fromJson(fixture.bytes("s.json")).object();
        QCOMPARE(session["sweep"]["react_clip"].toDouble(), 1);
        QCOMPARE(session["p"].toDouble(), 10);
        const auto wrong =
            fixture.run({"benchmark", "imagenet1k", "--root", ".", "--session", "t.json", "--react", "2"});
        QCOMPARE(wrong.code, 2);
        QVERIFY(wrong.err.contains("its clips are 1, 1.5"));
    }

    void analyzeRefusesAnUnknownBenchmarkAtOnce() {
        const Fixture fixture;
        const auto outcome = fixture.run({"analyze", "--benchmark", "mnist", "--out", "out"});
        QCOMPARE(outcome.code, 2);
        QVERIFY(outcome.err.contains("There is no benchmark 'mnist'"));
        QVERIFY(!QFile::exists(fixture.path("out")));
    }
};

QTEST_GUILESS_MAIN(TestCliBenchmark)
#include "test_cli_benchmark.moc"
