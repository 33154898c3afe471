#include "ui/plots/heatmap_view.h"

#include <QSignalSpy>
#include <optional>

#include "tests/support/qt_warnings.h"
#include "tests/ui/plots/plot_test_support.h"

using namespace dicescope;
using namespace dicescope::testing;

namespace {

constexpr int kColumns = 8;
constexpr int kRows = 4;

struct Requests {
    QRect cells;
    QSize pixels;
};

/// Red where row + column is even, else blue.
HeatmapSource board(Requests* requests = nullptr) {
    HeatmapSource source;
    source.columns = kColumns;
    source.rows = kRows;
    source.columnLabel = "units";
    source.rowLabel = "classes";
    source.caption = "a board";
    source.picture = [requests](QRect cells, QSize pixels, const Theme&) {
        if (requests != nullptr) *requests = {cells, pixels};
        QImage image(cells.size(), QImage::Format_RGB32);
        for (int y = 0; y < cells.height(); ++y) {
            for (int x = 0; x < cells.width(); ++x)
                image.setPixel(
                    x, y, (cells.left() + x + cells.top() + y) % 2 == 0 ? qRgb(255, 0, 0) : qRgb(0, 0, 255));
        }
        return image;
    };
    source.reading = [](int row, int column) { return QString("row %1 column %2").arg(row).arg(column); };
    return source;
}

void showMap(HeatmapView& map, HeatmapSource source) {
    map.resize(600, 400);
    map.QWidget::show();
    QVERIFY(QTest::qWaitForWindowExposed(&map));
    map.setSource(std::move(source));
    QApplication::processEvents();
}

}  // namespace

class TestHeatmapView : public QObject {
    Q_OBJECT

    std::optional<FailOnQtWarnings> warnings_;

  private slots:
    void init() { warnings_.emplace(); }
    void cleanup() { warnings_.reset(); }

    void everyCellIsWhereItsNumberSays() {
        HeatmapView map("Map");
        showMap(map, board());
        const QImage picture = pictureOf(canvasOf(map));
        for (int row = 0; row < kRows; ++row) {
            for (int column = 0; column < kColumns; ++column) {
                const QColor expected = (row + column) % 2 == 0 ? QColor(255, 0, 0) : QColor(0, 0, 255);
                QCOMPARE(picture.pixelColor(pixelOf(map, column + 0.5, row + 0.5)), expected);
            }
        }
        // The first row is at the top.
        QVERIFY(pixelOf(map, 0, 0).y() < pixelOf(map, 0, kRows).y());
    }

    void theCellUnderTheMouseIsReadAndPicked() {
        HeatmapView map("Map");
        showMap(map, board());
        const QPoint at = pixelOf(map, 5.5, 2.5);
        hover(canvasOf(map), at);
        QCOMPARE(map.reading(), QString("row 2 column 5"));
        QSignalSpy picked(&map, &HeatmapView::cellPicked);
        QTest::mouseClick(&canvasOf(map), Qt::LeftButton, {}, at);
        QCOMPARE(picked.size(), 1);
        QCOMPARE(picked[0][0].toInt(), 2);
        QCOMPARE(picked[0][1].toInt(), 5);
        QTest::mouseClick(&canvasOf(map), Qt::LeftButton, {}, QPoint(2, 2));
        QCOMPARE(picked.size(), 1);
    }

    void zoomedItAsksForWhatIsSeen() {
        Requests requests;
        HeatmapView map("Map");
        showMap(map, board(&requests));
        QCOMPARE(requests.cells, QRect(0, 0, kColumns, kRows));
        const QPoint at = pixelOf(map, 5.5, 2.5);
        for (int i = 0; i < 12; ++i) wheel(canvasOf(map), at, 1);
        QVERIFY(requests.cells.width() <= 3);
        QVERIFY(requests.cells.contains(5, 2));
        hover(canvasOf(map), at);
        QCOMPARE(map.reading(), QString("row 2 column 5"));
        map.resetView();
        QApplication::processEvents();
        QCOMPARE(requests.cells, QRect(0, 0, kColumns, kRows));
    }

    void noSourceShowsAText() {
        HeatmapView map("Map");
        map.setEmptyText("nothing yet");
        showMap(map, {});
        QVERIFY(map.reading().isEmpty());
        QTest::mouseClick(&canvasOf(map), Qt::LeftButton, {}, QPoint(200, 200));
        showMap(map, board());
        QCOMPARE(map.reading(), QString("a board"));
    }

    void theSelectionIsDrawnOverTheMap() {
        HeatmapView map("Map");
        showMap(map, board());
        const QImage before = pictureOf(canvasOf(map));
        map.setSelected(1, 3);
        QApplication::processEvents();
        QVERIFY(pictureOf(canvasOf(map)) != before);
        map.setSelected(-1, -1);
        QApplication::processEvents();
        QVERIFY(pictureOf(canvasOf(map)) == before);
    }

    void exportsHoldThePicture() {
        HeatmapView map("Map");
        showMap(map, board());
        const QByteArray svg = map.svg({400, 300});
        QVERIFY(svg.contains("<image"));
        QVERIFY(svg.contains("units"));
        QVERIFY(map.pdf({400, 300}).startsWith("%PDF"));
        QVERIFY(!map.image({400, 300}, 72).isNull());
    }
};

QTEST_MAIN(TestHeatmapView)
#include "test_heatmap_view.moc"
