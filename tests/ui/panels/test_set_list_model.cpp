#include "ui/panels/set_list_model.h"

#include <QAbstractItemModelTester>
#include <QLineEdit>
#include <QMimeData>
#include <QSignalSpy>
#include <QTest>
#include <QUrl>
#include <optional>

#include "tests/support/qt_warnings.h"
#include "tests/ui/panels/panel_test_support.h"
#include "ui/panels/set_delegate.h"
#include "ui/panels/set_list_view.h"

using namespace dicescope;
using dicescope::testing::FailOnQtWarnings;

namespace {

std::vector<NamedSource> threeSets() {
    return {{"dtd", "/data/dtd"}, {"sun", "/data/sun"}, {"places", "/data/places"}};
}

SetState readyState(std::size_t images, std::size_t skipped) {
    SetState state;
    state.kind = SetState::Kind::Ready;
    state.images = images;
    state.skipped = skipped;
    return state;
}

/// A list with the three sets and its view, shown and active.
struct ShownList {
    SetListModel sets{SetRole::Ood};
    QAbstractItemModelTester tester{&sets, QAbstractItemModelTester::FailureReportingMode::Fatal};
    SetListView view{&sets};
    QSignalSpy edited{&sets, &SetListModel::edited};

    ShownList() {
        sets.setTheme(themeOf(view.palette()));
        sets.setSources(threeSets());
        view.resize(240, 200);
        view.show();
        view.activateWindow();
        view.setFocus();
    }
    [[nodiscard]] bool ready() { return QTest::qWaitForWindowActive(&view); }
};

}  // namespace

class TestSetListModel : public QObject {
    Q_OBJECT

  private:
    std::optional<FailOnQtWarnings> warnings_;

  private slots:
    void initTestCase() { dicescope::testing::useTestEnvironment(); }
    void init() { warnings_.emplace(); }
    void cleanup() { warnings_.reset(); }

    void sourcesComeBackAsGiven() {
        SetListModel sets(SetRole::Ood);
        const QAbstractItemModelTester tester(&sets, QAbstractItemModelTester::FailureReportingMode::Fatal);
        QSignalSpy edited(&sets, &SetListModel::edited);
        sets.setSources(threeSets());
        const auto back = sets.sources();
        QCOMPARE(back.size(), 3U);
        QCOMPARE(back[1].name, std::string("sun"));
        QCOMPARE(back[1].path, std::filesystem::path("/data/sun"));
        QCOMPARE(edited.count(), 0);
    }

    void addedSetsGetNamesOfTheirOwn() {
        SetListModel sets(SetRole::Ood);
        const QAbstractItemModelTester tester(&sets, QAbstractItemModelTester::FailureReportingMode::Fatal);
        QSignalSpy edited(&sets, &SetListModel::edited);
        sets.setNamesElsewhere([] { return QStringList{"sun"}; });
        sets.add({"/a/dtd", "/b/dtd", "/c/sun", "/d/dtd/"});
        QCOMPARE(sets.names(), QStringList({"dtd", "dtd-2", "sun-2", "dtd-3"}));
        QCOMPARE(edited.count(), 1);
        sets.add({});
        QCOMPARE(edited.count(), 1);
    }

    void renamingKeepsNamesUnique() {
        SetListModel sets(SetRole::Ood);
        const QAbstractItemModelTester tester(&sets, QAbstractItemModelTester::FailureReportingMode::Fatal);
        sets.setNamesElsewhere([] { return QStringList{"noise"}; });
        sets.setSources(threeSets());
        QSignalSpy edited(&sets, &SetListModel::edited);
        QSignalSpy refused(&sets, &SetListModel::nameRefused);
        for (const char* bad : {"sun", "noise", "", "  ", "average"})
            QVERIFY2(!sets.setData(sets.index(0), QString(bad), Qt::EditRole), bad);
        QCOMPARE(refused.count(), 5);
        QVERIFY(refused[0][0].toString().contains("'sun'"));
        QCOMPARE(sets.names().first(), "dtd");
        QCOMPARE(edited.count(), 0);

        QVERIFY(sets.setData(sets.index(0), QString(" textures "), Qt::EditRole));
        QCOMPARE(sets.names().first(), "textures");
        QCOMPARE(edited.count(), 1);
        QVERIFY(sets.setData(sets.index(0), QString("textures"), Qt::EditRole));
        QCOMPARE(edited.count(), 1);
    }

    void coloursGoWithThePlace() {
        SetListModel sets(SetRole::Ood);
        const QAbstractItemModelTester tester(&sets, QAbstractItemModelTester::FailureReportingMode::Fatal);
        const Theme theme = themeOf(QPalette());
        sets.setTheme(theme);
        sets.setSources(threeSets());
        QVERIFY(sets.moveRow({}, 0, {}, 3));
        QCOMPARE(sets.names(), QStringList({"sun", "places", "dtd"}));
        QVERIFY(sets.moveRow({}, 2, {}, 1));
        QCOMPARE(sets.names(), QStringList({"sun", "dtd", "places"}));
        for (int row = 0; row < 3; ++row)
            QCOMPARE(sets.index(row).data(Qt::DecorationRole).value<QColor>(), theme.ood(row));
        QVERIFY(!sets.moveRow({}, 1, {}, 2));
        QVERIFY(!sets.moveRow({}, 5, {}, 0));

        SetListModel validation(SetRole::Validation);
        validation.setTheme(theme);
        validation.setSources(threeSets());
        QVERIFY(!validation.swatch(0).isValid());
    }

    void removesRows() {
        SetListModel sets(SetRole::Ood);
        const QAbstractItemModelTester tester(&sets, QAbstractItemModelTester::FailureReportingMode::Fatal);
        sets.setSources(threeSets());
        QSignalSpy edited(&sets, &SetListModel::edited);
        QVERIFY(sets.removeRows(0, 2));
        QCOMPARE(sets.names(), QStringList({"places"}));
        QVERIFY(!sets.removeRow(1));
        QVERIFY(sets.removeRow(0));
        QVERIFY(!sets.removeRow(0));
        QCOMPARE(edited.count(), 2);
    }

    void aRunSpeaksOfSetsByTheirNamesAtItsStart() {
        SetListModel sets(SetRole::Ood);
        const QAbstractItemModelTester tester(&sets, QAbstractItemModelTester::FailureReportingMode::Fatal);
        sets.setSources(threeSets());
        QCOMPARE(sets.rowOfRun("dtd"), -1);
        sets.setAllStates(SetState::Kind::Waiting);
        QVERIFY(sets.setData(sets.index(0), QString("textures"), Qt::EditRole));
        QCOMPARE(sets.rowOfRun("dtd"), 0);
        QCOMPARE(sets.rowOfRun("textures"), -1);
    }

    void saysTheStateInWords() {
        SetListModel sets(SetRole::Ood);
        sets.setSources(threeSets());
        const QModelIndex first = sets.index(0);
        QCOMPARE(first.data(Qt::AccessibleTextRole).toString(), "dtd, /data/dtd");
        sets.setAllStates(SetState::Kind::Waiting);
        QCOMPARE(first.data(Qt::AccessibleTextRole).toString(), "dtd, waiting");
        SetState reading;
        reading.kind = SetState::Kind::Reading;
        sets.setState(0, reading);
        QCOMPARE(first.data(Qt::AccessibleTextRole).toString(), "dtd, reading");
        reading.progress = {"Extracting", 1240, 8600, 223, 33};
        sets.setState(0, reading);
        QCOMPARE(first.data(Qt::AccessibleTextRole).toString(),
                 "dtd, 1,240 of 8,600 images, 223/s, 33 s left");
        sets.setState(0, readyState(5640, 12));
        QCOMPARE(first.data(Qt::AccessibleTextRole).toString(), "dtd, 5,640 images, 12 skipped");
        QVERIFY(first.data(Qt::ToolTipRole).toString().contains("/data/dtd"));
        sets.setAllStates(SetState::Kind::Failed);
        QCOMPARE(first.data(Qt::AccessibleTextRole).toString(), "dtd, could not be read");
    }

    void draggedRowsNeverLookLikeFilesToOthers() {
        SetListModel sets(SetRole::Ood);
        SetListModel validation(SetRole::Validation);
        sets.setSources(threeSets());
        const std::unique_ptr<QMimeData> data(sets.mimeData({sets.index(1)}));
        QVERIFY(!data->hasUrls());
        QVERIFY(!data->hasText());
        QVERIFY(sets.canDropMimeData(data.get(), Qt::MoveAction, 0, 0, {}));
        QVERIFY(!validation.canDropMimeData(data.get(), Qt::MoveAction, 0, 0, {}));
        QVERIFY(!sets.dropMimeData(data.get(), Qt::MoveAction, 0, 0, {}));
        QCOMPARE(sets.rowCount(), 3);
    }

    void keysMoveRenameAndRemove() {
        ShownList list;
        QVERIFY(list.ready());
        list.view.setCurrentIndex(list.sets.index(0));
        QTest::keyClick(&list.view, Qt::Key_Down, Qt::AltModifier);
        QCOMPARE(list.sets.names(), QStringList({"sun", "dtd", "places"}));
        QCOMPARE(list.view.currentIndex().row(), 1);
        QTest::keyClick(&list.view, Qt::Key_Down, Qt::AltModifier);
        QTest::keyClick(&list.view, Qt::Key_Down, Qt::AltModifier);
        QCOMPARE(list.sets.names(), QStringList({"sun", "places", "dtd"}));
        QTest::keyClick(&list.view, Qt::Key_Up, Qt::AltModifier);
        QCOMPARE(list.sets.names(), QStringList({"sun", "dtd", "places"}));

        QTest::keyClick(&list.view, Qt::Key_F2);
        auto* edit = list.view.findChild<QLineEdit*>("setNameEdit");
        QVERIFY(edit != nullptr);
        QCOMPARE(edit->text(), "dtd");
        QTest::keyClicks(edit, "textures");
        QTest::keyClick(edit, Qt::Key_Return);
        QTRY_COMPARE(list.sets.names(), QStringList({"sun", "textures", "places"}));

        QTest::keyClick(&list.view, Qt::Key_Delete);
        QCOMPARE(list.sets.names(), QStringList({"sun", "places"}));
    }

    void theLinkShowsSkippedFiles() {
        ShownList list;
        QVERIFY(list.ready());
        list.sets.setState(1, readyState(5640, 12));
        list.sets.setState(2, readyState(900, 0));
        QSignalSpy skipped(&list.view, &SetListView::skippedRequested);
        auto* delegate = list.view.findChild<SetDelegate*>();
        const auto linkOf = [&](int row) {
            QStyleOptionViewItem option;
            option.initFrom(&list.view);
            option.font = list.view.font();
            option.fontMetrics = list.view.fontMetrics();
            option.rect = list.view.visualRect(list.sets.index(row));
            return delegate->skippedRect(option, list.sets.index(row));
        };
        QVERIFY(linkOf(2).isEmpty());
        QVERIFY(list.view.visualRect(list.sets.index(1)).contains(linkOf(1)));
        QTest::mouseClick(list.view.viewport(), Qt::LeftButton, {}, linkOf(1).center());
        QCOMPARE(skipped.count(), 1);
        QCOMPARE(skipped[0][0].toInt(), 1);
        QTest::mouseClick(list.view.viewport(), Qt::LeftButton, {}, linkOf(1).topLeft() - QPoint(20, 0));
        QTest::mouseClick(list.view.viewport(), Qt::RightButton, {}, linkOf(1).center());
        QCOMPARE(skipped.count(), 1);
    }

    void foldersAreDroppedWhereTheMouseIs() {
        ShownList list;
        QVERIFY(list.ready());
        QVERIFY(dicescope::testing::dropPaths(list.view.viewport(), {"/data/lsun", "/data/dtd"}));
        QCOMPARE(list.sets.rowCount(), 5);
        const QStringList names = list.sets.names();
        QVERIFY(names.contains("lsun") && names.contains("dtd-2"));
        QCOMPARE(list.edited.count(), 1);
    }

    void theListIsAsHighAsItsRows() {
        ShownList list;
        const int three = list.view.sizeHint().height();
        list.sets.removeRow(0);
        const int two = list.view.sizeHint().height();
        QVERIFY(three > two);
        QCOMPARE(three - two, list.view.sizeHintForRow(0));
        for (int i = 0; i < 100; ++i) list.sets.add({"/data/more"});
        QVERIFY(list.view.sizeHint().height() < 20 * (three - two));
    }
};

QTEST_MAIN(TestSetListModel)
#include "test_set_list_model.moc"
