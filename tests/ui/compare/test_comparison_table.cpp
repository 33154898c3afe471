#include "ui/compare/comparison_table.h"

#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>
#include <optional>

#include "tests/support/qt_warnings.h"
#include "tests/ui/compare/compare_test_support.h"
#include "ui/compare/comparison_model.h"

using namespace dicescope;
using namespace dicescope::testing;

namespace {

constexpr int kFpr = 2;
constexpr int kAuroc = 3;

struct Shown {
    ComparisonModel model;
    ComparisonTable table{model};

    Shown() {
        model.setComparison(madeComparison(), false);
        table.resize(600, 300);
        table.show();
        if (!QTest::qWaitForWindowExposed(&table)) qFatal("The table is not shown.");
    }
    /// Names from top to bottom.
    [[nodiscard]] QStringList names() const {
        QStringList names;
        for (int row = 0; row < table.model()->rowCount(); ++row)
            names << table.model()->index(row, 1).data().toString();
        return names;
    }
    void clickHeader(QTableView& view, int column) {
        view.horizontalScrollBar()->setValue(0);
        QHeaderView* header = view.horizontalHeader();
        QTest::mouseClick(header->viewport(), Qt::LeftButton, {},
                          {header->sectionViewportPosition(column) + header->sectionSize(column) / 2,
                           header->height() / 2});
    }
    [[nodiscard]] QTableView& frozen() const { return *part<QTableView>(table, "comparisonNames"); }
};

}  // namespace

class TestComparisonTable : public QObject {
    Q_OBJECT

    std::optional<FailOnQtWarnings> warnings_;

  private slots:
    void init() { warnings_.emplace(); }
    void cleanup() { warnings_.reset(); }

    /// Rows without a value are last in either direction.
    void sortsByAnyColumn() {
        Shown shown;
        const QStringList best{"DICE (p=90)", "Energy", "MSP", "GEN", "KNN"};
        const QStringList worst{"GEN", "MSP", "Energy", "DICE (p=90)", "KNN"};
        QCOMPARE(shown.names(), best);
        shown.clickHeader(shown.table, kFpr);
        QCOMPARE(shown.names(), worst);
        // The highest AUROC first, as is best.
        shown.clickHeader(shown.table, kAuroc);
        QCOMPARE(shown.names(), best);
        shown.clickHeader(shown.table, kAuroc);
        QCOMPARE(shown.names(), worst);
        shown.clickHeader(shown.frozen(), 1);
        QCOMPARE(shown.names(), (QStringList{"DICE (p=90)", "Energy", "GEN", "KNN", "MSP"}));
        shown.clickHeader(shown.frozen(), 0);
        QCOMPARE(shown.names(), best);
        QCOMPARE(shown.frozen().horizontalHeader()->sortIndicatorSection(), 0);
    }

    void theOrderSurvivesNewResults() {
        Shown shown;
        shown.clickHeader(shown.table, kAuroc);
        shown.clickHeader(shown.table, kAuroc);
        const QStringList names = shown.names();
        shown.model.setComparison(nullptr, false);
        shown.model.setComparison(madeComparison(), false);
        QCOMPARE(shown.names(), names);
        auto better = std::make_shared<ComparedDetector>(*shown.model.detector(3));
        better->average.auroc = 1;
        shown.model.setDetector(3, better);
        QCOMPARE(shown.names()[3], QString("GEN"));  // last but the one that failed
    }

    void filtersByName() {
        Shown shown;
        shown.table.setFilter("e");
        QCOMPARE(shown.names(), (QStringList{"DICE (p=90)", "Energy", "GEN"}));
        shown.table.setFilter({});
        QCOMPARE(shown.names().size(), 5);
    }

    void aSentenceTakesTheRow() {
        Shown shown;
        const int last = 4;
        QCOMPARE(shown.table.columnSpan(last, kFpr), shown.table.model()->columnCount() - kFpr);
        QCOMPARE(shown.table.columnSpan(0, kFpr), 1);
        shown.table.setFilter("KNN");
        QCOMPARE(shown.table.columnSpan(0, kFpr), shown.table.model()->columnCount() - kFpr);
        shown.table.setFilter({});
        shown.clickHeader(shown.frozen(), 1);  // by name: KNN is fourth
        QCOMPARE(shown.table.columnSpan(3, kFpr), shown.table.model()->columnCount() - kFpr);
        QCOMPARE(shown.table.columnSpan(last, kFpr), 1);
    }

    void aClickSelectsADetector() {
        Shown shown;
        QSignalSpy changed(&shown.table, &ComparisonTable::currentModelRowChanged);
        const QModelIndex gen = shown.table.model()->index(3, 1);
        QTest::mouseClick(shown.frozen().viewport(), Qt::LeftButton, {},
                          shown.frozen().visualRect(gen).center());
        QCOMPARE(changed.count(), 1);
        QCOMPARE(shown.table.currentModelRow(), 3);
        QTest::keyClick(&shown.table, Qt::Key_Up);
        QCOMPARE(shown.table.currentModelRow(), 1);
        shown.table.setCurrentModelRow(4);
        QCOMPARE(shown.table.currentIndex().row(), 4);
    }

    void copiesWhatIsSelectedInTheOrderShown() {
        Shown shown;
        shown.table.setFocus();
        QTest::keyClick(&shown.table, Qt::Key_C, Qt::ControlModifier);
        QStringList lines = QApplication::clipboard()->text().split(u'\n', Qt::SkipEmptyParts);
        QCOMPARE(lines.size(), 6);
        QVERIFY(lines[1].startsWith("1\tDICE"));
        const auto click = [&](int row, Qt::KeyboardModifiers keys) {
            QTest::mouseClick(shown.frozen().viewport(), Qt::LeftButton, keys,
                              shown.frozen().visualRect(shown.table.model()->index(row, 1)).center());
        };
        click(2, {});
        click(1, Qt::ControlModifier);
        QTest::keyClick(&shown.table, Qt::Key_C, Qt::ControlModifier);
        lines = QApplication::clipboard()->text().split(u'\n', Qt::SkipEmptyParts);
        QCOMPARE(lines.size(), 3);
        QVERIFY(lines[1].contains("Energy"));
        QVERIFY(lines[2].contains("MSP"));
    }

    void namesStayWhileNumbersScroll() {
        Shown shown;
        QScrollBar* across = shown.table.horizontalScrollBar();
        QVERIFY(across->maximum() > 0);
        const QRect place = shown.frozen().geometry();
        across->setValue(across->maximum());
        QCOMPARE(shown.frozen().geometry(), place);
        QVERIFY(shown.frozen().isVisible());
        QCOMPARE(shown.frozen().visualRect(shown.table.model()->index(0, 1)).left(),
                 shown.frozen().columnWidth(0));
        // Rows stay beside their numbers.
        shown.table.resize(400, 110);
        shown.table.verticalScrollBar()->setValue(shown.table.verticalScrollBar()->maximum());
        QCOMPARE(shown.frozen().visualRect(shown.table.model()->index(4, 1)).top(),
                 shown.table.visualRect(shown.table.model()->index(4, 1)).top());
        // What the keyboard goes to does not stay below the names.
        across->setValue(across->maximum());
        shown.table.setCurrentIndex(shown.table.model()->index(0, shown.table.model()->columnCount() - 1));
        for (int i = 0; i < 7; ++i) QTest::keyClick(&shown.table, Qt::Key_Left);
        QVERIFY(shown.table.visualRect(shown.table.currentIndex()).left() >= shown.frozen().width());
    }
};

QTEST_MAIN(TestComparisonTable)
#include "test_comparison_table.moc"
