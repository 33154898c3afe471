#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>
#include <array>
#include <optional>

#include "tests/support/qt_warnings.h"
#include "tests/support/tiny_exploration.h"
#include "ui/panels/metrics_model.h"

using namespace dicescope;
using dicescope::testing::tinyExploration;
using dicescope::testing::tinyInputs;

namespace {

double member(const OodMetrics& metrics, int metric) {
    return std::array{metrics.fpr95, metrics.fpr95OodPositive, metrics.auroc, metrics.auprIn, metrics.auprOut}
        .at(static_cast<std::size_t>(metric));
}

QVariant value(const MetricsModel& model, int set, int metric, int column) {
    return model.index(metric, column, model.index(set, 0)).data(MetricsModel::ValueRole);
}

QString text(const MetricsModel& model, int set, int metric, int column) {
    return model.index(metric, column, model.index(set, 0)).data().toString();
}

MetricsCell cell(const MetricsModel& model, int set, int metric, int column) {
    return model.index(metric, column, model.index(set, 0)).data(MetricsModel::CellRole).value<MetricsCell>();
}

MetricsCell setCell(const MetricsModel& model, int set, int column) {
    return model.index(set, column).data(MetricsModel::CellRole).value<MetricsCell>();
}

QString percent(double fraction) {
    return QString::number(fraction * 100, 'f', 2);
}

/// A copy in which one OOD set differs from the dense head as told.
ExplorationPtr withValues(const ExplorationPtr& exploration, std::size_t row, double fprChange,
                          double aurocChange) {
    auto changed = std::make_shared<Exploration>(*exploration);
    auto metrics = std::make_shared<LevelMetrics>(*changed->metrics);
    MetricColumns& columns = metrics->ood.front().metrics;
    columns.fpr95[changed->denseRow()] = 0.5;
    columns.auroc[changed->denseRow()] = 0.5;
    columns.fpr95[row] = 0.5 + fprChange;
    columns.auroc[row] = 0.5 + aurocChange;
    changed->metrics = metrics;
    return changed;
}

}  // namespace

class TestMetricsModel : public QObject {
    Q_OBJECT

  private slots:
    void initTestCase() {
        exploration_ = tinyExploration();
        QVERIFY(exploration_ != nullptr);
    }
    void init() { warnings_.emplace(); }
    void cleanup() { warnings_.reset(); }

    void isAModelThroughEveryChange() {
        MetricsModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
        QSignalSpy changes(&model, &QAbstractItemModel::dataChanged);
        model.show(nullptr, 0);
        model.show(exploration_, 90);
        QCOMPARE(resets.count(), 1);
        changes.clear();
        model.show(exploration_, 10);
        QCOMPARE(changes.count(), 5);  // the rows of the sets once, and those below each
        QCOMPARE(changes.at(0).at(0).toModelIndex(), model.index(0, MetricsModel::Current));
        QCOMPARE(changes.at(0).at(1).toModelIndex(), model.index(3, MetricsModel::ColumnCount - 1));
        model.show(exploration_, 10);
        QCOMPARE(changes.count(), 5);
        model.show(exploration_, exploration_->denseRow());
        model.setTheme(themeOf(QPalette(Qt::black)));
        QCOMPARE(resets.count(), 1);
        auto inputs = std::make_shared<AnalysisInputs>(*tinyInputs());
        inputs->ood.pop_back();
        model.show(tinyExploration(inputs), 3);
        QCOMPARE(resets.count(), 2);
        QCOMPARE(model.rowCount(), 3);
        model.show(nullptr, 0);
        QCOMPARE(model.rowCount(), 0);
        model.show(exploration_, 100);
        QCOMPARE(resets.count(), 4);
    }

    void valuesAreThoseOfTheMetrics() {
        MetricsModel model;
        const LevelMetrics& metrics = *exploration_->metrics;
        const std::size_t dense = exploration_->denseRow();
        for (const std::size_t row : {std::size_t{0}, std::size_t{37}, std::size_t{90}, std::size_t{100}}) {
            model.show(exploration_, row);
            QCOMPARE(model.rowCount(), 4);
            for (int set = 0; set < 4; ++set) {
                const MetricColumns& columns =
                    set == 0 ? metrics.average : metrics.ood[static_cast<std::size_t>(set - 1)].metrics;
                QCOMPARE(model.rowCount(model.index(set, 0)), 5);
                for (int metric = 0; metric < 5; ++metric) {
                    const double was = member(columns.at(dense), metric);
                    const double now = member(columns.at(row), metric);
                    QCOMPARE(value(model, set, metric, MetricsModel::Dense).toDouble(), was);
                    QCOMPARE(value(model, set, metric, MetricsModel::Current).toDouble(), now);
                    QCOMPARE(value(model, set, metric, MetricsModel::Difference).toDouble(), now - was);
                    QCOMPARE(text(model, set, metric, MetricsModel::Dense), percent(was));
                    QCOMPARE(text(model, set, metric, MetricsModel::Current), percent(now));
                }
                QCOMPARE(setCell(model, set, MetricsModel::Current).first, percent(columns.fpr95[row]));
                QCOMPARE(setCell(model, set, MetricsModel::Current).second, percent(columns.auroc[row]));
                QCOMPARE(setCell(model, set, MetricsModel::Dense).first, percent(columns.fpr95[dense]));
                QCOMPARE(setCell(model, set, MetricsModel::Dense).second, percent(columns.auroc[dense]));
            }
        }
    }

    void namesSayWhichConvention() {
        MetricsModel model;
        model.show(exploration_, 90);
        QCOMPARE(model.index(0, 0).data().toString(), QString("Average"));
        QCOMPARE(model.index(1, 0).data().toString(), QString("near"));
        QCOMPARE(setCell(model, 0, 0).second, QString("3 OOD sets"));
        QCOMPARE(setCell(model, 1, 0).second, QString("300 images"));
        QVERIFY(setCell(model, 0, 0).bold && !setCell(model, 1, 0).bold);
        QCOMPARE(text(model, 1, 0, 0), QString("FPR95, ID positive"));
        QCOMPARE(text(model, 1, 1, 0), QString("FPR95, OOD positive"));
        QCOMPARE(text(model, 1, 2, 0), QString("AUROC"));
        QCOMPARE(model.headerData(MetricsModel::Current, Qt::Horizontal, Qt::DisplayRole).toString(),
                 QString("90.0\u00A0%"));
        ExplorationView view;
        view.tprLevel = 0.9;
        model.show(tinyExploration(tinyInputs(), view), 90);
        QCOMPARE(text(model, 1, 0, 0), QString("FPR90, ID positive"));
        QCOMPARE(setCell(model, 1, 0).firstTag, QString("FPR90"));
        const QString tip = model.index(1, 0, model.index(1, 0)).data(Qt::ToolTipRole).toString();
        QVERIFY(tip.contains("OpenOOD") && tip.contains("90 %"));
    }

    void setsHaveTheirColours() {
        MetricsModel model;
        const Theme theme = themeOf(QPalette(Qt::white));
        model.setTheme(theme);
        model.show(exploration_, 90);
        QVERIFY(!setCell(model, 0, 0).swatch.isValid());
        for (int set = 1; set < 4; ++set) {
            QCOMPARE(setCell(model, set, 0).swatch, theme.ood(set - 1));
            QCOMPARE(model.index(set, 0).data(Qt::DecorationRole).value<QColor>(), theme.ood(set - 1));
        }
    }

    void differenceSaysBetterOrWorse_data() {
        QTest::addColumn<double>("fpr");
        QTest::addColumn<double>("auroc");
        QTest::addColumn<QString>("fprText");
        QTest::addColumn<QString>("aurocText");
        QTest::newRow("both better") << -0.1234 << 0.2 << "▼ −12.34"
                                     << "▲ +20.00";
        QTest::newRow("both worse") << 0.1 << -0.00009 << "△ +10.00"
                                    << "▽ −0.01";
        QTest::newRow("rounds to nothing") << 0.00004 << -0.00004 << "0.00"
                                           << "0.00";
        QTest::newRow("nothing") << 0.0 << 0.0 << "0.00"
                                 << "0.00";
    }

    void differenceSaysBetterOrWorse() {
        QFETCH(const double, fpr);
        QFETCH(const double, auroc);
        QFETCH(const QString, fprText);
        QFETCH(const QString, aurocText);
        MetricsModel model;
        const Theme theme = themeOf(QPalette(Qt::white));
        model.setTheme(theme);
        model.show(withValues(exploration_, 90, fpr, auroc), 90);
        QCOMPARE(text(model, 1, MetricsModel::Fpr, MetricsModel::Difference), fprText);
        QCOMPARE(text(model, 1, MetricsModel::Auroc, MetricsModel::Difference), aurocText);
        const MetricsCell both = setCell(model, 1, MetricsModel::Difference);
        QCOMPARE(both.first, fprText);
        QCOMPARE(both.second, aurocText);
        const auto tone = [&](double better) {
            return better > 0.00005 ? theme.best : better < -0.00005 ? theme.worse : QColor();
        };
        QCOMPARE(both.firstColor, tone(-fpr));
        QCOMPARE(both.secondColor, tone(auroc));
    }

    void denseRowHasNoDifference() {
        MetricsModel model;
        model.show(exploration_, exploration_->denseRow());
        QVERIFY(!value(model, 1, 0, MetricsModel::Difference).isValid());
        QCOMPARE(text(model, 1, 0, MetricsModel::Difference), QString("–"));
        QCOMPARE(model.headerData(MetricsModel::Current, Qt::Horizontal, Qt::DisplayRole).toString(),
                 QString("Dense"));
    }

    void intervalsBelongToTheirRow() {
        MetricsModel model;
        const ExplorationPtr exploration = withValues(exploration_, 90, -0.02, 0.01);
        PairedIntervals intervals;
        for (BootstrapIntervals* part : {&intervals.first, &intervals.second, &intervals.difference}) {
            part->ood.resize(3);
        }
        intervals.difference.ood[0].fpr95 = {-0.02, -0.031, -0.0123};
        intervals.difference.ood[0].auroc = {0.01, -0.002, 0.122};
        intervals.difference.average.fpr95 = {0, -0.3, 0.4};
        intervals.first.ood[0].fpr95 = {0.48, 0.45, 0.51};
        model.setIntervals(exploration, 90, intervals);  // nothing is shown yet
        model.show(exploration, 90);
        const auto shown = [&](int set, int metric) {
            return cell(model, set, metric, MetricsModel::Difference).second;
        };
        QVERIFY(shown(1, MetricsModel::Fpr).isEmpty());
        BootstrapOptions options;
        options.resamples = 2000;
        options.confidence = 0.9;
        model.setIntervals(exploration, 90, intervals, options);
        QCOMPARE(shown(1, MetricsModel::Fpr), QString("[−3.10, −1.23]"));
        QCOMPARE(shown(1, MetricsModel::Auroc), QString("[−0.2, +12.2]"));
        QCOMPARE(shown(0, MetricsModel::Fpr), QString("[−30.0, +40.0]"));
        QVERIFY(shown(1, MetricsModel::FprOodPositive).isEmpty());
        const auto tip = [&](int metric, int column) {
            return model.index(metric, column, model.index(1, 0)).data(Qt::ToolTipRole).toString();
        };
        QVERIFY(tip(0, MetricsModel::Difference).contains("2.00 points lower"));
        QVERIFY(tip(0, MetricsModel::Difference).contains("better"));
        QVERIFY(tip(0, MetricsModel::Difference).contains("2,000 bootstrap resamples, 90 %"));
        QVERIFY(tip(0, MetricsModel::Current).contains("45.00 to 51.00"));
        // An interval that holds 0 tells nothing apart, so nothing is called better.
        QCOMPARE(text(model, 1, MetricsModel::Auroc, MetricsModel::Difference), QString("+1.00"));
        QVERIFY(!cell(model, 1, MetricsModel::Auroc, MetricsModel::Difference).firstColor.isValid());
        QVERIFY(tip(2, MetricsModel::Difference).contains("holds 0"));
        // They go with their row, and those of another row do not come.
        model.show(exploration, 91);
        QVERIFY(shown(1, MetricsModel::Fpr).isEmpty());
        model.setIntervals(exploration, 90, intervals);
        QVERIFY(shown(1, MetricsModel::Fpr).isEmpty());
        model.setIntervals(exploration_, 91, intervals);
        QVERIFY(shown(1, MetricsModel::Fpr).isEmpty());
        intervals.difference.ood.pop_back();
        model.setIntervals(exploration, 91, intervals);
        QVERIFY(shown(1, MetricsModel::Fpr).isEmpty());
    }

    void realIntervalsAreShown() {
        MetricsModel model;
        BootstrapOptions options;
        options.resamples = 50;
        const auto intervals = intervalsAt(*exploration_, 90, options, Job{});
        QVERIFY(intervals.has_value());
        model.show(exploration_, 90);
        model.setIntervals(exploration_, 90, *intervals, options);
        for (int set = 0; set < 4; ++set) {
            QVERIFY(cell(model, set, MetricsModel::Fpr, MetricsModel::Difference).second.startsWith('['));
            QVERIFY(cell(model, set, MetricsModel::Auroc, MetricsModel::Difference).second.startsWith('['));
        }
    }

    void publishedValuesStandBeside() {
        MetricsModel model;
        model.show(exploration_, 90);
        QCOMPARE(text(model, 1, MetricsModel::Fpr, MetricsModel::Published), QString());
        model.setPublished(
            {{"near", 0.2563, std::nullopt, "DICE, somewhere"}, {"", 0.3475, 0.9077, "average"}});
        QCOMPARE(text(model, 1, MetricsModel::Fpr, MetricsModel::Published), QString("25.63"));
        QCOMPARE(text(model, 1, MetricsModel::Auroc, MetricsModel::Published), QString("–"));
        QCOMPARE(text(model, 0, MetricsModel::Auroc, MetricsModel::Published), QString("90.77"));
        QCOMPARE(setCell(model, 2, MetricsModel::Published).first, QString("–"));
        QVERIFY(
            model.index(1, MetricsModel::Published).data(Qt::ToolTipRole).toString().contains("somewhere"));
    }

    void copiesAsTabSeparatedText() {
        MetricsModel model;
        QCOMPARE(model.tabSeparated(), QString());
        model.show(exploration_, 90);
        const QStringList lines = model.tabSeparated().split('\n', Qt::SkipEmptyParts);
        QCOMPARE(lines.size(), 1 + 4 * 5);
        QCOMPARE(lines.at(0), QString("set\tmetric\tdense\tp=90\tdifference\tlow\thigh"));
        const MetricColumns& near = exploration_->metrics->ood[0].metrics;
        const double was = near.fpr95[exploration_->denseRow()];
        QCOMPARE(lines.at(6), QStringList({"near", "FPR95, ID positive", percent(was),
                                           percent(near.fpr95[90]), percent(near.fpr95[90] - was), "", ""})
                                  .join('\t'));
        const QModelIndex set = model.index(2, 0);
        QCOMPARE(model.tabSeparated({set}).count('\n'), 6);
        QCOMPARE(model.tabSeparated({model.index(3, 0, set)}).count('\n'), 2);
        QVERIFY(model.tabSeparated({model.index(3, 0, set)}).contains("far\tAUPR-IN\t"));
    }

  private:
    ExplorationPtr exploration_;
    std::optional<dicescope::testing::FailOnQtWarnings> warnings_;

    void theColumnOfAllWeightsSaysWhetherFeaturesAreClipped() {
        MetricsModel model;
        ExplorationSweep sweep = dicescope::testing::tinySweep();
        const auto header = [&] {
            return model.headerData(MetricsModel::Dense, Qt::Horizontal, Qt::DisplayRole).toString();
        };
        model.show(dicescope::testing::tinyExploration(), 0);
        QCOMPARE(header(), QString("Dense"));
        sweep.reactClip = 1.0F;
        model.show(dicescope::testing::tinyExploration(dicescope::testing::tinyInputs(), {}, sweep), 0);
        QCOMPARE(header(), QString("ReAct"));
    }
};

QTEST_MAIN(TestMetricsModel)
#include "test_metrics_model.moc"
