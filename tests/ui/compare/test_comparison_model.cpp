#include "ui/compare/comparison_model.h"

#include <QAbstractItemModelTester>
#include <QColor>
#include <QFont>
#include <QTest>
#include <optional>

#include "tests/support/qt_warnings.h"
#include "tests/ui/compare/compare_test_support.h"

using namespace dicescope;
using namespace dicescope::testing;
using Kind = ComparisonColumn::Kind;
using Over = ComparisonColumn::Over;

namespace {

int columnOf(const ComparisonModel& model, const ComparisonColumn& wanted) {
    for (int column = 0; column < model.columnCount(); ++column) {
        if (model.column(column) == wanted) return column;
    }
    return -1;
}

QVariant cell(const ComparisonModel& model, int row, const ComparisonColumn& column, int role) {
    return model.index(row, columnOf(model, column)).data(role);
}

QString percent(double fraction) {
    return QString::number(100 * fraction, 'f', 2);
}

}  // namespace

class TestComparisonModel : public QObject {
    Q_OBJECT

    std::optional<FailOnQtWarnings> warnings_;

  private slots:
    void init() { warnings_.emplace(); }
    void cleanup() { warnings_.reset(); }

    void columnsFollowBaselineGroupsAndSets() {
        ComparisonModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        auto comparison = madeComparison();
        model.setComparison(comparison, false);
        QCOMPARE(model.rowCount(), 5);
        QCOMPARE(model.columnCount(), 2 + 2 + 2 + 3 * 2 + 2);
        auto grouped = std::make_shared<Comparison>(*comparison);
        addGroups(*grouped);
        grouped->farSets.clear();
        grouped->baseline.reset();
        model.setComparison(grouped, false);
        QCOMPARE(model.columnCount(), 2 + 2 + 2 + 3 * 2 + 2);
        QCOMPARE(columnOf(model, {.kind = Kind::Fpr95Difference}), -1);
        const ComparisonColumn near{Kind::Fpr95, Over::Near, 0};
        QCOMPARE(cell(model, 0, near, ComparisonModel::NumberRole).toString(),
                 percent(comparison->detectors[0].metrics[0].fpr95));
        QCOMPARE(model.headerData(columnOf(model, near), Qt::Horizontal, Qt::DisplayRole).toString(),
                 QString("Near\nFPR95"));
        model.setComparison(nullptr, false);
        QCOMPARE(model.rowCount(), 0);
        QCOMPARE(model.columnCount(), 0);
    }

    /// As the average over all: an interval in the cell, differences with a sign and a colour by their own
    /// interval.
    void groupsAreShownAsTheAverageOverAll() {
        ComparisonModel model;
        const auto comparison = madeComparison();
        addGroups(*comparison);
        model.setComparison(comparison, false);
        QCOMPARE(model.columnCount(), 2 + 3 * 4 + 3 * 2 + 2);
        const ComparedDetector& dice = comparison->detectors[2];
        const auto bounds = [](double value, double half) {
            return QString("[%1, %2]").arg(100 * value - half, 0, 'f', 1).arg(100 * value + half, 0, 'f', 1);
        };
        QCOMPARE(cell(model, 2, {Kind::Fpr95, Over::Near, 0}, ComparisonModel::IntervalRole).toString(),
                 bounds(dice.nearAverage->fpr95, 0.5));
        QCOMPARE(cell(model, 2, {Kind::Auroc, Over::Far, 0}, ComparisonModel::IntervalRole).toString(),
                 bounds(dice.farAverage->auroc, 1.5));
        const ComparisonColumn nearDifference{Kind::AurocDifference, Over::Near, 0};
        const ComparisonColumn farDifference{Kind::AurocDifference, Over::Far, 0};
        QCOMPARE(cell(model, 2, nearDifference, ComparisonModel::ValueRole).toDouble(),
                 dice.nearAverage->auroc - comparison->detectors[0].nearAverage->auroc);
        QCOMPARE(cell(model, 2, farDifference, ComparisonModel::ValueRole).toDouble(),
                 dice.farAverage->auroc - comparison->detectors[0].farAverage->auroc);
        QCOMPARE(cell(model, 2, nearDifference, Qt::ForegroundRole).value<QColor>(), lightTheme().best);
        QCOMPARE(cell(model, 2, farDifference, Qt::ForegroundRole).value<QColor>(), lightTheme().worse);
        QVERIFY(!cell(model, 1, farDifference, Qt::ForegroundRole).isValid());
        QVERIFY(!cell(model, 0, farDifference, ComparisonModel::ValueRole).isValid());
        QCOMPARE(model.headerData(columnOf(model, farDifference), Qt::Horizontal, Qt::DisplayRole).toString(),
                 QString("Far less Energy\nAUROC"));
        const QString header =
            model.headerData(columnOf(model, farDifference), Qt::Horizontal, Qt::ToolTipRole).toString();
        QVERIFY2(header.contains("far, noise"), qPrintable(header));
        const QString tip = cell(model, 2, {Kind::Auroc, Over::Far, 0}, Qt::ToolTipRole).toString();
        QVERIFY2(tip.contains("95 % interval"), qPrintable(tip));
        const QString verdict = cell(model, 2, farDifference, Qt::ToolTipRole).toString();
        QVERIFY2(verdict.contains("far, noise") && verdict.contains("worse than the baseline"),
                 qPrintable(verdict));
        const QStringList lines = model.tabSeparated({2}).split(u'\n');
        const auto at = lines[0].split(u'\t').indexOf("Far less Energy AUROC low");
        QVERIFY(at > 0);
        QCOMPARE(lines[1].split(u'\t')[at].toDouble(), -7.0);
    }

    /// A detector of a run that ended early has the average over a group, and no interval yet.
    void aGroupWithoutAnInterval() {
        ComparisonModel model;
        const auto comparison = madeComparison();
        addGroups(*comparison);
        comparison->detectors[2].intervals.reset();
        comparison->detectors[2].difference.reset();
        model.setComparison(comparison, false);
        const ComparisonColumn far{Kind::Fpr95, Over::Far, 0};
        QCOMPARE(cell(model, 2, far, Qt::DisplayRole).toString(),
                 percent(comparison->detectors[2].farAverage->fpr95));
        QVERIFY(!cell(model, 2, {Kind::Fpr95Difference, Over::Far, 0}, Qt::ForegroundRole).isValid());
    }

    void showsTheNumbersOfTheComparison() {
        ComparisonModel model;
        const auto comparison = madeComparison();
        model.setComparison(comparison, false);
        for (int row = 0; row < 4; ++row) {
            const ComparedDetector& detector = comparison->detectors[static_cast<std::size_t>(row)];
            QCOMPARE(cell(model, row, {.kind = Kind::Auroc}, ComparisonModel::NumberRole).toString(),
                     percent(detector.average.auroc));
            for (std::size_t s = 0; s < 3; ++s) {
                QCOMPARE(cell(model, row, {Kind::Fpr95, Over::Set, s}, Qt::DisplayRole).toString(),
                         percent(detector.metrics[s].fpr95));
            }
            QCOMPARE(cell(model, row, {.kind = Kind::Rank}, Qt::DisplayRole).toString(),
                     QString::number(detector.rankByFpr95));
        }
        const OodMetrics& average = comparison->detectors[0].average;
        QCOMPARE(cell(model, 0, {.kind = Kind::Fpr95}, ComparisonModel::IntervalRole).toString(),
                 QString("[%1, %2]")
                     .arg(100 * average.fpr95 - 1, 0, 'f', 1)
                     .arg(100 * average.fpr95 + 1, 0, 'f', 1));
        QCOMPARE(cell(model, 0, {.kind = Kind::FitSeconds}, Qt::DisplayRole).toString(), QString("0.25"));
        QCOMPARE(cell(model, 0, {.kind = Kind::ScoreSeconds}, Qt::TextAlignmentRole).toInt() & Qt::AlignRight,
                 static_cast<int>(Qt::AlignRight));
    }

    /// Blue where better, orange where worse, nothing where the interval holds 0; and a sign beside the
    /// colour.
    void coloursOnlyWhatTheIntervalTellsApart() {
        ComparisonModel model;
        model.setComparison(madeComparison(), false);
        model.setTheme(darkTheme());
        const ComparisonColumn fpr{.kind = Kind::Fpr95Difference};
        const ComparisonColumn auroc{.kind = Kind::AurocDifference};
        QVERIFY(!cell(model, 0, fpr, ComparisonModel::ValueRole).isValid());  // the baseline itself
        QVERIFY(!cell(model, 1, fpr, Qt::ForegroundRole).isValid());
        QVERIFY(!cell(model, 1, fpr, Qt::DisplayRole).toString().contains(u'▼'));
        QCOMPARE(cell(model, 2, fpr, Qt::ForegroundRole).value<QColor>(), darkTheme().best);
        QVERIFY(cell(model, 2, fpr, Qt::DisplayRole).toString().startsWith(u'▼'));
        QVERIFY(cell(model, 2, auroc, Qt::DisplayRole).toString().startsWith(u'▲'));
        QCOMPARE(cell(model, 3, auroc, Qt::ForegroundRole).value<QColor>(), darkTheme().worse);
        QVERIFY(cell(model, 3, auroc, Qt::DisplayRole).toString().startsWith(u'▽'));
        // Metrics themselves have no colour.
        for (int column = 0; column < model.columnCount(); ++column) {
            if (!model.column(column).isDifference())
                QVERIFY(!model.index(2, column).data(Qt::ForegroundRole).isValid());
        }
    }

    void theBestOfEachMetricIsBold() {
        ComparisonModel model;
        const auto comparison = madeComparison();
        model.setComparison(comparison, false);
        for (int column = 0; column < model.columnCount(); ++column) {
            for (int row = 0; row < model.rowCount(); ++row) {
                const bool bold = model.index(row, column).data(Qt::FontRole).value<QFont>().bold() &&
                                  model.index(row, column).data(Qt::FontRole).isValid();
                // DICE separates best on every set.
                QCOMPARE(bold, row == 2 && model.column(column).isMetric());
            }
        }
    }

    void aDetectorThatFailedHasItsSentence() {
        ComparisonModel model;
        model.setComparison(madeComparison(), false);
        QVERIFY(model.index(4, 2).data(ComparisonModel::SentenceRole).toString().startsWith("KNN looks"));
        QCOMPARE(model.index(4, 1).data().toString(), QString("KNN"));
        QCOMPARE(model.index(4, 2).data().toString(), QString());
        QCOMPARE(model.index(0, 2).data(ComparisonModel::SentenceRole).toString(), QString());
    }

    void detectorsComeInOneByOne() {
        ComparisonModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        const auto whole = madeComparison();
        auto frame = std::make_shared<Comparison>(*whole);
        for (ComparedDetector& detector : frame->detectors) {
            ComparedDetector empty;
            empty.spec = detector.spec;
            empty.label = detector.label;
            detector = empty;
        }
        model.setComparison(frame, true);
        QVERIFY(model.index(1, 2).data(ComparisonModel::SentenceRole).toString().contains("to come"));
        const auto share = [&](std::size_t k) {
            auto copy = std::make_shared<ComparedDetector>(whole->detectors[k]);
            copy->intervals.reset();
            copy->difference.reset();
            copy->rankByFpr95 = copy->rankByAuroc = 0;
            return copy;
        };
        model.setDetector(1, share(1));
        const ComparisonColumn difference{.kind = Kind::Fpr95Difference};
        QVERIFY(!cell(model, 1, difference, ComparisonModel::ValueRole).isValid());  // no baseline yet
        QVERIFY(cell(model, 1, {.kind = Kind::Fpr95}, Qt::FontRole).isValid());
        model.setDetector(0, share(0));
        QCOMPARE(cell(model, 1, difference, ComparisonModel::ValueRole).toDouble(),
                 whole->detectors[1].average.fpr95 - whole->detectors[0].average.fpr95);
        QVERIFY(!cell(model, 1, difference, Qt::ForegroundRole).isValid());
        model.setDetector(9, share(0));  // of another run: passed over
        QVERIFY(!cell(model, 2, {.kind = Kind::Fpr95}, ComparisonModel::ValueRole).isValid());
    }

    void tipsSayTheConvention() {
        ComparisonModel model;
        const auto comparison = madeComparison();
        model.setComparison(comparison, false);
        const ComparisonColumn fpr{Kind::Fpr95, Over::Set, 1};
        const QString header =
            model.headerData(columnOf(model, fpr), Qt::Horizontal, Qt::ToolTipRole).toString();
        QVERIFY2(header.contains("ID positive") && header.contains("95 %") && header.contains("far"),
                 qPrintable(header));
        const QString tip = cell(model, 2, fpr, Qt::ToolTipRole).toString();
        QVERIFY(tip.contains(percent(comparison->detectors[2].metrics[1].fpr95OodPositive)));
        QVERIFY(tip.contains("OOD positive"));
    }

    void copiesAsTabSeparatedValues() {
        ComparisonModel model;
        const auto comparison = madeComparison();
        model.setComparison(comparison, false);
        const QStringList lines = model.tabSeparated({2, 4}).split(u'\n');
        QCOMPARE(lines.size(), 4);  // a header, two rows, the end of the last
        const QStringList header = lines[0].split(u'\t');
        const QStringList dice = lines[1].split(u'\t');
        QCOMPARE(dice.size(), header.size());
        const auto field = [&](const QString& name) { return dice[header.indexOf(name)]; };
        QCOMPARE(field("Detector"), QString::fromStdString(comparison->detectors[2].label));
        QCOMPARE(field("far AUROC").toDouble(),
                 QString::number(100 * comparison->detectors[2].metrics[1].auroc, 'f', 4).toDouble());
        QCOMPARE(
            field("Average FPR95 low").toDouble(),
            QString::number(100 * comparison->detectors[2].intervals->average.fpr95.low, 'f', 4).toDouble());
        QCOMPARE(field("less Energy FPR95 high").toDouble(), -3.0);
        QVERIFY(lines[2].contains("KNN looks for neighbour"));
    }
};

QTEST_MAIN(TestComparisonModel)
#include "test_comparison_model.moc"
