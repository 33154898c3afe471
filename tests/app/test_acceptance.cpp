#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>
#include <cmath>
#include <map>

/// The program on a real network and real images against metrics computed with NumPy, SciPy and scikit-learn
/// from features of PyTorch and Pillow. The data is not part of the project.
class TestAcceptance : public QObject {
    Q_OBJECT

  private slots:
    void initTestCase() {
        if (!QDir(shared()).exists()) QSKIP("the acceptance data is not there");
    }

    void analyzeAgreesAtEveryLevel_data() {
        QTest::addColumn<QStringList>("mean");
        QTest::addColumn<QString>("id");
        QTest::addColumn<QString>("expected");
        const QStringList authorsMean{"--feature-mean", shared("models/cifar10-feature-mean.npy")};
        QTest::newRow("mean of the training images")
            << QStringList{"--id-train", shared("data/cifar10-train4k")} << "cifar10-test-jpeg"
            << "expected-mean-of-train4k.json";
        QTest::newRow("the authors' mean") << authorsMean << "cifar10-test-jpeg"
                                           << "expected-authors-mean.json";
        QTest::newRow("training images as ID") << authorsMean << "cifar10-train4k"
                                               << "expected-authors-mean-id-train4k.json";
    }
    void analyzeAgreesAtEveryLevel() {
        QFETCH(QStringList, mean);
        QFETCH(QString, id);
        QFETCH(QString, expected);
        const QJsonObject reference = readJson(shared("oracle/" + expected));
        QVERIFY(!reference.isEmpty());
        QStringList levels = reference["dtd5"]["energy"].toObject().keys();
        QVERIFY(levels.removeOne("dense"));
        std::sort(levels.begin(), levels.end(), [](auto& a, auto& b) { return a.toDouble() < b.toDouble(); });

        const auto arguments = common("analyze", mean, id) + QStringList{"--p", levels.join(',')};
        QVERIFY(run(arguments));
        std::map<QStringList, QJsonObject> rows;
        for (const QJsonValue row : readJson(temporary_.filePath("out/metrics.json"))["rows"].toArray()) {
            const QString level = row["p"].isNull() ? "dense" : QString::number(row["p"].toDouble());
            rows[{row["ood"].toString(), row["score"].toString(), level}] = row.toObject();
        }
        forEach(reference,
                [&](const QStringList& key, const QJsonObject& values) { compare(rows.at(key), values); });
    }

    void sweepAgreesAtEveryLevel() {
        const QJsonObject reference = readJson(shared("oracle/expected-mean-of-train4k.json"));
        QVERIFY(run(common("sweep", {"--id-train", shared("data/cifar10-train4k")}, "cifar10-test-jpeg")));
        const QJsonObject json = readJson(temporary_.filePath("out/sweep.json"));
        const QJsonArray levels = json["levels"].toArray();
        forEach(reference, [&](const QStringList& key, const QJsonObject& values) {
            for (const QJsonValue row : json["rows"].toArray()) {
                if (row["ood"] != key[0] || row["score"] != key[1]) continue;
                QJsonObject at = row["dense"].toObject();
                if (key[2] != "dense") {
                    qsizetype level = 0;
                    while (levels[level].toDouble() != key[2].toDouble()) ++level;
                    for (auto entry = at.begin(); entry != at.end(); ++entry)
                        entry.value() = row[entry.key()][level];
                }
                at["n_ood"] = key[0] == "dtd5" ? 600 : 2000;
                compare(at, values);
            }
        });
    }

  private:
    static QString shared(const QString& path = {}) {
        return QStringLiteral(DICESCOPE_SHARED_DIR "/") + path;
    }

    static QJsonObject readJson(const QString& path) {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? QJsonDocument::fromJson(file.readAll()).object()
                                              : QJsonObject();
    }

    QStringList common(const QString& command, const QStringList& mean, const QString& id) const {
        return QStringList{command,
                           "-q",
                           "--model",
                           shared("models/cifar10-densenet100.pt"),
                           "--preset",
                           "cifar",
                           "--device",
                           "cpu",
                           "--id",
                           shared("data/" + id),
                           "--ood",
                           "dtd5=" + shared("data/dtd5"),
                           "mnist2k=" + shared("data/mnist2k"),
                           "--cache",
                           temporary_.filePath("cache"),
                           "--out",
                           temporary_.filePath("out")} +
               mean;
    }

    static bool run(const QStringList& arguments) {
        QProcess process;
        process.setProcessChannelMode(QProcess::MergedChannels);
        process.start(QStringLiteral(DICESCOPE_CLI), arguments);
        constexpr int kMinutes = 20 * 60 * 1000;
        if (process.waitForFinished(kMinutes) && process.exitCode() == 0) return true;
        qWarning("%s", process.readAll().constData());
        return false;
    }

    template <class Visit>
    static void forEach(const QJsonObject& reference, Visit visit) {
        for (auto ood = reference.begin(); ood != reference.end(); ++ood) {
            const QJsonObject scores = ood->toObject();
            for (auto score = scores.begin(); score != scores.end(); ++score) {
                const QJsonObject levels = score->toObject();
                for (auto level = levels.begin(); level != levels.end(); ++level) {
                    visit({ood.key(), score.key(), level.key()}, level->toObject());
                }
            }
        }
    }

    static void compare(const QJsonObject& row, const QJsonObject& expected) {
        constexpr double kPrinted = 1e-6;  // the reference has six decimals
        const auto near = [&](const char* key, double tolerance) {
            return std::abs(row[key].toDouble(-9) - expected[key].toDouble()) <= tolerance;
        };
        QVERIFY(near("fpr95", 1 / row["n_ood"].toDouble() + kPrinted));
        QVERIFY(near("auroc", 1e-4));
        QVERIFY(near("aupr_in", 1e-4));
        QVERIFY(near("aupr_out", 1e-4));
        QVERIFY(near("threshold", 1e-3));
    }

    QTemporaryDir temporary_;
};

QTEST_GUILESS_MAIN(TestAcceptance)
#include "test_acceptance.moc"
