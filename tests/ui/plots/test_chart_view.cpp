#include "ui/plots/chart_view.h"

#include <QSignalSpy>
#include <cmath>
#include <limits>
#include <optional>

#include "tests/support/qt_warnings.h"
#include "tests/ui/plots/plot_test_support.h"

using namespace dicescope;
using namespace dicescope::testing;

namespace {

ChartData twoLines() {
    ChartData data;
    data.caption = "two lines";
    data.series.push_back({.name = "up",
                           .color = {ChartColor::Role::Id},
                           .shape = SeriesShape::Line,
                           .x = {0, 1, 2, 3},
                           .y = {0, 10, 20, 30},
                           .y2 = {},
                           .labels = {"a", "b", "c", "d"}});
    data.series.push_back({.name = "down",
                           .color = {ChartColor::Role::Ood, 1},
                           .shape = SeriesShape::Line,
                           .x = {0, 1, 2, 3},
                           .y = {30, 20, 10, 0}});
    data.x.label = "place";
    data.y.label = "value";
    return data;
}

void showChart(ChartView& chart, const ChartData& data) {
    chart.resize(600, 400);
    chart.QWidget::show();
    QVERIFY(QTest::qWaitForWindowExposed(&chart));
    chart.setData(data);
    QApplication::processEvents();
}

}  // namespace

class TestChartView : public QObject {
    Q_OBJECT

    std::optional<FailOnQtWarnings> warnings_;

  private slots:
    void init() { warnings_.emplace(); }
    void cleanup() { warnings_.reset(); }

    void withoutSeriesItSaysSo() {
        ChartView chart("Chart");
        chart.setEmptyText("choose a class");
        showChart(chart, {});
        QVERIFY(chart.reading().isEmpty());
        const QImage empty = pictureOf(canvasOf(chart));
        chart.setData(twoLines());
        QApplication::processEvents();
        QCOMPARE(chart.reading(), QString("two lines"));
        QVERIFY(pictureOf(canvasOf(chart)) != empty);
    }

    void drawsWhatItIsGiven() {
        ChartView chart("Chart");
        showChart(chart, twoLines());
        const QCPGraph* up = graphNamed(chart, "up");
        QVERIFY(up != nullptr);
        QCOMPARE(up->dataCount(), 4);
        QCOMPARE(up->data()->at(2)->value, 20.0);
        QCOMPARE(up->pen().color(), chart.theme().id);
        QCOMPARE(graphNamed(chart, "down")->pen().color(), chart.theme().ood(1));
        QCOMPARE(axisOf(chart, QCPAxis::atBottom)->label(), QString("place"));
        QVERIFY(axisOf(chart, QCPAxis::atLeft)->range().contains(30));
    }

    void pointsThatAreNotFiniteAreLeftOut() {
        ChartData data = twoLines();
        data.series[0].y[1] = std::numeric_limits<double>::quiet_NaN();
        data.series[0].y[2] = std::numeric_limits<double>::infinity();
        ChartView chart("Chart");
        showChart(chart, data);
        QCOMPARE(graphNamed(chart, "up")->dataCount(), 2);
        QVERIFY(std::isfinite(axisOf(chart, QCPAxis::atLeft)->range().upper));
    }

    void barsReachFromZero() {
        ChartData data;
        data.series.push_back(
            {.name = "bars", .color = {}, .shape = SeriesShape::Bars, .x = {0, 1}, .y = {-2, 5}});
        ChartView chart("Chart");
        showChart(chart, data);
        const auto points = graphNamed(chart, "bars")->data();
        QCOMPARE(points->size(), 8);
        QCOMPARE(points->at(0)->value, 0.0);
        QCOMPARE(points->at(1)->value, -2.0);
        QCOMPARE(points->at(5)->value, 5.0);
        QVERIFY(axisOf(chart, QCPAxis::atBottom)->range().contains(1.4));
    }

    void theNearestPointIsReadAndPicked() {
        ChartView chart("Chart");
        showChart(chart, twoLines());
        const QPoint at = pixelOf(chart, 2, 20);
        hover(canvasOf(chart), at);
        QVERIFY2(
            chart.reading().contains("up") && chart.reading().contains("c") && chart.reading().contains("20"),
            qPrintable(chart.reading()));
        QSignalSpy picked(&chart, &ChartView::pointPicked);
        QTest::mouseClick(&canvasOf(chart), Qt::LeftButton, {}, at);
        QCOMPARE(picked.size(), 1);
        QCOMPARE(picked[0][0].value<std::size_t>(), std::size_t{0});
        QCOMPARE(picked[0][1].value<std::size_t>(), std::size_t{2});
    }

    void theLegendHidesInThisChart() {
        ChartView chart("Chart");
        showChart(chart, twoLines());
        QTest::mouseClick(&canvasOf(chart), Qt::LeftButton, {}, chart.legendEntryRect("up").center());
        QApplication::processEvents();
        QVERIFY(!graphNamed(chart, "up")->visible());
        QVERIFY(graphNamed(chart, "down")->visible());
        chart.setData(twoLines());
        QApplication::processEvents();
        QVERIFY(!graphNamed(chart, "up")->visible());
        QTest::mouseClick(&canvasOf(chart), Qt::LeftButton, {}, chart.legendEntryRect("up").center());
        QApplication::processEvents();
        QVERIFY(graphNamed(chart, "up")->visible());
    }

    void aDragSelectsARangeWhereThatIsAskedFor() {
        ChartView chart("Chart");
        chart.setRangeSelectable(true);
        showChart(chart, twoLines());
        QSignalSpy selected(&chart, &ChartView::rangeSelected);
        QSignalSpy cleared(&chart, &ChartView::rangeCleared);
        drag(canvasOf(chart), pixelOf(chart, 2, 15), pixelOf(chart, 1, 15));
        QVERIFY(!selected.isEmpty());
        QVERIFY(std::abs(selected.back()[0].toDouble() - 1) < 0.02);
        QVERIFY(std::abs(selected.back()[1].toDouble() - 2) < 0.02);
        QVERIFY(cleared.isEmpty());
        doubleClick(canvasOf(chart), pixelOf(chart, 1.5, 15));
        QCOMPARE(cleared.size(), 1);
    }

    void marksMoveWithoutTheSeries() {
        ChartData data = twoLines();
        data.marks = {{1, "p"}};
        ChartView chart("Chart");
        showChart(chart, data);
        const QCPGraph* before = graphNamed(chart, "up");
        const QImage first = pictureOf(canvasOf(chart));
        chart.setMarks({{2, "p"}});
        QApplication::processEvents();
        QCOMPARE(graphNamed(chart, "up"), before);
        QVERIFY(pictureOf(canvasOf(chart)) != first);
    }

    void theNumbersReadBack() {
        ChartData data = twoLines();
        data.series[0].name = "a, \"b\"";
        data.series[0].y[1] = 0.1;
        data.series.push_back(
            {.name = "band", .color = {}, .shape = SeriesShape::Band, .x = {1}, .y = {2}, .y2 = {3}});
        const QList<QByteArray> lines = chartCsv(data).split('\n');
        QCOMPARE(lines[0], QByteArray("series,x,y,y2,label"));
        QCOMPARE(lines[2], QByteArray("\"a, \"\"b\"\"\",1,0.1,,b"));
        QCOMPARE(lines[9], QByteArray("band,1,2,3,"));
    }

    void exportsShowTheSame() {
        ChartData data = twoLines();
        data.series.push_back({.name = "band",
                               .color = {},
                               .shape = SeriesShape::Band,
                               .x = {0, 3},
                               .y = {5, 6},
                               .y2 = {8, 9}});
        ChartView chart("Chart");
        showChart(chart, data);
        const QByteArray svg = chart.svg({400, 300});
        for (const char* text : {"up", "down", "band", "place", "value", "two lines"})
            QVERIFY2(svg.contains(text), text);
        QVERIFY(chart.pdf({400, 300}).startsWith("%PDF"));
        QCOMPARE(chart.image({400, 300}, 144).size(), QSize(800, 600));
    }
};

QTEST_MAIN(TestChartView)
#include "test_chart_view.moc"
