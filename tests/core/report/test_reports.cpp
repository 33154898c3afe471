#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>
#include <cmath>

#include "core/base/file.h"
#include "core/report/metrics_report.h"
#include "core/report/sweep_report.h"
#include "tests/core/report/report_fixture.h"

using namespace dicescope;
using namespace dicescope::testing;

namespace {

QJsonObject parse(const std::string& text) {
    QJsonParseError error;
    const auto document = QJsonDocument::fromJson(QByteArray::fromStdString(text), &error);
    if (error.error != QJsonParseError::NoError) qFatal("%s", qPrintable(error.errorString()));
    return document.object();
}

QList<QByteArray> linesOf(const std::string& text) {
    auto lines = QByteArray::fromStdString(text).split('\n');
    lines.removeLast();
    return lines;
}

}  // namespace

class TestReports : public QObject {
    Q_OBJECT

  private slots:
    void initTestCase() {
        auto evaluated = evaluate(inputs_, {{50, 75}, 1.0F, 1});
        QVERIFY(evaluated);
        evaluation_ = std::move(*evaluated);
        SweepAnalysisOptions options;
        options.levels = {0, 50, 100};
        options.bootstrap = 20;
        auto analysed = analyseSweep(inputs_, options);
        QVERIFY(analysed);
        sweep_ = std::move(*analysed);
    }

    void metricsJsonHoldsEveryRow() {
        const QJsonObject json = parse(metricsJson(inputs_, evaluation_));
        QCOMPARE(json["schema"].toInt(), 1);
        const QJsonArray rows = json["rows"].toArray();
        QCOMPARE(static_cast<std::size_t>(rows.size()), evaluation_.rows.size());
        for (qsizetype i = 0; i < rows.size(); ++i) {
            const MetricRow& row = evaluation_.rows[static_cast<std::size_t>(i)];
            QCOMPARE(rows[i]["detector"].toString().toStdString(), row.detector);
            QCOMPARE(rows[i]["p"].isNull(), !row.p.has_value());
            QCOMPARE(rows[i]["p"].toDouble(-1), row.p.value_or(-1));
            QCOMPARE(rows[i]["fpr95"].toDouble(), row.metrics.fpr95);
            QCOMPARE(rows[i]["fpr95_ood_positive"].toDouble(), row.metrics.fpr95OodPositive);
            QCOMPARE(rows[i]["threshold"].toDouble(), row.metrics.threshold);
            QCOMPARE(rows[i]["n_id"].toInt(), 3);
        }
        QVERIFY(json["model"]["sha256"].isNull());
        QCOMPARE(json["sets"][0]["skipped"][0]["path"].toString(), "bad, file.png");
        QCOMPARE(json["notes"][0].toString(), "a note");
        QCOMPARE(json["masks"][0]["kept"].toInt(), 2);
        QCOMPARE(json["accuracy"][0]["labelled"].toInt(), 2);
    }

    void metricsCsvHasTheSameNumbers() {
        const auto lines = linesOf(metricsCsv(evaluation_));
        QCOMPARE(static_cast<std::size_t>(lines.size()), evaluation_.rows.size() + 1);
        const auto header = lines[0].split(',');
        const auto column = [&](const QByteArray& line, const char* name) {
            return line.split(',')[header.indexOf(name)];
        };
        for (std::size_t i = 0; i < evaluation_.rows.size(); ++i) {
            const QByteArray line = lines[static_cast<qsizetype>(i) + 1];
            const MetricRow& row = evaluation_.rows[i];
            QCOMPARE(column(line, "auroc").toDouble(), row.metrics.auroc);
            QCOMPARE(column(line, "aupr_out").toDouble(), row.metrics.auprOut);
            QCOMPARE(column(line, "p").isEmpty(), !row.p.has_value());
        }
    }

    void scoresCsvHasALineAnImage() {
        QTemporaryDir folder;
        const std::filesystem::path path = std::filesystem::path(folder.path().toStdString()) / "scores.csv";
        QVERIFY(writeScoresCsv(path, inputs_, evaluation_));
        const auto bytes = readFile(path);
        QVERIFY(bytes);
        const auto lines = linesOf(std::string(reinterpret_cast<const char*>(bytes->data()), bytes->size()));
        QCOMPARE(lines.size(), 1 + 3 + 2);
        QCOMPARE(lines[0],
                 QByteArray("path,set,label,prediction,energy_dense,energy_dice_p50,energy_dice_p75"));
        QVERIFY(lines[1].startsWith("a.png,id,cat,"));
        QVERIFY(lines[2].startsWith("\"b\"\"c.png\",id,\"dog, wet\","));
        QVERIFY(lines[3].startsWith("d.png,id,,"));
        // Features (0, 1) give the logits (0.5, 2.25), energy log(e^0.5 + e^2.25) and the second class.
        const auto first = lines[1].split(',');
        QCOMPARE(first[3], QByteArray("\"dog"));
        QVERIFY(std::abs(first[5].toDouble() - (2.25 + std::log1p(std::exp(-1.75)))) < 1e-5);
    }

    void tableShowsSetsDetectorsAndConventions() {
        const std::string table = metricsTable(inputs_, evaluation_);
        for (const char* word : {"far: 2 images, 1 skipped", "bad, file.png: truncated", "dice+react p=75",
                                 "average", "ID positive", "OpenOOD", "Note: a note", "ID accuracy"}) {
            QVERIFY2(table.find(word) != std::string::npos, word);
        }
    }

    void sweepJsonHasOneValueALevel() {
        const QJsonObject json = parse(sweepJson(inputs_, sweep_));
        QCOMPARE(json["levels"].toArray().size(), 3);
        QCOMPARE(json["kept"], (QJsonArray{3, 2, 0}));
        QCOMPARE(json["rows"].toArray().size(), 3 * 2);
        for (const QJsonValue row : json["rows"].toArray()) {
            for (const char* key :
                 {"fpr95", "fpr95_ood_positive", "auroc", "aupr_in", "aupr_out", "threshold", "tpr"}) {
                QCOMPARE(row[key].toArray().size(), 3);
                QVERIFY(row["dense"][key].isDouble());
            }
        }
        const auto& energy = sweep_.scores[0].reported->ood[0];
        QCOMPARE(json["rows"][0]["auroc"][1].toDouble(), energy.metrics.auroc[1]);
        QCOMPARE(json["rows"][0]["dense"]["auroc"].toDouble(), energy.metrics.auroc[3]);
        QCOMPARE(json["bootstrap"]["resamples"].toInt(), 20);
        QCOMPARE(json["bootstrap"]["intervals"].toArray().size(), 3);
        QVERIFY(json["choice"].toArray().isEmpty());
    }

    void sweepCsvHasALineALevelSetAndScore() {
        const auto lines = linesOf(sweepCsv(sweep_));
        QCOMPARE(lines.size(), 1 + (3 + 1) * 2 * 3);
        QVERIFY(lines[1].startsWith("0,3,far,energy,"));
        QVERIFY(lines[4].startsWith(",,far,energy,"));
    }

    void summaryNamesBestLevelsAndIntervals() {
        const std::string text = sweepSummary(inputs_, sweep_);
        for (const char* word : {"best FPR95", "energy", "maxlogit", "resamples", "a bound, not a result"}) {
            QVERIFY2(text.find(word) != std::string::npos, word);
        }
    }

  private:
    AnalysisInputs inputs_ = makeInputs();
    Evaluation evaluation_;
    SweepAnalysis sweep_;
};

QTEST_APPLESS_MAIN(TestReports)
#include "test_reports.moc"
