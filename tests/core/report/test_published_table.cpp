#include "core/report/published_table.h"

#include <QTest>

#include "core/report/html_report.h"
#include "report_fixture.h"

using namespace dicescope;

namespace {

MetricRow row(const char* detector, std::optional<double> p, const char* set,
              ScoreKind score = ScoreKind::Energy) {
    MetricRow made;
    made.detector = detector;
    made.p = p;
    made.ood = set;
    made.score = score;
    made.metrics.fpr95 = 0.25;
    made.metrics.auroc = 0.875;
    return made;
}

/// Every row that an evaluation of these sets has, with one value everywhere.
Evaluation evaluationOf(const std::vector<const char*>& sets, std::optional<float> clip = {}) {
    Evaluation evaluation;
    evaluation.levels = {10, 70};
    evaluation.reactClip = clip;
    std::vector<const char*> all = sets;
    all.push_back("average");
    const auto add = [&](const char* detector, std::optional<double> p) {
        for (const ScoreKind score : {ScoreKind::Energy, ScoreKind::Msp, ScoreKind::MaxLogit}) {
            for (const char* set : all) evaluation.rows.push_back(row(detector, p, set, score));
        }
    };
    add("dense", {});
    add("dice", 10);
    add("dice", 70);
    if (!clip) return evaluation;
    add("react", {});
    add("dice+react", 10);
    add("dice+react", 70);
    return evaluation;
}

const BenchmarkPreset& imagenet() {
    return **findBenchmark("imagenet1k");
}

/// "dense energy SUN" for each row.
QStringList labels(const std::vector<PublishedRow>& rows) {
    QStringList texts;
    for (const PublishedRow& each : rows) {
        texts << QString::fromStdString(each.own.detector +
                                        (each.own.p ? " " + std::to_string(int(*each.own.p)) : "") + " " +
                                        std::string(name(each.own.score)) + " " + each.own.ood);
    }
    return texts;
}

}  // namespace

class TestPublishedTable : public QObject {
    Q_OBJECT

  private slots:
    void rowsAreThoseThatWerePublished() {
        const auto rows = publishedRows(evaluationOf({"SUN", "mine", "Textures"}), imagenet());
        QCOMPARE(labels(rows), (QStringList{"dense energy SUN", "dense energy Textures", "dense msp SUN",
                                            "dense msp Textures", "dice 70 energy SUN"}));
        QCOMPARE(rows[0].published.fpr95, std::optional(0.5926));
        QCOMPARE(rows[4].published.auroc, std::optional(0.9083));
    }

    void theAverageNeedsEverySet() {
        const auto rows =
            publishedRows(evaluationOf({"iNaturalist", "SUN", "Places", "Textures"}, 1.0F), imagenet());
        const QStringList found = labels(rows);
        QVERIFY(found.contains("dense energy average"));
        QVERIFY(found.contains("react energy average"));
        QVERIFY(found.contains("dice+react 10 energy average"));
        QVERIFY(!found.contains("dice 70 energy average"));    // was not published
        QVERIFY(!found.contains("dice+react 70 energy SUN"));  // another p than the authors'
        QVERIFY(!found.filter("dice 10").size());
        QCOMPARE(publishedRows(evaluationOf({"SUN"}, 0.5F), imagenet()).size(), std::size_t{3});
    }

    void anotherRankingIsNotDice() {
        Evaluation evaluation;
        evaluation.rows = {row("abs-weight", 70, "SUN"), row("abs-weight+react", 10, "SUN")};
        evaluation.reactClip = 1.0F;
        QVERIFY(publishedRows(evaluation, imagenet()).empty());
    }

    void csvHasFractionsAndEmptyFields() {
        const QString csv = QString::fromStdString(publishedCsv(evaluationOf({"iNaturalist"}), imagenet()));
        const QStringList lines = csv.split('\n', Qt::SkipEmptyParts);
        QCOMPARE(lines.size(), 4);
        QCOMPARE(lines[0],
                 QString("detector,score,p,ood,fpr95,published_fpr95,auroc,published_auroc,source"));
        QVERIFY2(lines[3].startsWith("dice,energy,70,iNaturalist,0.25,0.2563,0.875,,"), qPrintable(lines[3]));
    }

    void theTableSaysWhereFromAndWhatSpeaksAgainst() {
        const auto inputs = testing::makeInputs();  // C=2, D=2
        const QString table =
            QString::fromStdString(publishedTable(inputs, evaluationOf({"SUN"}), imagenet()));
        QVERIFY2(table.contains("25.00            35.15  87.50            90.83"), qPrintable(table));
        QCOMPARE(table.count("arXiv 2111.09805"), 1);
        QVERIFY(table.contains("The model (C=2, D=2) is not the one of the published numbers"));
        const QString none =
            QString::fromStdString(publishedTable(inputs, evaluationOf({"mine"}), imagenet()));
        QVERIFY(none.contains("nothing was published"));
    }

    void markdownIsOneTable() {
        const auto inputs = testing::makeInputs();
        const QString text =
            QString::fromStdString(publishedMarkdown(inputs, evaluationOf({"iNaturalist"}), imagenet()));
        QVERIFY(text.contains("| DICE (p=70) | energy | iNaturalist | 25.00 | 25.63 | 87.50 | - |"));
        QVERIFY(publishedMarkdown(inputs, evaluationOf({"mine"}), imagenet()).empty());
    }

    void theReportHasASectionWhereTheSessionIsOfABenchmark() {
        const auto inputs = testing::makeInputs();
        Session session = defaultSession();
        const Evaluation evaluation = evaluationOf({"SUN"});
        const std::vector<ReportPlot> plots;
        const std::vector<std::string> notes;
        const HtmlReport report{inputs, session, evaluation, nullptr, plots, notes};
        QVERIFY(htmlReport(report).find("Beside published numbers") == std::string::npos);
        session.benchmark = "imagenet1k";
        const std::string html = htmlReport(report);
        QVERIFY(html.find("Beside published numbers: ImageNet-1k, ResNet-50") != std::string::npos);
        QVERIFY(html.find("data-value=\"0.3515\"") != std::string::npos);
    }
};

QTEST_APPLESS_MAIN(TestPublishedTable)
#include "test_published_table.moc"
