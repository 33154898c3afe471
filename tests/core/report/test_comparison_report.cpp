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
        const ComparedDetector& compared = comparison_.detectors[1];
        QCOMPARE(dice["rows"][4]["ood"].toString(), "average-near");
        QCOMPARE(dice["rows"][4]["intervals"]["auroc"]["high"].toDouble(),
                 compared.intervals->nearAverage->auroc.high);
        QCOMPARE(dice["rows"][5]["ood"].toString(), "average-far");
        QCOMPARE(dice["rows"][5]["intervals"]["fpr95"]["low"].toDouble(),
                 compared.intervals->farAverage->fpr95.low);
        QCOMPARE(dice["rows"][5]["difference"]["auroc"]["low"].toDouble(),
                 compared.difference->farAverage->auroc.low);
        QCOMPARE(dice["rows"][5]["difference"]["auroc"]["excludes_zero"].toBool(),
                 excludesZero(compared.difference->farAverage->auroc));
        QVERIFY(detectors[0]["rows"][0]["difference"].isNull());
        QVERIFY(detectors[0]["rows"][5]["difference"].isNull());
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
        const QStringList far = lines[12].split(',');
        QCOMPARE(far[header.indexOf("ood")], "average-far");
        QCOMPARE(far[header.indexOf("fpr95_high")].toDouble(),
                 comparison_.detectors[1].intervals->farAverage->fpr95.high);
        QCOMPARE(far[header.indexOf("auroc_difference")].toDouble(),
                 comparison_.detectors[1].difference->farAverage->auroc.estimate);
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
                std::vector<MetricIntervals> tested = detector.difference->ood;
                tested.push_back(detector.difference->average);
                tested.push_back(*detector.difference->nearAverage);
                tested.push_back(*detector.difference->farAverage);
                for (const MetricIntervals& each : tested)
                    stars += (excludesZero(each.fpr95) ? 1 : 0) + (excludesZero(each.auroc) ? 1 : 0);
            }
            QCOMPARE(row.count("$^{*}$"), stars);
        }
    }

    void theStarIsExplainedBelowEveryTable() {
        const std::string star = starLegend(comparison_);
        QVERIFY(star.find("difference to Energy in that column") != std::string::npos);
        QVERIFY(star.ends_with("not corrected for the number of detectors."));
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

    /// The averages over all, near and far sets, each with an interval and the star of its own difference.
    void everyAverageHasItsInterval() {
        const ComparedDetector& dice = comparison_.detectors[1];
        const auto bounds = [](const Interval& interval) {
            return " [" + inPercent(interval.low) + ", " + inPercent(interval.high) + "]";
        };
        const QString table = QString::fromStdString(comparisonTable(comparison_));
        const QString markdown = QString::fromStdString(comparisonMarkdown(*inputs_, comparison_));
        const auto check = [&](const QString& title, const QString& name, const MetricIntervals& interval,
                               const MetricIntervals& difference) {
            const QString below = table.mid(table.indexOf(title)).split("\n\n").front();
            const QString row = below.split('\n').filter("DICE (p=60)").front();
            QVERIFY2(row.contains(bounds(interval.fpr95)) && row.contains(bounds(interval.auroc)),
                     qPrintable(row));
            const int stars =
                (excludesZero(difference.fpr95) ? 1 : 0) + (excludesZero(difference.auroc) ? 1 : 0);
            QCOMPARE(row.count('*'), stars);
            const QString part = markdown.mid(markdown.indexOf("| " + name + ", 95 % interval |"));
            const QString line = part.split("\n\n").front().split('\n').filter("DICE (p=60)").front();
            for (const Interval* each :
                 {&interval.fpr95, &interval.auroc, &difference.fpr95, &difference.auroc})
                QVERIFY2(line.contains(bounds(*each)), qPrintable(line));
        };
        check("Average over 3 OOD sets", "average", dice.intervals->average, dice.difference->average);
        check("Average over the near OOD sets: near\n", "average-near", *dice.intervals->nearAverage,
              *dice.difference->nearAverage);
        check("Average over the far OOD sets: far, noise\n", "average-far", *dice.intervals->farAverage,
              *dice.difference->farAverage);
    }

    void withoutGroupsOrBootstrapTheirTablesAreNotThere() {
        Comparison plain = comparison_;
        plain.bootstrap = 0;
        for (ComparedDetector& detector : plain.detectors) {
            detector.intervals.reset();
            detector.difference.reset();
        }
        QVERIFY(!QString::fromStdString(comparisonTable(plain)).contains("near OOD sets"));
        QVERIFY(QString::fromStdString(comparisonTable(plain)).contains("average-near"));
        QVERIFY(!QString::fromStdString(comparisonMarkdown(*inputs_, plain)).contains("95 % interval |"));
        Comparison farOnly = comparison_;
        farOnly.nearSets.clear();
        for (ComparedDetector& detector : farOnly.detectors) {
            detector.nearAverage.reset();
            if (detector.intervals) detector.intervals->nearAverage.reset();
            if (detector.difference) detector.difference->nearAverage.reset();
        }
        const QString table = QString::fromStdString(comparisonTable(farOnly));
        QVERIFY(!table.contains("near OOD sets"));
        const QString far = table.mid(table.indexOf("Average over the far OOD sets"));
        QVERIFY(far.contains("[" + inPercent(comparison_.detectors[1].intervals->farAverage->fpr95.low)));
    }

    /// Of what an interrupted run leaves, detectors that were done stand beside others that have intervals.
    void aDetectorWithoutIntervalsStandsBesideOthers() {
        Comparison mixed = comparison_;
        mixed.detectors[1].intervals.reset();
        mixed.detectors[1].difference.reset();
        const QString table = QString::fromStdString(comparisonTable(mixed));
        const QString far = table.mid(table.indexOf("Average over the far OOD sets"));
        const QString row = far.split('\n').filter("DICE (p=60)").front();
        QVERIFY2(row.contains(inPercent(mixed.detectors[1].farAverage->auroc)) && !row.contains('['),
                 qPrintable(row));
        QVERIFY(QString::fromStdString(comparisonMarkdown(*inputs_, mixed)).contains("| DICE (p=60) |"));
        QVERIFY(comparisonCsv(mixed).find("average-far") != std::string::npos);
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
