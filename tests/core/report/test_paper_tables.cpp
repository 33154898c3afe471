#include <QRegularExpression>
#include <QTest>

#include "core/report/metrics_report.h"
#include "core/report/paper_table.h"
#include "tests/core/report/report_fixture.h"

using namespace dicescope;
using namespace dicescope::testing;

namespace {

QStringList linesOf(const std::string& text) {
    return QString::fromStdString(text).split('\n');
}

/// The cells of a line with the separator not behind a backslash.
QStringList cellsOf(const QString& line, const char* separator) {
    QStringList cells = line.split(QRegularExpression(QString("(?<!\\\\)") + separator));
    for (QString& cell : cells) cell = cell.trimmed();
    return cells;
}

/// What a row says, by hand from the evaluation: FPR95 and AUROC of every set in percent.
QStringList numbersOf(const Evaluation& evaluation, const std::string& detector, std::optional<double> p,
                      ScoreKind score) {
    QStringList numbers;
    for (const MetricRow& row : evaluation.rows) {
        if (row.detector != detector || row.p != p || row.score != score) continue;
        numbers << QString::number(100 * row.metrics.fpr95, 'f', 2)
                << QString::number(100 * row.metrics.auroc, 'f', 2);
    }
    return numbers;
}

}  // namespace

class TestPaperTables : public QObject {
    Q_OBJECT

  private slots:
    void initTestCase() {
        inputs_.ood.push_back(makeSet("x_y & | 5%", SetRole::Ood, {"1.png", "2.png", "3.png", "4.png"}));
        auto evaluated = evaluate(inputs_, {{50, 75}, 1.5F, 1});
        QVERIFY(evaluated);
        evaluation_ = std::move(*evaluated);
    }

    void detectorsHaveNamesForPeople() {
        QCOMPARE(detectorLabel("dense", {}, {}), std::string("Dense"));
        QCOMPARE(detectorLabel("dice", 12.5, {}), std::string("DICE (p=12.5)"));
        QCOMPARE(detectorLabel("react", {}, 1.5F), std::string("ReAct (c=1.5)"));
        QCOMPARE(detectorLabel("dice+react", 90, 1.0F), std::string("DICE+ReAct (p=90, c=1)"));
        QCOMPARE(detectorLabel("abs-weight", 90, 1.0F), std::string("abs-weight (p=90)"));
        QCOMPARE(detectorLabel("abs-weight+react", 90, 1.0F), std::string("abs-weight+ReAct (p=90, c=1)"));
    }

    void latexHasARowADetectorAndLevel() {
        const QStringList lines = linesOf(metricsLatex(inputs_, evaluation_, ScoreKind::MaxLogit));
        QVERIFY(lines[0].startsWith("% DiceScope"));
        const auto begin = lines.indexOf("  \\begin{tabular}{lrrrrrr}");
        QVERIFY(begin > 0);
        QCOMPARE(lines[begin + 1], "    \\toprule");
        QCOMPARE(
            cellsOf(lines[begin + 2].chopped(3), "&"),
            (QStringList{"", "\\multicolumn{2}{c}{far}", "\\multicolumn{2}{c}{x\\_y \\& \\textbar{} 5\\%}",
                         "\\multicolumn{2}{c}{average}"}));
        const struct {
            const char* label;
            const char* detector;
            std::optional<double> p;
        } rows[] = {{"Dense", "dense", {}},
                    {"DICE (p=50)", "dice", 50},
                    {"DICE (p=75)", "dice", 75},
                    {"ReAct (c=1.5)", "react", {}},
                    {"DICE+ReAct (p=50, c=1.5)", "dice+react", 50},
                    {"DICE+ReAct (p=75, c=1.5)", "dice+react", 75}};
        const auto middle = lines.indexOf("    \\midrule");
        for (qsizetype i = 0; i < 6; ++i) {
            const QString line = lines[middle + 1 + i];
            QVERIFY(line.endsWith(" \\\\"));
            const auto& row = rows[i];
            QCOMPARE(
                cellsOf(line.chopped(3), "&"),
                QStringList{row.label} + numbersOf(evaluation_, row.detector, row.p, ScoreKind::MaxLogit));
        }
        QCOMPARE(lines[middle + 7], "    \\bottomrule");
    }

    void latexIsBalanced() {
        inputs_.ood[0].name = "} \\end{tabular} {";
        auto evaluated = evaluate(inputs_, {{50}, {}, 1});
        QVERIFY(evaluated);
        QString text = QString::fromStdString(metricsLatex(inputs_, *evaluated));
        inputs_.ood[0].name = "far";
        QCOMPARE(text.count("\\end{tabular}"), 1);
        text.remove(QRegularExpression("\\\\[{}]"));
        QCOMPARE(text.count('{'), text.count('}'));
    }

    void markdownHasTheSameNumbers() {
        const QStringList lines = linesOf(metricsMarkdown(inputs_, evaluation_));
        QCOMPARE(cellsOf(lines[0], "\\|"),
                 (QStringList{"", "Detector", "far FPR95", "far AUROC", "x\\_y \\& \\| 5% FPR95",
                              "x\\_y \\& \\| 5% AUROC", "average FPR95", "average AUROC", ""}));
        QCOMPARE(cellsOf(lines[1], "\\|").size(), cellsOf(lines[0], "\\|").size());
        QCOMPARE(cellsOf(lines[3], "\\|"), QStringList({"", "DICE (p=50)"}) +
                                               numbersOf(evaluation_, "dice", 50, ScoreKind::Energy) +
                                               QStringList{""});
        QVERIFY(lines[8].isEmpty());
        QVERIFY(lines.contains("- 3 ID and 6 OOD images."));
    }

    void anEvaluationWithoutRowsGivesAnEmptyTable() {
        const Evaluation nothing;
        QVERIFY(QString::fromStdString(metricsLatex(inputs_, nothing)).contains("\\begin{tabular}{l}"));
        QVERIFY(
            QString::fromStdString(metricsMarkdown(inputs_, nothing)).startsWith("| Detector |\n|---|\n\n"));
    }

  private:
    AnalysisInputs inputs_ = makeInputs();
    Evaluation evaluation_;
};

QTEST_APPLESS_MAIN(TestPaperTables)
#include "test_paper_tables.moc"
