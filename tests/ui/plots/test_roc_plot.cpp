#include <QCheckBox>
#include <QSignalSpy>
#include <cmath>
#include <optional>

#include "tests/support/qt_warnings.h"
#include "tests/support/tiny_exploration.h"
#include "tests/ui/plots/plot_test_support.h"
#include "ui/plots/roc_plot.h"

using namespace dicescope;
using namespace dicescope::testing;

class TestRocPlot : public QObject {
    Q_OBJECT

    std::optional<FailOnQtWarnings> warnings_;

    static bool isCurve(const QCPGraph* graph, const std::vector<RocVertex>& curve) {
        if (graph->data()->size() != static_cast<int>(curve.size())) return false;
        auto datum = graph->data()->constBegin();
        for (const RocVertex& vertex : curve) {
            if (static_cast<float>(datum->key) != vertex.fpr ||
                static_cast<float>(datum->value) != vertex.tpr)
                return false;
            ++datum;
        }
        return true;
    }

  private slots:
    void init() { warnings_.emplace(); }
    void cleanup() { warnings_.reset(); }

    void drawsTheExplorationsCurves() {
        const auto tiny = tinyExploration();
        QVERIFY(tiny);
        RocPlot plot;
        showRow(plot, tiny, 90);
        for (const SetRocs& rocs : tiny->curves->rocs) {
            const QString name = QString::fromStdString(rocs.name);
            QVERIFY(isCurve(graphNamed(plot, name), rocs.curves[90]));
            QVERIFY(isCurve(graphNamed(plot, name + ", dense"), rocs.curves[101]));
        }
        plot.show(tiny, 10);
        QApplication::processEvents();
        QVERIFY(isCurve(graphNamed(plot, "near"), tiny->curves->rocs[0].curves[10]));
        QVERIFY(isCurve(graphNamed(plot, "near, dense"), tiny->curves->rocs[0].curves[101]));
    }

    void operatingPointsAreTheMetrics() {
        const auto tiny = tinyExploration();
        RocPlot plot;
        showRow(plot, tiny, 90);
        for (const OodLevels& levels : tiny->metrics->ood) {
            const QCPGraph* point =
                graphNamed(plot, QString::fromStdString(levels.name) + ", operating point");
            QCOMPARE(point->data()->size(), 1);
            QCOMPARE(point->data()->constBegin()->key, levels.metrics.fpr95[90]);
            QCOMPARE(point->data()->constBegin()->value, levels.metrics.tpr[90]);
        }
    }

    void denseCurvesAreThinDashedAndBehind() {
        RocPlot plot;
        showRow(plot, madeExploration({}), 0);
        const QCPGraph* dense = graphNamed(plot, "near, dense");
        const QCPGraph* curve = graphNamed(plot, "near");
        QCOMPARE(dense->pen().style(), Qt::DashLine);
        QVERIFY(dense->pen().widthF() < curve->pen().widthF());
        QVERIFY(dense->layer()->index() < curve->layer()->index());
    }

    void checkBoxMakesTheAxisLogarithmic() {
        RocPlot plot;
        showRow(plot, madeExploration({}), 0);
        QSignalSpy spy(&plot, &RocPlot::logarithmicFprToggled);
        auto* box = plot.findChild<QCheckBox*>("rocLogFpr");
        QVERIFY(box);
        QTest::mouseClick(box, Qt::LeftButton, {}, QPoint(8, box->height() / 2));
        QApplication::processEvents();
        QCOMPARE(spy.count(), 1);
        QCOMPARE(spy[0][0].toBool(), true);
        QVERIFY(plot.logarithmicFpr());
        QCOMPARE(axisOf(plot, QCPAxis::atBottom)->scaleType(), QCPAxis::stLogarithmic);
        QCOMPARE(axisOf(plot, QCPAxis::atBottom)->range().lower, 1e-4);
        QVERIFY(axisOf(plot, QCPAxis::atBottom)->tickVectorLabels().contains("0.01"));
    }

    void settingItTellsNobody() {
        RocPlot plot;
        showRow(plot, madeExploration({}), 0);
        QSignalSpy spy(&plot, &RocPlot::logarithmicFprToggled);
        plot.setLogarithmicFpr(true);
        QVERIFY(plot.findChild<QCheckBox*>("rocLogFpr")->isChecked());
        plot.setLogarithmicFpr(false);
        QApplication::processEvents();
        QCOMPARE(axisOf(plot, QCPAxis::atBottom)->scaleType(), QCPAxis::stLinear);
        QVERIFY(axisOf(plot, QCPAxis::atBottom)->range().lower < 0);
        QCOMPARE(spy.count(), 0);
    }

    void wheelZoomsTheLogarithmicAxis() {
        RocPlot plot;
        plot.setLogarithmicFpr(true);
        showRow(plot, madeExploration({}), 0);
        const QCPAxis* axis = axisOf(plot, QCPAxis::atBottom);
        const QPoint at = pixelOf(plot, 0.01, 0.5);
        wheel(canvasOf(plot), at, 3);
        QVERIFY(axis->range().lower > 1e-4);
        QVERIFY(axis->range().upper < 1);
        QVERIFY(std::abs(axis->coordToPixel(0.01) - at.x()) < 1);
        for (int i = 0; i < 10; ++i) wheel(canvasOf(plot), at, -1);
        QCOMPARE(axis->range().lower, 1e-4);
    }

    void readsThePointUnderTheMouse() {
        RocPlot plot;
        const auto made = madeExploration({.ood = {"near", "far"}});
        showRow(plot, made, 50);
        const RocVertex vertex = made->curves->rocs[1].curves[50][200];
        hover(canvasOf(plot), pixelOf(plot, vertex.fpr, vertex.tpr));
        QVERIFY2(plot.reading().startsWith("far · FPR "), qPrintable(plot.reading()));
        const double fpr = plot.reading().section(' ', 3, 3).toDouble();
        QVERIFY2(std::abs(fpr - vertex.fpr * 100) < 0.5, qPrintable(plot.reading()));
        // Away from every curve it speaks of the row again.
        hover(canvasOf(plot), pixelOf(plot, 0.95, 0.05));
        QVERIFY2(plot.reading().startsWith("p = 50.0 %"), qPrintable(plot.reading()));
    }
};

QTEST_MAIN(TestRocPlot)
#include "test_roc_plot.moc"
