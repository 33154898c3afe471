#include <QSignalSpy>
#include <cmath>
#include <optional>

#include "tests/support/qt_warnings.h"
#include "tests/support/tiny_exploration.h"
#include "tests/ui/plots/plot_test_support.h"
#include "ui/plots/histogram_plot.h"

using namespace dicescope;
using namespace dicescope::testing;

class TestHistogramPlot : public QObject {
    Q_OBJECT

    std::optional<FailOnQtWarnings> warnings_;

    static QString labelOf(const HistogramPlot& plot) {
        QString text;
        for (int i = 0; i < canvasOf(plot).itemCount(); ++i) {
            const auto* item = qobject_cast<QCPItemText*>(canvasOf(plot).item(i));
            if (item != nullptr && item->text().startsWith(QLatin1String("TPR"))) text = item->text();
        }
        return text;
    }
    static QPoint onThreshold(const HistogramPlot& plot) {
        return pixelOf(plot, plot.threshold(), axisOf(plot, QCPAxis::atLeft)->range().center());
    }

  private slots:
    void init() { warnings_.emplace(); }
    void cleanup() { warnings_.reset(); }

    void drawsTheExplorationsDensities() {
        const auto made = madeExploration({.ood = {"near", "far"}, .bins = 37});
        HistogramPlot plot;
        showRow(plot, made, 20);
        const HistogramBins& bins = made->curves->bins[20];
        const std::vector<const SetHistograms*> sets{&made->curves->id, &made->curves->ood[0],
                                                     &made->curves->ood[1]};
        for (const SetHistograms* set : sets) {
            const QCPGraph* graph = graphNamed(plot, QString::fromStdString(set->name));
            QVERIFY(graph);
            QCOMPARE(graph->lineStyle(), QCPGraph::lsStepLeft);
            QCOMPARE(graph->data()->size(), 39);
            auto datum = graph->data()->constBegin();
            QCOMPARE(datum->value, 0.0);  // the outline starts and ends on the axis
            double area = 0;
            for (std::size_t i = 0; i < bins.count; ++i) {
                ++datum;
                QCOMPARE(datum->key, bins.edge(i));
                QCOMPARE(datum->value * bins.width() * 10'000, static_cast<double>(set->counts[20][i]));
                area += datum->value * bins.width();
            }
            ++datum;
            QCOMPARE(datum->key, 20.0);
            QCOMPARE(datum->value, 0.0);
            QVERIFY(std::abs(area - 1) < 1e-3);
        }
    }

    void coloursAreTheThemes() {
        HistogramPlot plot;
        plot.setTheme(darkTheme());
        showRow(plot, madeExploration({.ood = {"near", "far"}}), 0);
        QCOMPARE(graphNamed(plot, "ID")->pen().color(), darkTheme().id);
        QCOMPARE(graphNamed(plot, "far")->pen().color(), darkTheme().ood(1));
        plot.setTheme(lightTheme());
        QApplication::processEvents();
        QCOMPARE(graphNamed(plot, "far")->pen().color(), lightTheme().ood(1));
    }

    void axesNameTheScore() {
        HistogramPlot plot;
        showRow(plot, madeExploration({.score = ScoreKind::Energy}), 0);
        QCOMPARE(axisOf(plot, QCPAxis::atBottom)->label(), QString("Energy score (logits)"));
        plot.show(madeExploration({.score = ScoreKind::Msp}), 0);
        QApplication::processEvents();
        QCOMPARE(axisOf(plot, QCPAxis::atBottom)->label(), QString("MSP score (softmax probability)"));
        QCOMPARE(axisOf(plot, QCPAxis::atLeft)->label(), QString("Density (share per unit)"));
    }

    void scoreAxisStaysForBinsOfAllRows() {
        HistogramPlot plot;
        const auto made = madeExploration({.range = BinRange::AllRows});
        showRow(plot, made, 0);
        const QCPRange before = axisOf(plot, QCPAxis::atBottom)->range();
        for (std::size_t row = 1; row < made->rows(); ++row) {
            plot.show(made, row);
            QApplication::processEvents();
            QVERIFY(axisOf(plot, QCPAxis::atBottom)->range() == before);
        }
    }

    void scoreAxisFollowsBinsOfEachRow() {
        HistogramPlot plot;
        const auto made = madeExploration({.range = BinRange::EachRow});
        showRow(plot, made, 0);
        QCOMPARE(axisOf(plot, QCPAxis::atBottom)->range().lower, -2.0);
        plot.show(made, 5);
        QApplication::processEvents();
        QCOMPARE(axisOf(plot, QCPAxis::atBottom)->range().lower, made->curves->bins[5].low);
    }

    void densityAxisIsARuleOfTheRow() {
        HistogramPlot plot;
        const auto made = madeExploration({});
        showRow(plot, made, 60);
        const QCPRange range = axisOf(plot, QCPAxis::atLeft)->range();
        // The peak of a normal density with a deviation of 2 is 0.1995.
        QCOMPARE(range.lower, 0.0);
        QCOMPARE(range.upper, 0.25);
        plot.show(made, 3);
        plot.show(made, 60);
        QApplication::processEvents();
        QVERIFY(axisOf(plot, QCPAxis::atLeft)->range() == range);
    }

    void thresholdIsThatOfTheTprLevel() {
        HistogramPlot plot;
        QVERIFY(std::isnan(plot.threshold()));
        const auto made = madeExploration({});
        showRow(plot, made, 10);
        QCOMPARE(plot.threshold(), made->metrics->average.threshold[10]);
        const QString fpr = QString::number(made->metrics->average.fpr95[10] * 100, 'f', 1);
        QCOMPARE(labelOf(plot), QString("TPR 95.0 % | FPR %1 %").arg(fpr));
    }

    void labelOfAnExportIsWhollyWithinTheAxes() {
        const auto made = madeExploration({.ood = {"near", "far"}});
        const HistogramBins& bins = made->curves->bins[0];
        auto metrics = std::make_shared<LevelMetrics>(*made->metrics);
        auto moved = std::make_shared<Exploration>(*made);
        moved->metrics = metrics;
        for (const double share : {0.05, 0.2, 0.5, 0.95}) {
            const double threshold = bins.low + share * (bins.high - bins.low);
            metrics->average.threshold[0] = threshold;
            for (OodLevels& ood : metrics->ood) ood.metrics.threshold[0] = threshold;
            HistogramPlot plot;
            plot.show(moved, 0);
            const QByteArray svg = plot.svg(QSize(460, 300));
            const qsizetype text = svg.indexOf("TPR");
            QVERIFY(text > 0);
            // The text lies at an offset from the item, which is moved to its place.
            const auto numberAfter = [&](const QByteArray& mark) {
                const qsizetype at = svg.lastIndexOf(mark, text) + mark.size();
                return svg.mid(at, svg.indexOf(mark.endsWith('"') ? '"' : ',', at) - at).toDouble();
            };
            const double left = numberAfter("matrix(1,0,0,1,") + numberAfter(" x=\"");
            QVERIFY2(left > 30,
                     qPrintable(QString::number(left)));  // left of that are the axis and its labels
            // The picture has the text at the same place.
            constexpr double kScale = 300.0 / 72;
            const QImage image = plot.image(QSize(460, 300), 300);
            int dark = 0;
            const int top = static_cast<int>(34 * kScale);
            for (int y = top; y < top + 12 * kScale; ++y) {
                for (int x = static_cast<int>(left * kScale); x < (left + 60) * kScale; ++x)
                    dark += qGray(image.pixel(x, y)) < 100 ? 1 : 0;
            }
            QVERIFY2(dark > 500, qPrintable(QString("%1 at %2").arg(dark).arg(share)));
        }
    }

    void labelSaysMeanOfSeveralSets() {
        HistogramPlot plot;
        showRow(plot, madeExploration({.ood = {"near", "far"}}), 10);
        QVERIFY2(labelOf(plot).contains("| mean FPR "), qPrintable(labelOf(plot)));
    }

    void thresholdIsDraggedWhereTheSweepIsComplete() {
        const auto tiny = tinyExploration();
        QVERIFY(tiny);
        HistogramPlot plot;
        showRow(plot, tiny, 50);
        QSignalSpy spy(&plot, &HistogramPlot::thresholdDragged);
        const QPoint from = onThreshold(plot);
        const double axisBefore = axisOf(plot, QCPAxis::atBottom)->range().lower;
        drag(canvasOf(plot), from, from + QPoint(40, 0));
        QVERIFY(spy.count() >= 1);
        QCOMPARE(spy.last()[0].toDouble(), plot.threshold());
        QVERIFY(plot.threshold() > tiny->metrics->average.threshold[50]);
        QVERIFY((onThreshold(plot) - from - QPoint(40, 0)).manhattanLength() <= 1);
        QCOMPARE(axisOf(plot, QCPAxis::atBottom)->range().lower, axisBefore);  // not panned
        const AcceptedShares shares = acceptedAt(*tiny, 50, plot.threshold());
        double sum = 0;
        for (const double fpr : shares.ood) sum += fpr;
        QCOMPARE(labelOf(plot),
                 QString("TPR %1 % | mean FPR %2 %")
                     .arg(QString::number(shares.id * 100, 'f', 1), QString::number(sum / 3 * 100, 'f', 1)));
    }

    void draggedThresholdStaysUntilAnotherRow() {
        const auto tiny = tinyExploration();
        HistogramPlot plot;
        showRow(plot, tiny, 50);
        drag(canvasOf(plot), onThreshold(plot), onThreshold(plot) + QPoint(30, 0));
        const double dragged = plot.threshold();
        plot.show(tiny, 50);
        QApplication::processEvents();
        QCOMPARE(plot.threshold(), dragged);
        plot.show(tiny, 51);
        QApplication::processEvents();
        QCOMPARE(plot.threshold(), tiny->metrics->average.threshold[51]);
    }

    void doubleClickTakesTheThresholdBack() {
        const auto tiny = tinyExploration();
        HistogramPlot plot;
        showRow(plot, tiny, 50);
        drag(canvasOf(plot), onThreshold(plot), onThreshold(plot) + QPoint(30, 0));
        QSignalSpy spy(&plot, &HistogramPlot::thresholdDragged);
        doubleClick(canvasOf(plot), QPoint(150, 200));
        QApplication::processEvents();
        QCOMPARE(plot.threshold(), tiny->metrics->average.threshold[50]);
        QCOMPARE(spy.count(), 1);
        QCOMPARE(spy[0][0].toDouble(), plot.threshold());
    }

    void aClickOnTheLineMovesNothing() {
        const auto tiny = tinyExploration();
        HistogramPlot plot;
        showRow(plot, tiny, 50);
        QSignalSpy spy(&plot, &HistogramPlot::thresholdDragged);
        QTest::mouseClick(&canvasOf(plot), Qt::LeftButton, {}, onThreshold(plot) + QPoint(2, 0));
        QCOMPARE(spy.count(), 0);
        QCOMPARE(plot.threshold(), tiny->metrics->average.threshold[50]);
    }

    void thresholdStaysWithinTheScores() {
        const auto tiny = tinyExploration();
        HistogramPlot plot;
        showRow(plot, tiny, 50);
        drag(canvasOf(plot), onThreshold(plot), QPoint(2000, 200));
        QCOMPARE(plot.threshold(), tiny->curves->bins[50].high);
    }

    void partialExplorationsThresholdStays() {
        HistogramPlot plot;
        const auto made = madeExploration({});
        showRow(plot, made, 10);
        QSignalSpy spy(&plot, &HistogramPlot::thresholdDragged);
        drag(canvasOf(plot), onThreshold(plot), onThreshold(plot) + QPoint(40, 0));
        QCOMPARE(spy.count(), 0);
        QCOMPARE(plot.threshold(), made->metrics->average.threshold[10]);
    }

    void readsTheBinUnderTheMouse() {
        const auto made = madeExploration({});
        HistogramPlot plot;
        showRow(plot, made, 0);
        const HistogramBins& bins = made->curves->bins[0];
        const std::size_t bin = 68;  // near the top of ID
        const double centre = bins.low + 68.5 * bins.width();
        const double density = made->curves->id.counts[0][bin] / (10'000 * bins.width());
        hover(canvasOf(plot), pixelOf(plot, centre, density));
        const QString expected =
            QString("ID · score %1 to %2 · density %3 (%4 of 10,000 images)")
                .arg(QString::number(bins.edge(bin), 'g', 5), QString::number(bins.edge(bin + 1), 'g', 5),
                     QString::number(density, 'g', 3))
                .arg(made->curves->id.counts[0][bin]);
        QCOMPARE(plot.reading(), expected);
    }

    void readsTheThresholdForEverySet() {
        const auto made = madeExploration({.ood = {"near", "far"}});
        HistogramPlot plot;
        showRow(plot, made, 10);
        hover(canvasOf(plot), onThreshold(plot));
        QVERIFY2(plot.reading().contains("TPR 95.00 %"), qPrintable(plot.reading()));
        const QString far = QString::number(made->metrics->ood[1].metrics.fpr95[10] * 100, 'f', 2);
        QVERIFY2(plot.reading().contains(QString("FPR far %1 %").arg(far)), qPrintable(plot.reading()));
    }
};

QTEST_MAIN(TestHistogramPlot)
#include "test_histogram_plot.moc"
