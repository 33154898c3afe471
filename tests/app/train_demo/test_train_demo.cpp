#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>
#include <filesystem>
#include <optional>

#include "tests/core/demo/idx_fixture.h"

namespace fs = std::filesystem;

namespace {

struct Outcome {
    int exitCode = -1;
    QByteArray out;
    QByteArray err;
};

Outcome run(const QStringList& arguments) {
    QProcess process;
    process.start(DICESCOPE_TRAIN_DEMO, arguments);
    if (!process.waitForFinished(300000)) return {};
    return {process.exitCode(), process.readAllStandardOutput(), process.readAllStandardError()};
}

QByteArray contentOf(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

QJsonObject factsOf(const QString& path) {
    return QJsonDocument::fromJson(contentOf(path)).object();
}

}  // namespace

class TestTrainDemo : public QObject {
    Q_OBJECT

    std::optional<QTemporaryDir> temporary_;
    QString source_;

    [[nodiscard]] QString path(const QString& name) const { return temporary_->filePath(name); }
    [[nodiscard]] QStringList arguments(const QString& model, const QString& seed) const {
        return {"--source", source_, "--out", path(model), "--seed", seed, "--epochs", "1", "--threads", "1"};
    }

  private slots:
    void initTestCase() {
        temporary_.emplace();
        source_ = path("source");
        idx_fixture::writeFashion(source_.toStdString(), 40);
    }

    void repeatsItselfAndDependsOnTheSeed() {
        QCOMPARE(run(arguments("one.pt", "1")).exitCode, 0);
        QCOMPARE(run(arguments("again.pt", "1")).exitCode, 0);
        QCOMPARE(run(arguments("other.pt", "2")).exitCode, 0);
        QVERIFY(contentOf(path("one.pt")).startsWith("PK"));
        const QJsonObject one = factsOf(path("one.json"));
        QCOMPARE(one["sha256OfWeights"].toString().size(), 64);
        QCOMPARE(factsOf(path("again.json"))["sha256OfWeights"], one["sha256OfWeights"]);
        QVERIFY(factsOf(path("other.json"))["sha256OfWeights"] != one["sha256OfWeights"]);
        QCOMPARE(one["classes"].toArray().size(), 8);
    }

    void saysWhatIsMissing() {
        const Outcome outcome = run({"--source", path("nowhere"), "--out", path("model.pt")});
        QCOMPARE(outcome.exitCode, 1);
        QVERIFY(outcome.err.contains("dataset-fashion-mnist"));
        QVERIFY(!QFile::exists(path("model.pt")));
    }

    void refusesTooFewImages() {
        idx_fixture::writeFashion(path("few").toStdString(), 1);
        const Outcome outcome = run({"--source", path("few"), "--out", path("model.pt")});
        QCOMPARE(outcome.exitCode, 1);
        QVERIFY(!QFile::exists(path("model.pt")));
    }

    void refusesAnUnwritableOutputBeforeTraining() {
        idx_fixture::writePlain(path("file").toStdString(), {1});
        const Outcome outcome = run(arguments("file/model.pt", "1"));
        QCOMPARE(outcome.exitCode, 1);
        QVERIFY(!outcome.out.contains("epoch"));
    }

    void wrongArgumentsGiveTwo() {
        QCOMPARE(run({"--epochs", "0"}).exitCode, 2);
        QCOMPARE(run({"--nonsense"}).exitCode, 2);
        QCOMPARE(run({"--help"}).exitCode, 0);
    }

    void theCommittedModelStatesItsAccuracy() {
        const QString folder = QString(DICESCOPE_RESOURCES) + "/demo/";
        QVERIFY(factsOf(folder + "fashion8.json")["testAccuracy"].toDouble() > 0.9);
        const QByteArray model = contentOf(folder + "fashion8.pt");
        QVERIFY(model.startsWith("PK"));
        QVERIFY(model.size() < 4'000'000);
    }
};

QTEST_APPLESS_MAIN(TestTrainDemo)
#include "test_train_demo.moc"
