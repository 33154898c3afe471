#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QLabel>
#include <QTest>
#include <QTreeView>
#include <optional>

#include "tests/support/qt_warnings.h"
#include "tests/support/tiny_exploration.h"
#include "ui/panels/metrics_panel.h"

using namespace dicescope;
using dicescope::testing::tinyExploration;
using dicescope::testing::tinyInputs;

namespace {

struct Fixture {
    Fixture() {
        panel.resize(340, 700);
        panel.show();
        panel.activateWindow();
        if (!QTest::qWaitForWindowActive(&panel)) qFatal("The window does not become active.");
        tree = panel.findChild<QTreeView*>("metricsTree");
    }
    [[nodiscard]] QString text(const char* name) const {
        const auto* label = panel.findChild<QLabel*>(name);
        return label->isVisible() ? label->text().replace(QChar(0x00A0), ' ') : QString();
    }

    MetricsPanel panel;
    QTreeView* tree = nullptr;
};

QString percent(double fraction) {
    return QString::number(fraction * 100, 'f', 2);
}

}  // namespace

class TestMetricsPanel : public QObject {
    Q_OBJECT

  private slots:
    void initTestCase() {
        exploration_ = tinyExploration();
        QVERIFY(exploration_ != nullptr);
    }
    void init() { warnings_.emplace(); }
    void cleanup() { warnings_.reset(); }

    void nothingToShow() {
        Fixture f;
        for (const QLabel* label : f.panel.findChildren<QLabel*>()) QVERIFY(!label->isVisible());
        QCOMPARE(f.tree->model()->rowCount(), 0);
        f.panel.show(exploration_, 90);
        f.panel.show(nullptr, 0);
        for (const QLabel* label : f.panel.findChildren<QLabel*>()) QVERIFY(!label->isVisible());
        QCOMPARE(f.tree->model()->rowCount(), 0);
    }

    void linesSayWhatTheExplorationHolds() {
        Fixture f;
        f.panel.show(exploration_, 90);
        QCOMPARE(f.text("metricsTitle"), QString("p = 90.0 %"));
        QCOMPARE(f.text("metricsKept"), QString("%1 of 60 weights kept").arg(exploration_->kept[90]));
        QCOMPARE(f.text("metricsSetting"), QString("DICE contribution, score Energy"));
        const auto& accuracy = exploration_->accuracy;
        QCOMPARE(f.text("metricsAccuracy"),
                 QString("ID accuracy: %1 % dense → %2 %")
                     .arg(percent(accuracy[exploration_->denseRow()]), percent(accuracy[90])));
        const MetricColumns& average = exploration_->metrics->average;
        QCOMPARE(f.text("metricsThreshold"),
                 QString("Threshold: %1 at TPR %2 %")
                     .arg(QString::number(average.threshold[90], 'g', 5).replace('-', u'−'),
                          percent(average.tpr[90])));
        QCOMPARE(f.text("metricsPartial"), QString());
    }

    void denseHead() {
        Fixture f;
        f.panel.show(exploration_, exploration_->denseRow());
        QCOMPARE(f.text("metricsTitle"), QString("Dense head"));
        f.panel.show(exploration_, 5000);  // no such row
        QCOMPARE(f.text("metricsTitle"), QString("Dense head"));
        QCOMPARE(f.text("metricsKept"), QString("60 of 60 weights kept"));
        QCOMPARE(f.text("metricsAccuracy"),
                 QString("ID accuracy: %1 %").arg(percent(exploration_->accuracy[exploration_->denseRow()])));
    }

    void partOfTheImagesAndNoLabels() {
        Fixture f;
        auto partial = std::make_shared<Exploration>(*exploration_);
        partial->swept = nullptr;
        partial->samplesDone = 1299;
        partial->samplesTotal = 10000;
        partial->accuracy.clear();
        partial->sweep.reactClip = 1.5F;
        partial->kept[3] = 1234567;
        f.panel.show(partial, 3);
        QCOMPARE(f.text("metricsPartial"), QString("First 12 % of the images"));
        QCOMPARE(f.text("metricsAccuracy"), QString("ID accuracy: no labels"));
        QCOMPARE(f.text("metricsSetting"), QString("DICE contribution, score Energy, ReAct c = 1.5"));
        QCOMPARE(f.text("metricsKept"), QString("1,234,567 of 60 weights kept"));
        f.panel.show(exploration_, 3);
        QCOMPARE(f.text("metricsPartial"), QString());
    }

    void treeShowsTheSets() {
        Fixture f;
        f.panel.show(exploration_, 90);
        const auto* model = f.tree->model();
        QCOMPARE(model->rowCount(), 4);
        QVERIFY(f.tree->isExpanded(model->index(0, 0)));
        QVERIFY(!f.tree->isExpanded(model->index(1, 0)));
        const QModelIndex auroc =
            model->index(MetricsModel::Auroc, MetricsModel::Current, model->index(2, 0));
        QCOMPARE(auroc.data(MetricsModel::ValueRole).toDouble(),
                 exploration_->metrics->ood[1].metrics.auroc[90]);
    }

    void whatIsOpenStaysOpen() {
        Fixture f;
        f.panel.show(exploration_, 90);
        const auto* model = f.tree->model();
        f.tree->setFocus();
        f.tree->setCurrentIndex(model->index(2, 0));
        QTest::keyClick(f.tree, Qt::Key_Right);
        QVERIFY(f.tree->isExpanded(model->index(2, 0)));
        f.panel.show(exploration_, 20);
        QVERIFY(f.tree->isExpanded(model->index(2, 0)));
        auto inputs = std::make_shared<AnalysisInputs>(*tinyInputs());
        inputs->ood.erase(inputs->ood.begin());
        f.panel.show(tinyExploration(inputs), 20);
        QCOMPARE(model->index(1, 0).data().toString(), QString("far"));
        QVERIFY(f.tree->isExpanded(model->index(1, 0)));
        QVERIFY(!f.tree->isExpanded(model->index(2, 0)));
    }

    void copies() {
        Fixture f;
        f.panel.show(exploration_, 90);
        f.tree->setFocus();
        f.tree->clearSelection();
        QTest::keyClick(f.tree, Qt::Key_C, Qt::ControlModifier);
        QCOMPARE(QApplication::clipboard()->text().count('\n'), 21);
        QTest::mouseClick(f.tree->viewport(), Qt::LeftButton, {},
                          f.tree->visualRect(f.tree->model()->index(1, MetricsModel::Dense)).center());
        QTest::keyClick(f.tree, Qt::Key_C, Qt::ControlModifier);
        const QString copied = QApplication::clipboard()->text();
        QCOMPARE(copied.count('\n'), 6);
        QVERIFY(copied.contains(percent(exploration_->metrics->ood[0].metrics.auprOut[90])));
    }

    void everyColumnFits() {
        Fixture f;
        f.panel.show(exploration_, 90);
        for (const int width : {320, 420}) {
            f.panel.resize(width, 700);
            QCoreApplication::sendPostedEvents(nullptr, QEvent::LayoutRequest);
            QHeaderView* header = f.tree->header();
            QVERIFY(header->length() <= f.tree->viewport()->width());
            QVERIFY(header->sectionSize(MetricsModel::Name) >
                    f.panel.fontMetrics().horizontalAdvance("FPR95 near"));
        }
        QVERIFY(f.tree->isColumnHidden(MetricsModel::Published));
        f.panel.setPublished({{"near", 0.25, 0.9, "somewhere"}});
        QVERIFY(!f.tree->isColumnHidden(MetricsModel::Published));
        QVERIFY(f.tree->header()->length() <= f.tree->viewport()->width());
    }

    void intervalsArrive() {
        Fixture f;
        f.panel.show(exploration_, 90);
        BootstrapOptions options;
        options.resamples = 20;
        const auto intervals = intervalsAt(*exploration_, 90, options, Job{});
        QVERIFY(intervals.has_value());
        f.panel.setIntervals(exploration_, 90, *intervals, options);
        const auto* model = f.tree->model();
        const QModelIndex fpr = model->index(MetricsModel::Fpr, MetricsModel::Difference, model->index(0, 0));
        QVERIFY(fpr.data(Qt::ToolTipRole).toString().contains("20 bootstrap resamples, 95 %"));
    }

  private:
    ExplorationPtr exploration_;
    std::optional<dicescope::testing::FailOnQtWarnings> warnings_;
};

QTEST_MAIN(TestMetricsPanel)
#include "test_metrics_panel.moc"
