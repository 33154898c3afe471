#include "ui/inspect/image_list.h"
#include "ui/inspect/inspect_charts.h"

#include <QTest>

#include "tests/ui/inspect/inspect_test_support.h"

using namespace dicescope;
using namespace dicescope::testing;

namespace {

ImageRecord judged(bool id, bool dense, bool atLevel) {
    ImageRecord record;
    record.inDistribution = id;
    record.acceptedDense = dense;
    record.acceptedAtLevel = atLevel;
    return record;
}

QString markOf(bool id, bool dense, bool atLevel, ScoreSide side = ScoreSide::AtLevel) {
    return acceptanceMark(judged(id, dense, atLevel), side).text;
}

}  // namespace

class TestImageList : public QObject {
    Q_OBJECT

  private slots:
    void marksWhatIsWrongOrChanged() {
        QCOMPARE(markOf(true, true, true), QString());
        QCOMPARE(markOf(false, false, false), QString());
        QCOMPARE(markOf(false, true, true), QString("× accepted"));
        QCOMPARE(markOf(true, false, false), QString("× rejected"));
        QCOMPARE(markOf(true, false, true), QString("→ accepted"));
        QCOMPARE(markOf(false, true, false), QString("→ rejected"));
        QVERIFY(!acceptanceMark(judged(false, true, false), ScoreSide::AtLevel).wrong);
        QVERIFY(acceptanceMark(judged(false, true, false), ScoreSide::Dense).wrong);
        QVERIFY(acceptanceMark(judged(true, true, false), ScoreSide::AtLevel).wrong);
    }

    void namesRowsScoresAndClasses() {
        const Inspection& inspection = *tinyInspection();
        QCOMPARE(rowLabel(inspection, 90), QString("p = 90 %"));
        QCOMPARE(rowLabel(inspection, inspection.exploration->denseRow()), QString("dense head"));
        QCOMPARE(rankingScoreTitle(ScoreKind::Msp), QString("log MSP"));
        QCOMPARE(classTitle(inspection, 1), QString("bee"));
        QCOMPARE(classTitle(inspection, -1), QString("unknown"));
    }

    void findsTheFileOfARecord() {
        const ImageList list = listOf(tinyInspection(), 90);
        QCOMPARE(imageFile(*tinyInspection(), list.record(6)), std::filesystem::path("/images/id/bee/6.png"));
        QCOMPARE(imageFile(*tinyInspection(), list.record(400)), std::filesystem::path("/images/near/0.png"));
    }

    void theValueBelowAnImageIsWhatSortsIt() {
        ImageQuery query;
        const ImageList level = listOf(tinyInspection(), 90, query);
        const ImageRecord& record = level.record(3);
        QCOMPARE(sortedValueText(level, 3), QString::number(static_cast<double>(record.atLevel), 'f', 2));
        query.order = ImageOrder::DenseScore;
        QCOMPARE(sortedValueText(listOf(tinyInspection(), 90, query), 3),
                 QString::number(static_cast<double>(record.dense), 'f', 2));
        query.order = ImageOrder::MarginChange;
        const auto change = static_cast<double>(level.table->marginChange(record));
        QCOMPARE(sortedValueText(listOf(tinyInspection(), 90, query), 3),
                 (change > 0 ? "+" : "") + QString::number(change, 'f', 2));
        query.order = ImageOrder::Column;
        query.other = ScoreKind::Msp;
        const auto column = scoreDisagreement(*tinyInspection(), 90, ScoreKind::Msp);
        QVERIFY(column.has_value());
        QCOMPARE(sortedValueText(listOf(tinyInspection(), 90, query), 3),
                 QString::number(static_cast<double>((*column)[3]), 'f', 3));
    }
};

QTEST_MAIN(TestImageList)
#include "test_image_list.moc"
