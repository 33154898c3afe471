#include "ui/inspect/thumbnail_model.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>
#include <numeric>
#include <optional>

#include "tests/support/qt_warnings.h"
#include "tests/ui/inspect/inspect_test_support.h"

using namespace dicescope;
using namespace dicescope::testing;

namespace {

using Records = QVector<quint32>;

Records range(quint32 begin, quint32 end) {
    Records records(static_cast<qsizetype>(end - begin));
    std::iota(records.begin(), records.end(), begin);
    return records;
}

struct TestedModel {
    ThumbnailModel model;
    QAbstractItemModelTester tester{&model, QAbstractItemModelTester::FailureReportingMode::Fatal};
    QSignalSpy wanted{&model, &ThumbnailModel::thumbnailsWanted};
    QSignalSpy resets{&model, &QAbstractItemModel::modelReset};
    QSignalSpy changes{&model, &QAbstractItemModel::dataChanged};

    explicit TestedModel(std::size_t images, int columns) {
        model.setColumns(columns);
        model.setList(firstRecords(tinyInspection(), images));
    }
    Records lastWanted() { return wanted.isEmpty() ? Records() : wanted.last().front().value<Records>(); }
};

}  // namespace

class TestThumbnailModel : public QObject {
    Q_OBJECT

  private:
    std::optional<FailOnQtWarnings> warnings_;

  private slots:
    void init() { warnings_.emplace(); }
    void cleanup() { warnings_.reset(); }

    void dealsImagesToRows() {
        const TestedModel tested(10, 4);
        const ThumbnailModel& model = tested.model;
        QCOMPARE(model.rowCount(), 3);
        QCOMPARE(model.columnCount(), 4);
        QCOMPARE(model.recordAt(model.index(1, 2)), std::optional<std::uint32_t>(6));
        QCOMPARE(model.indexOf(9), model.index(2, 1));
        QVERIFY(!model.indexOf(10).isValid());
        QVERIFY(!model.indexOf(4'000'000).isValid());
        // What is behind the end cannot be chosen.
        QCOMPARE(model.positionOf(model.index(2, 2)), -1);
        QCOMPARE(model.flags(model.index(2, 2)), Qt::NoItemFlags);
        QVERIFY(model.flags(model.index(2, 1)).testFlag(Qt::ItemIsSelectable));
        QVERIFY(!model.data(model.index(2, 3)).isValid());
    }

    void anEmptyListHasNoRow() {
        TestedModel tested(10, 4);
        tested.model.setList({});
        QCOMPARE(tested.model.rowCount(), 0);
        QVERIFY(!tested.model.indexAt(0).isValid());
    }

    void asksForWhatIsSeenFirst() {
        TestedModel tested(100, 5);
        tested.model.setVisibleRows(4, 5);
        Records expected = range(20, 30);
        expected << range(30, 40) << range(10, 20);
        QCOMPARE(tested.lastWanted(), expected);
        QCOMPARE(tested.wanted.count(), 1);
        tested.model.setVisibleRows(4, 5);
        QCOMPARE(tested.wanted.count(), 1);

        // At the ends there is nothing more to ask for.
        tested.model.setVisibleRows(18, 25);
        expected = range(90, 100);
        expected << range(80, 90);
        QCOMPARE(tested.lastWanted(), expected);
    }

    void asksOnlyForWhatIsMissing() {
        TestedModel tested(20, 5);
        tested.model.setVisibleRows(0, 1);
        tested.model.setThumbnail(0, picture(8));
        tested.model.setReason(3, "It is damaged.");
        tested.model.setVisibleRows(0, 0);
        Records expected{1, 2, 4};
        expected << range(5, 10);
        QCOMPARE(tested.lastWanted(), expected);
        for (quint32 record = 0; record < 20; ++record) tested.model.setThumbnail(record, picture(8));
        tested.model.setVisibleRows(0, 1);
        QVERIFY(tested.lastWanted().isEmpty());
    }

    void aThumbnailChangesItsCellOnly() {
        TestedModel tested(10, 4);
        QVERIFY(tested.model.thumbnail(6) == nullptr);
        tested.model.setThumbnail(6, picture(8, Qt::green));
        QCOMPARE(tested.changes.count(), 1);
        const QModelIndex cell = tested.model.index(1, 2);
        QCOMPARE(tested.changes[0][0].toModelIndex(), cell);
        QCOMPARE(tested.changes[0][1].toModelIndex(), cell);
        QCOMPARE(cell.data(Qt::DecorationRole).value<QPixmap>().toImage().pixelColor(3, 3),
                 QColor(Qt::green));
        // One that is not listed is kept for later.
        tested.model.setThumbnail(500, picture(8));
        QCOMPARE(tested.changes.count(), 1);
        QVERIFY(tested.model.thumbnail(500) != nullptr);
    }

    void aReasonStandsForAThumbnailUntilThereIsOne() {
        TestedModel tested(10, 4);
        tested.model.setReason(2, "It is damaged.");
        QCOMPARE(tested.model.reason(2), QString("It is damaged."));
        QVERIFY(tested.model.index(0, 2).data(Qt::ToolTipRole).toString().contains("It is damaged."));
        tested.model.setThumbnail(2, picture(8));
        QVERIFY(tested.model.reason(2).isEmpty());
    }

    void keepsNoMoreThanItsBytes() {
        TestedModel tested(600, 10);
        const QImage large = picture(512);  // 1 MiB
        for (quint32 record = 0; record < 200; ++record) tested.model.setThumbnail(record, large);
        int kept = 0;
        for (quint32 record = 0; record < 200; ++record) kept += tested.model.thumbnail(record) ? 1 : 0;
        QCOMPARE(kept, 128);
        QVERIFY(tested.model.thumbnail(0) == nullptr);
        QVERIFY(tested.model.thumbnail(199) != nullptr);
    }

    void otherScoresOfTheSameImagesAreNoReset() {
        TestedModel tested(10, 4);
        tested.model.setThumbnail(1, picture(8));
        const qsizetype resets = tested.resets.count();
        ImageList moved = firstRecords(tinyInspection(), 10);
        moved.table = listOf(tinyInspection(), 20).table;
        moved.row = 20;
        const QString before = tested.model.index(0, 0).data().toString();
        tested.model.setList(moved);
        QCOMPARE(tested.resets.count(), resets);
        QVERIFY(tested.changes.count() > 0);
        QVERIFY(tested.model.index(0, 0).data().toString() != before);
        QVERIFY(tested.model.thumbnail(1) != nullptr);

        tested.model.setList(firstRecords(tinyInspection(), 11));
        QCOMPARE(tested.resets.count(), resets + 1);
        QVERIFY(tested.model.thumbnail(1) != nullptr);
    }

    void otherInputsHaveOtherThumbnails() {
        TestedModel tested(10, 4);
        tested.model.setThumbnail(1, picture(8));
        const auto inputs = tinyInputs(50, 50);
        const auto other = inspect(inputs, tinyExploration(inputs), {});
        QVERIFY(other.has_value());
        tested.model.setList(firstRecords(*other, 10));
        QVERIFY(tested.model.thumbnail(1) == nullptr);
    }

    void tellsWhatAnImageIs() {
        ImageQuery wrong;
        wrong.filter.wronglyAccepted = true;
        TestedModel tested(10, 4);
        tested.model.setList(listOf(tinyInspection(), 90, wrong));
        QVERIFY(tested.model.list().size() > 0);
        const QString tip = tested.model.index(0, 0).data(Qt::ToolTipRole).toString();
        QVERIFY2(tip.contains("Wrongly accepted"), qPrintable(tip));
        QVERIFY2(tip.contains("Predicted: "), qPrintable(tip));
        QVERIFY2(tip.contains("/images/"), qPrintable(tip));
        QVERIFY(!tested.model.index(0, 0).data(Qt::AccessibleTextRole).toString().contains("/images/"));
    }
};

QTEST_MAIN(TestThumbnailModel)
#include "test_thumbnail_model.moc"
