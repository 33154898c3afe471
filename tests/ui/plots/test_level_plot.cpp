#include <QSignalSpy>
#include <QToolTip>
#include <optional>

#include "tests/support/qt_warnings.h"
#include "tests/support/tiny_exploration.h"
#include "tests/ui/plots/plot_test_support.h"
#include "ui/plots/level_plot.h"

using namespace dicescope;
using namespace dicescope::testing;

class TestLevelPlot : public QObject {
    Q_OBJECT

    std::optional<FailOnQtWarnings> warnings_;

    static double lineAt(const LevelPlot& plot) {
        for (int i = 0; i < canvasOf(plot).itemCount(); ++i) {
            const auto* line = qobject_cast<QCPItemStraightLine*>(canvasOf(plot).item(i));
            if (line != nullptr && line->layer()->name() == "overlay") return line->point1->key();
        }
        return -1000;
    }
    static QPoint at(const LevelPlot& plot, double p) {
        const QCPAxisRect* rect = canvasOf(plot).axisRect(0);
        return {static_cast<int>(axisOf(plot, QCPAxis::atBottom)->coordToPixel(p)), rect->center().y()};
    }

  private slots:
    void init() { warnings_.emplace(); }
    void cleanup() { warnings_.reset(); }

    void drawsTheExplorationsMetrics() {
        const auto tiny = tinyExploration();
        QVERIFY(tiny);
        LevelPlot plot;
        showRow(plot, tiny, 30);
        const auto check = [&](const QString& name, const MetricColumns& columns) {
            for (int panel = 0; panel < 2; ++panel) {
                const auto& column = panel == 0 ? columns.fpr95 : columns.auroc;
                const QCPGraph* curve = graphNamed(plot, name, panel);
                QVERIFY(curve);
                QCOMPARE(curve->data()->size(), 101);
                auto datum = curve->data()->constBegin();
                for (std::size_t row = 0; row < 101; ++row, ++datum) {
                    QCOMPARE(datum->key, tiny->metrics->levels[row]);
                    QCOMPARE(datum->value, column[row]);
                }
                const QCPGraph* dense = graphNamed(plot, name + ", dense", panel);
                QCOMPARE(dense->pen().style(), Qt::DotLine);
                QVERIFY(dense->data()->constBegin()->key < 0);
                QCOMPARE(dense->data()->constBegin()->value, column[101]);
            }
        };
        for (const OodLevels& levels : tiny->metrics->ood)
            check(QString::fromStdString(levels.name), levels.metrics);
        check("average", tiny->metrics->average);
        QVERIFY(graphNamed(plot, "average")->pen().widthF() > graphNamed(plot, "near")->pen().widthF());
    }

    void lineStandsAtTheRow() {
        const auto made = madeExploration({});
        LevelPlot plot;
        showRow(plot, made, 42);
        QCOMPARE(lineAt(plot), 42.0);
        plot.show(made, made->denseRow());
        QApplication::processEvents();
        QVERIFY(lineAt(plot) < 0);
        QVERIFY2(plot.reading().startsWith("dense head · FPR95 "), qPrintable(plot.reading()));
        QVERIFY(axisOf(plot, QCPAxis::atBottom, 1)->tickVectorLabels().contains("dense"));
    }

    void aMoveRedrawsTheOverlayOnly() {
        const auto made = madeExploration({});
        LevelPlot plot;
        showRow(plot, made, 42);
        QSignalSpy whole(&canvasOf(plot), &QCustomPlot::afterReplot);
        const QImage before = pictureOf(plot);
        for (std::size_t row = 0; row < made->rows(); ++row) {
            plot.show(made, row);
            QApplication::processEvents();
        }
        QCOMPARE(whole.count(), 0);
        QVERIFY(pictureOf(plot) != before);
    }

    void clickPicksTheNearestRow() {
        LevelPlot plot;
        showRow(plot, madeExploration({}), 42);
        QSignalSpy spy(&plot, &LevelPlot::rowPicked);
        QTest::mouseClick(&canvasOf(plot), Qt::LeftButton, {}, at(plot, 70));
        QCOMPARE(spy.count(), 1);
        QCOMPARE(spy[0][0].value<std::size_t>(), std::size_t{70});
        QTest::qWait(QApplication::doubleClickInterval() + 50);
        QTest::mouseClick(&canvasOf(plot), Qt::LeftButton, {}, at(plot, -9));
        QCOMPARE(spy.last()[0].value<std::size_t>(), std::size_t{101});
    }

    void levelsMayBeUneven() {
        LevelPlot plot;
        showRow(plot, madeExploration({.levels = {50, 80, 90, 95, 99}}), 0);
        QSignalSpy spy(&plot, &LevelPlot::rowPicked);
        QTest::mouseClick(&canvasOf(plot), Qt::LeftButton, {}, at(plot, 86));
        QCOMPARE(spy.last()[0].value<std::size_t>(), std::size_t{2});
        drag(canvasOf(plot), at(plot, 86), QPoint(5000, at(plot, 86).y()));
        QCOMPARE(spy.last()[0].value<std::size_t>(), std::size_t{4});
        drag(canvasOf(plot), at(plot, 86), QPoint(-5000, at(plot, 86).y()));
        QCOMPARE(spy.last()[0].value<std::size_t>(), std::size_t{5});
    }

    void oneLevelIsEnough() {
        LevelPlot plot;
        showRow(plot, madeExploration({.levels = {90}}), 1);
        QSignalSpy spy(&plot, &LevelPlot::rowPicked);
        QTest::mouseClick(&canvasOf(plot), Qt::LeftButton, {}, at(plot, 90));
        QCOMPARE(spy.last()[0].value<std::size_t>(), std::size_t{0});
    }

    void dragFollowsTheMouse() {
        LevelPlot plot;
        showRow(plot, madeExploration({}), 20);
        QSignalSpy spy(&plot, &LevelPlot::rowPicked);
        const QCPRange before = axisOf(plot, QCPAxis::atBottom)->range();
        drag(canvasOf(plot), at(plot, 20), at(plot, 60));
        QCOMPARE(spy.last()[0].value<std::size_t>(), std::size_t{60});
        QVERIFY(axisOf(plot, QCPAxis::atBottom)->range() == before);
    }

    void zoomedDragPansUnlessOnTheLine() {
        const auto made = madeExploration({});
        LevelPlot plot;
        showRow(plot, made, 50);
        wheel(canvasOf(plot), at(plot, 50), 4);
        const QCPAxis* lower = axisOf(plot, QCPAxis::atBottom, 1);
        const QCPRange zoomed = lower->range();
        QVERIFY(zoomed.size() < 80);
        QVERIFY(axisOf(plot, QCPAxis::atBottom, 0)->range() == zoomed);  // both panels show the same levels
        QSignalSpy spy(&plot, &LevelPlot::rowPicked);
        drag(canvasOf(plot), at(plot, 60), at(plot, 55));
        QCOMPARE(spy.count(), 0);
        QVERIFY(lower->range().lower > zoomed.lower);
        drag(canvasOf(plot), at(plot, 50), at(plot, 60));
        QCOMPARE(spy.last()[0].value<std::size_t>(), std::size_t{60});
    }

    void doubleClickLeavesTheRow() {
        const auto made = madeExploration({});
        LevelPlot plot;
        showRow(plot, made, 50);
        wheel(canvasOf(plot), at(plot, 50), 4);
        QSignalSpy spy(&plot, &LevelPlot::rowPicked);
        connect(&plot, &LevelPlot::rowPicked, &plot, [&](std::size_t row) { plot.show(made, row); });
        const QPoint place = at(plot, 60);
        QTest::mouseClick(&canvasOf(plot), Qt::LeftButton, {}, place);
        QCOMPARE(plot.row(), std::size_t{60});
        doubleClick(canvasOf(plot), place);
        QApplication::processEvents();
        QCOMPARE(plot.row(), std::size_t{50});
        QVERIFY(axisOf(plot, QCPAxis::atBottom, 1)->range().size() > 100);
    }

    void marksSayWhatTheyAre() {
        auto made = madeExploration({.ood = {"near", "far"}});
        LevelChoice choice;
        choice.chosen = {.index = 40, .level = 40, .value = 0};
        made->choice = choice;
        LevelPlot plot;
        showRow(plot, made, 10);
        const auto tipAt = [&](double p, double value) {
            QHelpEvent event(QEvent::ToolTip, pixelOf(plot, p, value),
                             canvasOf(plot).mapToGlobal(pixelOf(plot, p, value)));
            QApplication::sendEvent(&canvasOf(plot), &event);
            return QToolTip::text();
        };
        const MetricColumns& average = made->metrics->average;
        const LevelValue best = made->bestByFpr95;
        QVERIFY2(tipAt(best.level, best.value).contains("bound"), qPrintable(QToolTip::text()));
        QVERIFY2(tipAt(40, average.fpr95[40]).contains("validation sets"), qPrintable(QToolTip::text()));
        QToolTip::hideText();
        QTRY_VERIFY(!QToolTip::isVisible());
    }

    void readsTheCurveUnderTheMouse() {
        const auto made = madeExploration({.ood = {"near", "far"}});
        LevelPlot plot;
        showRow(plot, made, 10);
        const double value = made->metrics->ood[0].metrics.fpr95[30];
        hover(canvasOf(plot), pixelOf(plot, 30, value));
        QCOMPARE(plot.reading(),
                 QString("near · p = 30.0 % · FPR95 %1 %").arg(QString::number(value * 100, 'f', 2)));
    }

    void tprLevelNamesTheMetric() {
        auto made = madeExploration({});
        auto metrics = std::make_shared<LevelMetrics>(*made->metrics);
        metrics->tprLevel = 0.975;
        made->metrics = metrics;
        LevelPlot plot;
        showRow(plot, made, 10);
        QCOMPARE(axisOf(plot, QCPAxis::atLeft, 0)->label(), QString("FPR97.5 (%)"));
    }
};

QTEST_MAIN(TestLevelPlot)
#include "test_level_plot.moc"
