#include "ui/inspect/image_view.h"

#include <QLabel>
#include <QSignalSpy>
#include <QTest>
#include <algorithm>
#include <cmath>
#include <optional>

#include "tests/support/qt_warnings.h"
#include "tests/ui/inspect/inspect_test_support.h"
#include "ui/base/theme.h"
#include "ui/inspect/image_charts.h"
#include "ui/inspect/image_filter_bar.h"
#include "ui/inspect/thumbnail_grid.h"
#include "ui/inspect/thumbnail_model.h"
#include "ui/plots/chart_view.h"

using namespace dicescope;
using namespace dicescope::testing;

namespace {

constexpr std::size_t kRow = 90;

struct ShownView {
    ImageView view;
    QSignalSpy asked{&view, &ImageView::queryChanged};
    QSignalSpy selected{&view, &ImageView::imageSelected};

    ShownView() {
        view.setInspection(tinyInspection());
        view.setList(listOf(tinyInspection(), kRow, view.filters().query()));
        view.resize(1200, 800);
        view.show();
        view.activateWindow();
        if (!QTest::qWaitForWindowActive(&view)) qFatal("The view did not become active.");
    }
    void answer() { view.setList(listOf(tinyInspection(), kRow, view.filters().query())); }
    void clickFirst() {
        ThumbnailGrid& grid = view.grid();
        QTest::mouseClick(grid.viewport(), Qt::LeftButton, {},
                          grid.visualRect(grid.thumbnails().indexAt(0)).center());
    }
    /// Drags over a part of the histogram, in shares of its width.
    void drag(double from, double to) {
        QWidget* canvas = part<QWidget>(view.histogram(), "plotCanvas");
        const int y = canvas->height() / 2;
        const QPoint begin(static_cast<int>(canvas->width() * from), y);
        const QPoint end(static_cast<int>(canvas->width() * to), y);
        QTest::mousePress(canvas, Qt::LeftButton, {}, begin);
        QTest::mouseMove(canvas, (begin + end) / 2);
        QTest::mouseMove(canvas, end);
        QTest::mouseRelease(canvas, Qt::LeftButton, {}, end);
    }
};

}  // namespace

class TestImageView : public QObject {
    Q_OBJECT

  private:
    std::optional<FailOnQtWarnings> warnings_;

  private slots:
    void init() { warnings_.emplace(); }
    void cleanup() { warnings_.reset(); }

    void aDragOverTheScoresAsksForTheirImages() {
        ShownView shown;
        QTest::qWait(20);  // the chart is drawn
        shown.drag(0.4, 0.6);
        QVERIFY(shown.asked.count() > 0);
        const ImageFilter filter = shown.view.filters().query().filter;
        QVERIFY(filter.low && filter.high && *filter.low < *filter.high);
        shown.answer();
        const ImageList& list = shown.view.grid().thumbnails().list();
        QVERIFY(list.size() > 0 && list.size() < list.table->records().size());
        for (const std::uint32_t index : *list.records) {
            QVERIFY(list.record(index).atLevel >= *filter.low);
            QVERIFY(list.record(index).atLevel <= *filter.high);
        }
        QWidget* canvas = part<QWidget>(shown.view.histogram(), "plotCanvas");
        QTest::mouseDClick(canvas, Qt::LeftButton, {}, QPoint(canvas->width() / 2, canvas->height() / 2));
        QVERIFY(!shown.view.filters().query().filter.low);
    }

    void theSelectedImageIsAMark() {
        ShownView shown;
        QCOMPARE(shown.view.histogram().data().marks.size(), std::size_t{1});
        shown.clickFirst();
        QCOMPARE(shown.selected.count(), 1);
        const ImageList& list = shown.view.grid().thumbnails().list();
        const std::uint32_t record = list.records->front();
        QCOMPARE(shown.view.selected(), std::optional(record));
        const auto& marks = shown.view.histogram().data().marks;
        QCOMPARE(marks.size(), std::size_t{2});
        QCOMPARE(marks[0].x, list.table->threshold(ScoreSide::AtLevel));
        QCOMPARE(marks[1].x, static_cast<double>(list.record(record).atLevel));
        // Another p: the mark goes with the score.
        shown.view.setList(listOf(tinyInspection(), 20, shown.view.filters().query()));
        const auto& moved = shown.view.histogram().data().marks;
        QCOMPARE(moved[1].x, static_cast<double>(listOf(tinyInspection(), 20).record(record).atLevel));
        QVERIFY(!part<QLabel>(shown.view, "noImageLabel")->isVisible());
    }

    void selectingFromElsewhereIsNotToldBack() {
        ShownView shown;
        shown.view.select(405);
        QCOMPARE(shown.selected.count(), 0);
        QCOMPARE(shown.view.grid().selected(), std::optional<std::uint32_t>(405));
        QCOMPARE(shown.view.histogram().data().marks.size(), std::size_t{2});
    }

    /// The densities against counts by a plain loop.
    void theHistogramHasEverySetsDensity() {
        const ImageList list = listOf(tinyInspection(), kRow);
        const ChartData chart = scoreChart(list);
        QCOMPARE(chart.series.size(), std::size_t{4});
        for (std::size_t s = 0; s < 4; ++s) {
            const ChartSeries& series = chart.series[s];
            double area = 0;
            std::size_t images = 0;
            std::size_t inTenth = 0;
            for (const ImageRecord& record : list.table->records()) {
                if (record.set != s) continue;
                ++images;
                const auto score = static_cast<double>(record.atLevel);
                if (score >= series.x[10] && score < series.x[11]) ++inTenth;
            }
            for (std::size_t i = 0; i + 1 < series.x.size(); ++i)
                area += series.y[i] * (series.x[i + 1] - series.x[i]);
            QVERIFY(std::abs(area - 1) < 1e-9);
            QVERIFY(std::abs(series.y[10] * (series.x[11] - series.x[10]) * static_cast<double>(images) -
                             static_cast<double>(inTenth)) < 1e-9);
        }
    }

    void whyThereIsNoListStandsInItsPlace() {
        ShownView shown;
        shown.view.setListError("There is not enough memory for the table of images; use fewer images.");
        QCOMPARE(shown.view.grid().thumbnails().list().size(), std::size_t{0});
        QVERIFY(shown.view.histogram().data().empty());
    }

    void goesBackToNothing() {
        ShownView shown;
        shown.clickFirst();
        shown.view.setInspection(nullptr);
        QCOMPARE(shown.view.selected(), std::optional<std::uint32_t>());
        QCOMPARE(shown.view.grid().thumbnails().list().size(), std::size_t{0});
        QVERIFY(part<QLabel>(shown.view, "noImageLabel")->isVisible());
        QVERIFY(!shown.view.filters().isEnabled());
    }

    void followsTheTheme() {
        applyThemeChoice(ThemeChoice::Light);
        ShownView shown;
        applyThemeChoice(ThemeChoice::Dark);
        QTRY_VERIFY(shown.view.histogram().theme().dark);
        QVERIFY(shown.view.grid().thumbnails().theme().dark);
        QVERIFY(shown.view.detail().waterfall().theme().dark);
        applyThemeChoice(ThemeChoice::Light);
        QTRY_VERIFY(!shown.view.histogram().theme().dark);
    }
};

QTEST_MAIN(TestImageView)
#include "test_image_view.moc"
