#include "ui/inspect/thumbnail_grid.h"

#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>
#include <optional>
#include <set>

#include "tests/support/qt_warnings.h"
#include "tests/ui/inspect/inspect_test_support.h"
#include "ui/inspect/thumbnail_delegate.h"
#include "ui/inspect/thumbnail_model.h"

using namespace dicescope;
using namespace dicescope::testing;

namespace {

using Selected = std::optional<std::uint32_t>;

/// A grid with some columns, shown and active.
struct ShownGrid {
    ThumbnailGrid grid;
    QSignalSpy selected{&grid, &ThumbnailGrid::imageSelected};

    explicit ShownGrid(std::size_t images, int columns = 4) {
        grid.setList(firstRecords(tinyInspection(), images));
        setColumns(columns);
        grid.show();
        grid.activateWindow();
        grid.setFocus();
        if (!QTest::qWaitForWindowActive(&grid)) qFatal("The grid did not become active.");
    }
    void setColumns(int columns) {
        const QSize cell = ThumbnailDelegate::cell(grid.fontMetrics());
        const int around = grid.verticalScrollBar()->sizeHint().width() + 2 * grid.frameWidth();
        grid.resize(cell.width() * columns + cell.width() / 2 + around, cell.height() * 3 + 20);
    }
    ThumbnailModel& model() { return grid.thumbnails(); }
    void click(std::uint32_t record) {
        QTest::mouseClick(grid.viewport(), Qt::LeftButton, {},
                          grid.visualRect(model().indexOf(record)).center());
    }
    std::set<std::uint32_t> marked() {
        std::set<std::uint32_t> records;
        for (const QModelIndex& index : grid.selectionModel()->selectedIndexes())
            records.insert(*model().recordAt(index));
        return records;
    }
    Selected press(Qt::Key key) {
        QTest::keyClick(&grid, key);
        return grid.selected();
    }
};

}  // namespace

class TestThumbnailGrid : public QObject {
    Q_OBJECT

  private:
    std::optional<FailOnQtWarnings> warnings_;

  private slots:
    void init() { warnings_.emplace(); }
    void cleanup() { warnings_.reset(); }

    void columnsFollowTheWidth() {
        ShownGrid shown(30, 4);
        QCOMPARE(shown.model().columnCount(), 4);
        shown.setColumns(7);
        QTRY_COMPARE(shown.model().columnCount(), 7);
        shown.grid.resize(20, 300);
        QTRY_COMPARE(shown.model().columnCount(), 1);
    }

    void aClickSelectsOneImage() {
        ShownGrid shown(30);
        shown.click(5);
        QCOMPARE(shown.selected.count(), 1);
        QCOMPARE(shown.selected.last().front().toUInt(), 5U);
        shown.click(2);
        QCOMPARE(shown.marked(), std::set<std::uint32_t>{2});
        QCOMPARE(shown.grid.selected(), Selected(2));
    }

    void arrowsGoOnInTheNextLine() {
        ShownGrid shown(10, 4);
        shown.click(3);
        QCOMPARE(shown.press(Qt::Key_Right), Selected(4));
        QCOMPARE(shown.press(Qt::Key_Left), Selected(3));
        QCOMPARE(shown.press(Qt::Key_Down), Selected(7));
        // Below is nothing: to the last image.
        QCOMPARE(shown.press(Qt::Key_Down), Selected(9));
        QCOMPARE(shown.press(Qt::Key_Down), Selected(9));
        QCOMPARE(shown.press(Qt::Key_Right), Selected(9));
        QCOMPARE(shown.press(Qt::Key_Up), Selected(5));
        QCOMPARE(shown.press(Qt::Key_Home), Selected(0));
        QCOMPARE(shown.press(Qt::Key_Left), Selected(0));
        QCOMPARE(shown.press(Qt::Key_End), Selected(9));
        QCOMPARE(shown.marked(), std::set<std::uint32_t>{9});
        QCOMPARE(shown.selected.last().front().toUInt(), 9U);
    }

    void pagesGoByWhatIsSeen() {
        ShownGrid shown(100, 4);
        shown.click(1);
        QCOMPARE(shown.press(Qt::Key_PageDown), Selected(13));
        QCOMPARE(shown.press(Qt::Key_PageUp), Selected(1));
        QVERIFY(shown.press(Qt::Key_End) == Selected(99));
        QCOMPARE(shown.grid.verticalScrollBar()->value(), shown.grid.verticalScrollBar()->maximum());
    }

    void theSelectedImageStaysWhileTheListChanges() {
        ShownGrid shown(30);
        shown.click(5);
        shown.grid.setList(firstRecords(tinyInspection(), 3));
        QVERIFY(shown.marked().empty());
        QCOMPARE(shown.grid.selected(), Selected(5));
        shown.grid.setList(firstRecords(tinyInspection(), 40));
        QCOMPARE(shown.marked(), std::set<std::uint32_t>{5});
        shown.setColumns(6);
        QTRY_COMPARE(shown.model().columnCount(), 6);
        QCOMPARE(shown.marked(), std::set<std::uint32_t>{5});
        QCOMPARE(shown.selected.count(), 1);
        // From there the arrows go on.
        QCOMPARE(shown.press(Qt::Key_Right), Selected(6));
    }

    void selectingScrollsAndIsNotToldAgain() {
        ShownGrid shown(200);
        shown.grid.select(150);
        QVERIFY(shown.grid.viewport()->rect().contains(
            shown.grid.visualRect(shown.model().indexOf(150)).center()));
        QCOMPARE(shown.marked(), std::set<std::uint32_t>{150});
        shown.grid.select(std::nullopt);
        QVERIFY(shown.marked().empty());
        QCOMPARE(shown.selected.count(), 0);
    }

    void anotherWidthKeepsTheImagesInSight() {
        ShownGrid shown(400, 4);
        shown.grid.scrollTo(shown.model().indexOf(200), QAbstractItemView::PositionAtTop);
        shown.setColumns(5);
        QTRY_COMPARE(shown.model().columnCount(), 5);
        QVERIFY(shown.grid.viewport()->rect().intersects(shown.grid.visualRect(shown.model().indexOf(200))));
    }

    void thePlaceStaysWithTheQuestion() {
        ShownGrid shown(400);
        QScrollBar* bar = shown.grid.verticalScrollBar();
        bar->setValue(500);
        ImageList moved = firstRecords(tinyInspection(), 390);
        shown.grid.setList(moved);
        QCOMPARE(bar->value(), 500);
        moved.query.filter.changed = true;
        shown.grid.setList(moved);
        QCOMPARE(bar->value(), 0);
    }

    void asksForThumbnailsWhereOneLooks() {
        ThumbnailGrid hidden;
        QSignalSpy unseen(&hidden.thumbnails(), &ThumbnailModel::thumbnailsWanted);
        hidden.setList(firstRecords(tinyInspection(), 400));
        QCOMPARE(unseen.count(), 0);

        ShownGrid shown(400, 4);
        QSignalSpy wanted(&shown.model(), &ThumbnailModel::thumbnailsWanted);
        shown.grid.scrollTo(shown.model().indexOf(200), QAbstractItemView::PositionAtTop);
        QVERIFY(wanted.count() > 0);
        const auto records = wanted.last().front().value<QVector<quint32>>();
        QCOMPARE(records.front(), 200U);
        // Three lines are seen whole and a fourth in part, and as many before and behind.
        QCOMPARE(records.size(), 3 * 4 * 4);
    }

    void saysWhyItIsEmpty() {
        ShownGrid shown(3);
        const QImage before = shown.grid.grab().toImage();
        shown.grid.setList({});
        const QImage blank = shown.grid.grab().toImage();
        shown.grid.setEmptyText("No image meets all of these choices.");
        QVERIFY(shown.grid.grab().toImage() != blank);
        QVERIFY(before != blank);
    }

    void drawsTheThumbnailAndTheSetsColour() {
        ShownGrid shown(3);
        shown.model().setThumbnail(0, picture(shown.grid.thumbnailSide(), QColor(10, 200, 30)));
        const QImage image = shown.grid.viewport()->grab().toImage();
        const QRect cell = shown.grid.visualRect(shown.model().indexOf(0));
        QCOMPARE(image.pixelColor(cell.center().x(), cell.top() + cell.height() / 3), QColor(10, 200, 30));
        const QColor id = themeOf(shown.grid.palette()).id;
        bool found = false;
        for (int y = cell.top(); y < cell.bottom(); ++y)
            found = found || image.pixelColor(cell.center().x(), y) == id;
        QVERIFY(found);
    }
};

QTEST_MAIN(TestThumbnailGrid)
#include "test_thumbnail_grid.moc"
