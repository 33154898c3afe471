#include "core/report/published_comparison.h"

#include <QTemporaryDir>
#include <QTest>

#include "core/report/comparison_report.h"
#include "report_fixture.h"

using namespace dicescope;

namespace {

const BenchmarkPreset& imagenet() {
    return **findBenchmark("imagenet1k");
}

/// Every detector with an FPR of 0.25 and an AUROC of 0.875 everywhere.
Comparison comparisonOf(const std::string& detectors, const std::vector<std::string>& sets) {
    Comparison comparison;
    comparison.oodNames = sets;
    comparison.oodCounts.assign(sets.size(), 5);
    OodMetrics metrics;
    metrics.fpr95 = 0.25;
    metrics.auroc = 0.875;
    const std::vector<DetectorSpec> specs = *parseDetectorList(detectors);
    for (const DetectorSpec& spec : specs) {
        ComparedDetector detector;
        detector.spec = spec;
        detector.label = specLabel(spec);
        detector.metrics.assign(sets.size(), metrics);
        detector.average = metrics;
        comparison.detectors.push_back(std::move(detector));
    }
    return comparison;
}

QStringList labels(const std::vector<PublishedDetector>& rows) {
    QStringList texts;
    for (const PublishedDetector& row : rows)
        texts << QString::fromStdString(specText(row.spec) + " " + row.ood);
    return texts;
}

}  // namespace

class TestPublishedComparison : public QObject {
    Q_OBJECT

  private slots:
    void rowsAreThoseThatWerePublished() {
        const auto rows = publishedRows(
            comparisonOf("odin,mahalanobis,knn,dice,dice:p=70,energy", {"SUN", "mine"}), imagenet());
        QCOMPARE(labels(rows), (QStringList{"odin SUN", "mahalanobis SUN", "dice:p=70 SUN", "energy SUN"}));
        QCOMPARE(*rows[0].published.fpr95, 0.6015);
        QCOMPARE(*rows[1].published.auroc, 0.4241);
        QCOMPARE(rows[1].metrics.auroc, 0.875);
    }

    void theAverageNeedsEverySet() {
        const auto rows = publishedRows(
            comparisonOf("odin,react:c=1", {"Textures", "iNaturalist", "SUN", "Places"}), imagenet());
        QCOMPARE(rows.size(), std::size_t{10});
        QCOMPARE(labels(rows)[4], "odin average");
        QCOMPARE(*rows[4].published.fpr95, 0.5648);
    }

    void atAnotherLevelOnlyAurocIsComparable() {
        Comparison comparison = comparisonOf("dice:p=70", {"SUN", "iNaturalist"});
        comparison.tprLevel = 0.9;
        const auto rows = publishedRows(comparison, imagenet());
        QCOMPARE(labels(rows), QStringList{"dice:p=70 SUN"});  // of iNaturalist there is an FPR only
        QVERIFY(!rows[0].published.fpr95);
    }

    void aDetectorThatDidNotRunHasNoRow() {
        Comparison comparison = comparisonOf("odin", {"SUN"});
        comparison.detectors[0].error = Error{ErrorCode::InvalidArgument, "No model."};
        QVERIFY(publishedRows(comparison, imagenet()).empty());
    }

    void everyFormatHasThem() {
        const auto inputs = testing::makeInputs();  // C=2, D=2
        const Comparison comparison = comparisonOf("dice:p=70", {"iNaturalist", "SUN"});
        const QString table = QString::fromStdString(publishedTable(inputs, comparison, imagenet()));
        QVERIFY2(table.contains("25.00            35.15  87.50            90.83"), qPrintable(table));
        QVERIFY(table.contains("arXiv 2111.09805") && table.contains("The model (C=2, D=2)"));
        const QString markdown = QString::fromStdString(comparisonMarkdown(inputs, comparison, &imagenet()));
        QVERIFY2(markdown.contains("| DICE (p=70) | iNaturalist | 25.00 | 25.63 | 87.50 | - |"),
                 qPrintable(markdown));
        const QString json = QString::fromStdString(comparisonJson(inputs, comparison, &imagenet()));
        QVERIFY(json.contains("\"published_auroc\": 0.9083"));
        const QStringList csv = QString::fromStdString(publishedCsv(comparison, imagenet())).split('\n');
        QVERIFY2(csv[1].startsWith("dice:p=70,iNaturalist,0.25,0.2563,0.875,,"), qPrintable(csv[1]));
        const QTemporaryDir folder;
        QCOMPARE(writeComparison(folder.path().toStdString(), inputs, comparison, &imagenet())->back(),
                 std::string("comparison-published.csv"));
    }

    void withoutAnyNothingIsAdded() {
        const auto inputs = testing::makeInputs();
        const Comparison comparison = comparisonOf("knn", {"SUN"});
        QVERIFY(publishedTable(inputs, comparison, imagenet()).find("nothing was published") !=
                std::string::npos);
        QCOMPARE(comparisonMarkdown(inputs, comparison, &imagenet()), comparisonMarkdown(inputs, comparison));
        QCOMPARE(comparisonJson(inputs, comparison, &imagenet()), comparisonJson(inputs, comparison));
        const QTemporaryDir folder;
        QCOMPARE(writeComparison(folder.path().toStdString(), inputs, comparison, &imagenet())->size(),
                 std::size_t{4});
    }
};

QTEST_APPLESS_MAIN(TestPublishedComparison)
#include "test_published_comparison.moc"
