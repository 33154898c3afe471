#include "ui/plots/plot_view.h"

#include <QClipboard>
#include <QLabel>
#include <QMenu>
#include <QSignalSpy>
#include <QTimer>
#include <QToolButton>
#include <cmath>
#include <functional>
#include <memory>
#include <optional>

#include "tests/support/qt_warnings.h"
#include "tests/ui/plots/plot_test_support.h"
#include "ui/plots/histogram_plot.h"
#include "ui/plots/level_plot.h"
#include "ui/plots/roc_plot.h"

using namespace dicescope;
using namespace dicescope::testing;

using MakePlot = std::function<std::unique_ptr<PlotView>()>;
Q_DECLARE_METATYPE(MakePlot)

/// What all plots share, for each of them.
class TestPlotView : public QObject {
    Q_OBJECT

    std::optional<FailOnQtWarnings> warnings_;

    static void eachPlot() {
        QTest::addColumn<MakePlot>("make");
        QTest::newRow("histogram") << MakePlot([] { return std::make_unique<HistogramPlot>(); });
        QTest::newRow("roc") << MakePlot([] { return std::make_unique<RocPlot>(); });
        QTest::newRow("level") << MakePlot([] { return std::make_unique<LevelPlot>(); });
    }
    static std::unique_ptr<PlotView> plot() {
        QFETCH_GLOBAL(const MakePlot, make);
        return make();
    }
    static QCPAxis* keys(const PlotView& plot) {
        return axisOf(plot, QCPAxis::atBottom, canvasOf(plot).axisRectCount() - 1);
    }
    static QPoint middle(const PlotView& plot) { return canvasOf(plot).axisRect(0)->center(); }
    static QString emptyText(const PlotView& plot) {
        for (int i = 0; i < canvasOf(plot).itemCount(); ++i) {
            const auto* text = qobject_cast<QCPItemText*>(canvasOf(plot).item(i));
            if (text != nullptr && text->visible() &&
                text->position->type() == QCPItemPosition::ptViewportRatio)
                return text->text();
        }
        return {};
    }

  private slots:
    void initTestCase_data() { eachPlot(); }
    void init() { warnings_.emplace(); }
    void cleanup() { warnings_.reset(); }

    void saysThatThereAreNoResults() {
        const auto view = plot();
        showRow(*view, nullptr, 0);
        QCOMPARE(emptyText(*view), QString("No results yet"));
        QVERIFY(view->reading().isEmpty());
        // Whatever the user does to an empty plot does no harm.
        hover(canvasOf(*view), {100, 100});
        QTest::mouseClick(&canvasOf(*view), Qt::LeftButton, {}, {100, 100});
        doubleClick(canvasOf(*view), {100, 100});
        wheel(canvasOf(*view), {100, 100}, 1);
        QTest::keyClick(&canvasOf(*view), Qt::Key_Home);
        view->show(madeExploration({}), 0);
        QApplication::processEvents();
        QVERIFY(emptyText(*view).isEmpty());
        view->show(nullptr, 0);
        QApplication::processEvents();
        QCOMPARE(emptyText(*view), QString("No results yet"));
    }

    void manyMovesDrawTheLast() {
        const auto made = madeExploration({});
        const auto one = plot();
        const auto many = plot();
        showRow(*one, made, 77);
        showRow(*many, made, 0);
        QSignalSpy replots(&canvasOf(*many), &QCustomPlot::afterReplot);
        for (std::size_t row = 0; row < 100; ++row) many->show(made, row);
        many->show(made, 77);
        QApplication::processEvents();
        QVERIFY(replots.count() <= 1);
        QVERIFY(pictureOf(*many) == pictureOf(*one));
        QCOMPARE(many->reading(), one->reading());
    }

    void aPaintBeforeTheEventLoopShowsTheLastMove() {
        const auto made = madeExploration({});
        const auto one = plot();
        const auto other = plot();
        showRow(*one, made, 77);
        showRow(*other, made, 0);
        other->show(made, 77);
        QVERIFY(pictureOf(canvasOf(*other)) == pictureOf(canvasOf(*one)));
    }

    void aHiddenPlotIsRightWhenShownAgain() {
        const auto made = madeExploration({});
        const auto one = plot();
        const auto hidden = plot();
        showRow(*one, made, 77);
        showRow(*hidden, made, 0);
        hidden->hide();
        hidden->show(made, 77);
        QApplication::processEvents();
        hidden->show();
        QApplication::processEvents();
        QVERIFY(pictureOf(canvasOf(*hidden)) == pictureOf(canvasOf(*one)));
    }

    void anotherNumberOfSetsMakesOtherGraphs() {
        const auto view = plot();
        showRow(*view, madeExploration({.ood = {"near"}}), 0);
        view->show(madeExploration({.ood = {"a", "b", "c"}}), 0);
        QApplication::processEvents();
        QVERIFY(graphNamed(*view, "c"));
        QVERIFY(!graphNamed(*view, "near"));
        view->show(madeExploration({.ood = {"near"}}), 0);
        QApplication::processEvents();
        QVERIFY(!graphNamed(*view, "c"));
    }

    void wheelZoomsAtTheMouse() {
        const auto view = plot();
        showRow(*view, madeExploration({}), 10);
        const QPoint at = middle(*view) + QPoint(40, 10);
        const double x = keys(*view)->pixelToCoord(at.x());
        const QCPRange before = keys(*view)->range();
        wheel(canvasOf(*view), at, 2);
        QVERIFY(keys(*view)->range().size() < before.size());
        QVERIFY(std::abs(keys(*view)->coordToPixel(x) - at.x()) <= 1);
        wheel(canvasOf(*view), at, -20);
        QVERIFY(keys(*view)->range() == before);
    }

    void wheelOverAnAxisZoomsThatAxis() {
        const auto view = plot();
        showRow(*view, madeExploration({}), 10);
        QCPAxis* values = axisOf(*view, QCPAxis::atLeft);
        const QCPRange valuesBefore = values->range();
        const QCPRange keysBefore = keys(*view)->range();
        wheel(canvasOf(*view), QPoint(canvasOf(*view).axisRect(0)->left() - 5, middle(*view).y()), 2);
        QVERIFY(values->range().size() < valuesBefore.size());
        QVERIFY(keys(*view)->range() == keysBefore);
        const QCPAxisRect* last = canvasOf(*view).axisRect(canvasOf(*view).axisRectCount() - 1);
        const QCPRange zoomed = values->range();
        wheel(canvasOf(*view), QPoint(last->center().x(), last->bottom() + 5), 2);
        QVERIFY(keys(*view)->range().size() < keysBefore.size());
        QVERIFY(values->range() == zoomed);
    }

    void zoomSurvivesMoves() {
        const auto view = plot();
        const auto made = madeExploration({});
        showRow(*view, made, 10);
        wheel(canvasOf(*view), middle(*view), 2);
        const QCPRange key = keys(*view)->range();
        const QCPRange value = axisOf(*view, QCPAxis::atLeft)->range();
        for (std::size_t row = 0; row < made->rows(); row += 9)
            view->show(made, row), QApplication::processEvents();
        view->show(madeExploration({.ood = {"near", "far"}}), 5);
        QApplication::processEvents();
        QVERIFY(keys(*view)->range() == key);
        QVERIFY(axisOf(*view, QCPAxis::atLeft)->range() == value);
    }

    void dragPans() {
        const auto view = plot();
        showRow(*view, madeExploration({}), 101);
        wheel(canvasOf(*view), middle(*view), 3);
        const QCPRange before = keys(*view)->range();
        drag(canvasOf(*view), middle(*view) + QPoint(60, 0), middle(*view) + QPoint(30, 0));
        QVERIFY(keys(*view)->range().lower > before.lower);
        QVERIFY(std::abs(keys(*view)->range().size() - before.size()) < 1e-9);
    }

    void resets_data() {
        QTest::addColumn<QString>("how");
        QTest::newRow("double click") << "double click";
        QTest::newRow("home") << "home";
        QTest::newRow("button") << "button";
    }
    void resets() {
        QFETCH(const QString, how);
        const auto view = plot();
        showRow(*view, madeExploration({}), 10);
        const QCPRange key = keys(*view)->range();
        const QCPRange value = axisOf(*view, QCPAxis::atLeft)->range();
        wheel(canvasOf(*view), middle(*view), 3);
        QVERIFY(keys(*view)->range() != key);
        if (how == "double click") doubleClick(canvasOf(*view), middle(*view));
        if (how == "home") QTest::keyClick(&canvasOf(*view), Qt::Key_Home);
        if (how == "button") QTest::mouseClick(view->findChild<QToolButton*>("resetButton"), Qt::LeftButton);
        QApplication::processEvents();
        QVERIFY(keys(*view)->range() == key);
        QVERIFY(axisOf(*view, QCPAxis::atLeft)->range() == value);
    }

    void keysZoomAndPan() {
        const auto view = plot();
        showRow(*view, madeExploration({}), 10);
        const QCPRange whole = keys(*view)->range();
        QTest::keyClick(&canvasOf(*view), Qt::Key_Plus);
        const QCPRange zoomed = keys(*view)->range();
        QVERIFY(std::abs(zoomed.size() / whole.size() - 0.8) < 1e-9);
        QTest::keyClick(&canvasOf(*view), Qt::Key_Right);
        QVERIFY(std::abs(keys(*view)->range().lower - zoomed.lower - 0.1 * zoomed.size()) <
                1e-9 * whole.size());
        QTest::keyClick(&canvasOf(*view), Qt::Key_Left);
        QVERIFY(std::abs(keys(*view)->range().lower - zoomed.lower) < 1e-9 * whole.size());
        QTest::keyClick(&canvasOf(*view), Qt::Key_Minus);
        QVERIFY(keys(*view)->range() == whole);
        QTest::keyClick(&canvasOf(*view), Qt::Key_Right);
        QVERIFY(keys(*view)->range() == whole);  // there is nothing beyond
    }

    void legendClickTogglesTheSet() {
        const auto view = plot();
        const auto made = madeExploration({.ood = {"near", "far"}});
        showRow(*view, made, 10);
        QSignalSpy spy(view.get(), &PlotView::setToggled);
        const QRect entry = view->legendEntryRect("far");
        QVERIFY(!entry.isNull());
        QTest::mouseClick(&canvasOf(*view), Qt::LeftButton, {}, entry.center());
        QCOMPARE(spy.count(), 1);
        QCOMPARE(spy[0][0].toString(), QString("far"));
        QCOMPARE(spy[0][1].toBool(), false);
        QVERIFY(graphNamed(*view, "far")->visible());  // whoever listens decides
        view->setHiddenSets({"far"});
        QApplication::processEvents();
        QVERIFY(!graphNamed(*view, "far")->visible());
        QVERIFY(graphNamed(*view, "near")->visible());
        QCOMPARE(view->legendEntryRect("far"), entry);
        QTest::mouseClick(&canvasOf(*view), Qt::LeftButton, {}, entry.center());
        QCOMPARE(spy.count(), 2);
        QCOMPARE(spy[1][1].toBool(), true);
    }

    void hidingChangesThePicture() {
        const auto view = plot();
        showRow(*view, madeExploration({.ood = {"near", "far"}}), 10);
        const QImage before = pictureOf(*view);
        view->setHiddenSets({"far"});
        QApplication::processEvents();
        QVERIFY(pictureOf(*view) != before);
        view->setHiddenSets({});
        QApplication::processEvents();
        QVERIFY(pictureOf(*view) == before);
    }

    void themeIsDrawn() {
        const auto view = plot();
        showRow(*view, madeExploration({}), 10);
        const QPoint corner(2, canvasOf(*view).height() - 3);
        QCOMPARE(pictureOf(canvasOf(*view)).pixelColor(corner), lightTheme().background);
        view->setTheme(darkTheme());
        QApplication::processEvents();
        QCOMPARE(pictureOf(canvasOf(*view)).pixelColor(corner), darkTheme().background);
    }

    void progressIsSaidUntilAllImagesAreDone() {
        const auto view = plot();
        auto made = madeExploration({});
        made->samplesDone = 1299;
        made->samplesTotal = 10'000;
        showRow(*view, made, 10);
        auto* progress = view->findChild<QLabel*>("plotProgress");
        QVERIFY(progress->isVisible());
        QCOMPARE(progress->text(), QString("12 % of images"));
        view->show(madeExploration({}), 10);
        QApplication::processEvents();
        QVERIFY(!progress->isVisible());
    }

    void readingGoesWithTheMouse() {
        const auto view = plot();
        showRow(*view, madeExploration({}), 10);
        const QString row = view->reading();
        QVERIFY2(row.startsWith("p = 10.0 %"), qPrintable(row));
        QImage before = pictureOf(*view);
        const QCPGraph* graph = graphNamed(*view, "near");
        const auto datum = graph->data()->constBegin() + graph->data()->size() / 2;
        hover(canvasOf(*view), pixelOf(*view, datum->key, datum->value));
        QVERIFY2(view->reading().startsWith("near · "), qPrintable(view->reading()));
        QVERIFY(pictureOf(*view) != before);  // the ring and the words are drawn
        QEvent leave(QEvent::Leave);
        QApplication::sendEvent(&canvasOf(*view), &leave);
        QApplication::processEvents();
        QCOMPARE(view->reading(), row);
    }

    void buttonsAreNamedAndTell() {
        const auto view = plot();
        showRow(*view, madeExploration({}), 10);
        auto* maximise = view->findChild<QToolButton*>("maximiseButton");
        for (QToolButton* button : view->findChildren<QToolButton*>()) {
            QVERIFY(!button->accessibleName().isEmpty());
            QVERIFY(!button->toolTip().isEmpty());
            QVERIFY(!button->icon().isNull());
        }
        QVERIFY(!canvasOf(*view).accessibleName().isEmpty());
        QSignalSpy spy(view.get(), &PlotView::maximiseToggled);
        QTest::mouseClick(maximise, Qt::LeftButton);
        QCOMPARE(spy.count(), 1);
        const QString before = maximise->accessibleName();
        view->setMaximised(true);
        QVERIFY(maximise->accessibleName() != before);
    }

    void contextMenuDoesTheSameByKeyboard() {
        const auto view = plot();
        showRow(*view, madeExploration({.ood = {"near", "R&D"}}), 10);
        QSignalSpy exports(view.get(), &PlotView::exportRequested);
        QSignalSpy toggles(view.get(), &PlotView::setToggled);
        const auto trigger = [&](const QString& text) {
            QTimer::singleShot(0, view.get(), [&view, text] {
                auto* menu = view->findChild<QMenu*>("plotMenu");
                for (QAction* action : menu->findChildren<QAction*>()) {
                    if (action->text() == text) action->trigger();
                }
                menu->close();
            });
            QContextMenuEvent event(QContextMenuEvent::Keyboard, middle(*view),
                                    canvasOf(*view).mapToGlobal(middle(*view)));
            QApplication::sendEvent(&canvasOf(*view), &event);
        };
        trigger("&Export…");
        QCOMPARE(exports.count(), 1);
        trigger("R&&D");
        QCOMPARE(toggles.count(), 1);
        QCOMPARE(toggles[0][0].toString(), QString("R&D"));
        QGuiApplication::clipboard()->clear();
        trigger("&Copy picture");
        QVERIFY(!QGuiApplication::clipboard()->image().isNull());
    }

    void goesWhileADrawingIsDue() {
        auto view = plot();
        const auto made = madeExploration({});
        showRow(*view, made, 0);
        view->show(made, 5);
        view.reset();
        QApplication::processEvents();
    }
};

QTEST_MAIN(TestPlotView)
#include "test_plot_view.moc"
