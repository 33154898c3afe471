#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include "core/report/comparison_report.h"
#include "core/report/comparison_rows.h"
#include "tests/support/tiny_exploration.h"

using namespace dicescope;
using namespace dicescope::testing;

namespace {

QStringList linesOf(const std::string& text) {
    return QString::fromStdString(text).split('\n');
}

QString inPercent(double fraction) {
    return QString::number(100 * fraction, 'f', 2);
}

QByteArray bytesOf(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

}  // namespace

class TestComparisonReport : public QObject {
    Q_OBJECT

  private slots:
    void initTestCase() {
        inputs_ = tinyInputs(120, 80);
        ComparisonOptions options;
        options.detectors = *parseDetectorList("energy,dice:p=60,ash-b,odin,she:measure=cosine");
        options.baseline = options.detectors.front();
        options.bootstrap = 50;
        options.nearSets = {"near"};
        options.farSets = {"far", "noise"};
        auto comparison = compareDetectors(*inputs_, *trainingDataOf(inputs_), options, {});
        QVERIFY(comparison);
        comparison_ = std::move(*comparison);
    }

    void jsonHoldsEverything() {
        const auto json =
            QJsonDocument::fromJson(QByteArray::fromStdString(comparisonJson(*inputs_, comparison_)))
                .object();
        QCOMPARE(json["schema"].toInt(), 1);
        QCOMPARE(json["baseline"].toString(), "energy");
        QCOMPARE(json["n_id"].toInt(), 120);
        QCOMPARE(json["near"], QJsonArray{"near"});
        QCOMPARE(json["bootstrap"]["resamples"].toInt(), 50);
        QCOMPARE(json["sets"].toArray().size(), 6);
        const QJsonArray detectors = json["detectors"].toArray();
        QCOMPARE(detectors.size(), 5);
        const QJsonObject dice = detectors[1].toObject();
        QCOMPARE(dice["detector"].toString(), "dice:p=60");
        QCOMPARE(dice["parameters"]["p"].toDouble(), 60);
        QCOMPARE(dice["citation"]["arxiv"].toString(), "2111.09805");
        QCOMPARE(dice["rows"].toArray().size(), 6);
        const QJsonObject average = dice["rows"][3].toObject();
        QCOMPARE(average["ood"].toString(), "average");
        QCOMPARE(average["n_ood"].toInt(), 240);
        QCOMPARE(average["auroc"].toDouble(), comparison_.detectors[1].average.auroc);
        QCOMPARE(average["intervals"]["fpr95"]["low"].toDouble(),
                 comparison_.detectors[1].intervals->average.fpr95.low);
        QCOMPARE(average["difference"]["auroc"]["excludes_zero"].toBool(),
                 excludesZero(comparison_.detectors[1].difference->average.auroc));
        QCOMPARE(dice["rows"][5]["ood"].toString(), "average-far");
        QVERIFY(dice["rows"][5]["intervals"].isNull());
        QVERIFY(detectors[0]["rows"][0]["difference"].isNull());
        QCOMPARE(detectors[4]["parameters"]["measure"].toString(), "cosine");
    }

    void jsonSaysWhyADetectorDidNotRun() {
        const auto json =
            QJsonDocument::fromJson(QByteArray::fromStdString(comparisonJson(*inputs_, comparison_)))
                .object();
        const QJsonObject odin = json["detectors"][3].toObject();
        QVERIFY(odin["error"].toString().contains("model"));
        QVERIFY(odin["rank_auroc"].isNull());
        QVERIFY(odin["rows"].toArray().isEmpty());
        QVERIFY(json["detectors"][0]["error"].isNull());
    }

    void csvHasALineADetectorAndSet() {
        const QStringList lines = linesOf(comparisonCsv(comparison_));
        const QStringList header = lines.front().split(',');
        QCOMPARE(lines.size(), 1 + 4 * 6 + 1 + 1);
        for (const QString& line : lines.mid(1, 25)) {
            if (line.contains('"')) continue;
            QCOMPARE(line.split(',').size(), header.size());
        }
        const QStringList first = lines[1].split(',');
        QCOMPARE(first[header.indexOf("detector")], "energy");
        QCOMPARE(first[header.indexOf("ood")], "near");
        QCOMPARE(first[header.indexOf("auroc")].toDouble(), comparison_.detectors[0].metrics[0].auroc);
        QCOMPARE(first[header.indexOf("fpr95_difference")], "");
        const QStringList dice = lines[7].split(',');
        QCOMPARE(dice[header.indexOf("detector")], "dice:p=60");
        QCOMPARE(dice[header.indexOf("auroc_difference_low")].toDouble(),
                 comparison_.detectors[1].difference->ood[0].auroc.low);
        const QStringList failed = lines.filter(QRegularExpression("^odin,"));
        QCOMPARE(failed.size(), 1);
        QVERIFY(
            failed.front().endsWith(QString::fromStdString(comparison_.detectors[3].error->message) + "\"") ||
            failed.front().endsWith(QString::fromStdString(comparison_.detectors[3].error->message)));
        QCOMPARE(failed.front().left(failed.front().indexOf(",0,0,")).count(','), header.size() - 4);
    }

    void latexMarksTheBestAndWhatDiffers() {
        const QString text = QString::fromStdString(comparisonLatex(*inputs_, comparison_));
        QCOMPARE(text.count("\\begin{tabular}{lrrrrrrrrrrrr}"), 1);
        QVERIFY(!text.contains("ODIN"));
        double best = 0;
        for (const ComparedDetector& detector : comparison_.detectors) {
            if (!detector.error) best = std::max(best, detector.average.auroc);
        }
        QVERIFY(text.contains("\\textbf{" + inPercent(best) + "}"));
        for (const ComparedDetector& detector : comparison_.detectors) {
            if (detector.error) continue;
            const QString row =
                text.split('\n').filter(QString::fromStdString("    " + detector.label + " &")).front();
            QCOMPARE(row.count('&'), 12);
            int stars = 0;
            if (detector.difference) {
                for (const MetricIntervals& set : detector.difference->ood) {
                    stars += (excludesZero(set.fpr95) ? 1 : 0) + (excludesZero(set.auroc) ? 1 : 0);
                }
                const MetricIntervals& average = detector.difference->average;
                stars += (excludesZero(average.fpr95) ? 1 : 0) + (excludesZero(average.auroc) ? 1 : 0);
            }
            QCOMPARE(row.count("$^{*}$"), stars);
        }
    }

    void theStarIsExplainedBelowEveryTable() {
        const std::string star = starLegend(comparison_);
        QVERIFY(star.find("difference to Energy in that column") != std::string::npos);
        QVERIFY(star.find("near and far sets are not tested") != std::string::npos);
        const QString latex = QString::fromStdString(comparisonLatex(*inputs_, comparison_));
        const QString caption = latex.split('\n').filter(QRegularExpression("^  .caption")).front();
        QVERIFY2(caption.contains("$^{*}$: the 95 \\% interval of the paired difference"),
                 qPrintable(caption));
        QVERIFY(QString::fromStdString(comparisonMarkdown(*inputs_, comparison_)).contains("in that column"));
        QVERIFY(QString::fromStdString(comparisonTable(comparison_)).contains("*: the 95 % interval"));
        Comparison untested = comparison_;
        untested.bootstrap = 0;
        QVERIFY(starLegend(untested).empty());
        QVERIFY(!QString::fromStdString(comparisonLatex(*inputs_, untested)).contains("$^{*}$:"));
    }

    void aPartialComparisonSaysSoAndLeavesTheWholeOne() {
        Comparison partial = comparison_;
        partial.partial = true;
        QVERIFY(comparisonConventions(partial).front().starts_with("Partial: "));
        QVERIFY(comparisonJson(*inputs_, partial).find("\"partial\": true") != std::string::npos);
        QVERIFY(comparisonJson(*inputs_, comparison_).find("\"partial\"") == std::string::npos);
        QVERIFY(comparisonLatex(*inputs_, partial).find(" Partial: not every detector") != std::string::npos);
        const QTemporaryDir folder;
        QVERIFY(writeComparison(folder.path().toStdString(), *inputs_, partial));
        QVERIFY(QFile::exists(folder.filePath("comparison-partial.csv")));
        QVERIFY(!QFile::exists(folder.filePath("comparison.csv")));
    }

    void markdownSaysWhatTheNumbersMean() {
        const QString text = QString::fromStdString(comparisonMarkdown(*inputs_, comparison_));
        QVERIFY(text.contains("| DICE (p=60) |"));
        QVERIFY(text.contains("- Not run: ODIN. "));
        QVERIFY(text.contains("FPR95: ID is positive"));
        QVERIFY(text.contains("120 ID and 240 OOD images"));
        const QStringList lines = text.split('\n');
        const auto cells = lines[0].count('|');
        for (int row = 1; row <= 5; ++row)
            QCOMPARE(lines[row].count(QRegularExpression("(?<!\\\\)\\|")), cells);
    }

    void tableIsSortedByRank() {
        const QStringList lines = linesOf(comparisonTable(comparison_));
        for (std::size_t rank = 0; rank < 4; ++rank) {
            const auto ranks = lines[2 + static_cast<int>(rank)].split(' ').front().split('/');
            QVERIFY(ranks[0].toUInt() <= rank + 1);
        }
        QVERIFY(lines.filter("Not run: ODIN.").size() == 1);
    }

    void namesOfSetsAreEscaped() {
        AnalysisInputs inputs = *inputs_;
        inputs.ood[0].name = "a_b & | 5%";
        ComparisonOptions options;
        options.detectors = *parseDetectorList("energy");
        options.bootstrap = 0;
        const auto comparison = compareDetectors(inputs, *trainingDataOf(inputs_), options, {});
        QVERIFY(comparison);
        QVERIFY(QString::fromStdString(comparisonLatex(inputs, *comparison)).contains("a\\_b \\& "));
        QVERIFY(QString::fromStdString(comparisonMarkdown(inputs, *comparison)).contains("\\|"));
    }

    void writesFourFiles() {
        const QTemporaryDir folder;
        QVERIFY(writeComparison(folder.path().toStdString(), *inputs_, comparison_));
        QCOMPARE(bytesOf(folder.filePath("comparison.csv")).toStdString(), comparisonCsv(comparison_));
        for (const char* name : {"comparison.json", "comparison.tex", "comparison.md"}) {
            QVERIFY2(!bytesOf(folder.filePath(name)).isEmpty(), name);
        }
        QVERIFY(
            !writeComparison(folder.filePath("comparison.csv/below").toStdString(), *inputs_, comparison_));
    }

    void theListNamesEveryDetector() {
        const QString text = QString::fromStdString(detectorList());
        for (const DetectorInfo& info : allDetectors()) {
            QVERIFY2(text.contains(QString::fromStdString(info.explanation)), info.id.c_str());
            for (const DetectorParameter& parameter : info.parameters) {
                QVERIFY2(text.contains(QString::fromStdString("  " + parameter.name + "=")), info.id.c_str());
            }
        }
    }

  private:
    AnalysisInputsPtr inputs_;
    Comparison comparison_;
};

QTEST_APPLESS_MAIN(TestComparisonReport)
#include "test_comparison_report.moc"
