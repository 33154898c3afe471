#include "ui/plots/plot_legend_internal.h"

#include <QTest>
#include <optional>

#include "tests/support/qt_warnings.h"

using namespace dicescope;

class TestPlotLegend : public QObject {
    Q_OBJECT

    std::optional<testing::FailOnQtWarnings> warnings_;

    struct Laid {
        QCustomPlot plot;
        PlotLegend* legend = new PlotLegend(&plot);
    };

    static void lay(Laid& laid, QSize size, const QVector<QString>& names) {
        laid.plot.setViewport(QRect(QPoint(), size));
        laid.plot.plotLayout()->insertRow(0);
        laid.plot.plotLayout()->addElement(0, 0, laid.legend);
        QVector<LegendEntry> entries;
        for (const QString& name : names)
            entries.append({.name = name, .pen = QPen(Qt::red), .fill = {}, .marker = {}});
        laid.legend->setEntries(entries);
        laid.legend->setLook(QFont(), Qt::black, Qt::gray);
        laid.plot.replot();
    }

  private slots:
    void init() { warnings_.emplace(); }
    void cleanup() { warnings_.reset(); }

    void entriesNeitherOverlapNorLeaveThePlot_data() {
        QTest::addColumn<QSize>("size");
        QTest::newRow("small") << QSize(420, 236);
        QTest::newRow("narrow") << QSize(160, 300);
        QTest::newRow("large") << QSize(1600, 900);
    }
    void entriesNeitherOverlapNorLeaveThePlot() {
        QFETCH(const QSize, size);
        Laid laid;
        lay(laid, size,
            {"ID", "near", "a set with a name that never seems to come to its end, ever", "x",
             "textures (DTD)", "y", "z"});
        for (int i = 0; i < 7; ++i) {
            const QRect rect = laid.legend->entryRect(i);
            QVERIFY(laid.legend->rect().contains(rect));
            QVERIFY2(QRect(QPoint(), size).contains(rect), qPrintable(QString::number(i)));
            QVERIFY(!rect.intersects(laid.plot.axisRect()->rect()));
            for (int j = 0; j < i; ++j) QVERIFY(!rect.intersects(laid.legend->entryRect(j)));
            QCOMPARE(laid.legend->entryAt(rect.center()), i);
        }
        QCOMPARE(laid.legend->entryAt(QPointF(size.width() / 2, size.height() - 5)), -1);
    }

    void namesShrinkOnlyWhereTheyMust() {
        const QVector<QString> names{"a rather long name", "another long name", "a third long name",
                                     "a fourth long name"};
        Laid large;
        lay(large, QSize(1200, 800), names);
        QVERIFY(!large.legend->isShortened(0));
        Laid small;
        lay(small, QSize(250, 150), names);
        QVERIFY(small.legend->isShortened(0));
        QVERIFY(small.legend->minimumOuterSizeHint().height() < 80);
    }

    void noEntriesTakeNoRoom() {
        Laid laid;
        lay(laid, QSize(300, 200), {});
        QCOMPARE(laid.legend->minimumOuterSizeHint().height(), 0);
        QVERIFY(laid.legend->entryRect(0).isNull());
    }
};

QTEST_MAIN(TestPlotLegend)
#include "test_plot_legend.moc"
