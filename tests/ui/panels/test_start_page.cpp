#include "ui/panels/start_page.h"

#include <QAbstractItemModelTester>
#include <QDateTime>
#include <QFile>
#include <QLabel>
#include <QListView>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <optional>

#include "tests/support/qt_warnings.h"
#include "tests/ui/panels/panel_test_support.h"
#include "ui/panels/recents_model.h"

using namespace dicescope;
using dicescope::testing::FailOnQtWarnings;

namespace {

/// A page that is shown, with a session saved `age` seconds ago and one that is gone.
struct ShownPage {
    QTemporaryDir folder;
    StartPage page;
    QStringList paths;

    explicit ShownPage(qint64 age = 0) {
        paths = {folder.filePath("study.json"), folder.filePath("gone.json")};
        QFile file(paths[0]);
        if (!file.open(QIODevice::WriteOnly)) return;
        file.write("{}");
        file.flush();
        file.setFileTime(QDateTime::currentDateTime().addSecs(-age), QFileDevice::FileModificationTime);
        file.close();
        page.resize(700, 600);
        page.show();
        page.activateWindow();
    }
    [[nodiscard]] bool ready() { return QTest::qWaitForWindowActive(&page); }
    [[nodiscard]] QListView* list() const { return page.findChild<QListView*>("recentSessions"); }
    [[nodiscard]] QString age(int row) const {
        return list()->model()->index(row, 0).data(RecentsModel::AgeRole).toString();
    }
    void click(int row) const {
        QTest::mouseClick(list()->viewport(), Qt::LeftButton, {},
                          list()->visualRect(list()->model()->index(row, 0)).center());
    }
};

}  // namespace

class TestStartPage : public QObject {
    Q_OBJECT

  private:
    std::optional<FailOnQtWarnings> warnings_;

  private slots:
    void initTestCase() { dicescope::testing::useTestEnvironment(); }
    void init() { warnings_.emplace(); }
    void cleanup() { warnings_.reset(); }

    void theBigButtonsAsk() {
        ShownPage shown;
        QVERIFY(shown.ready());
        QSignalSpy demo(&shown.page, &StartPage::demoRequested);
        QSignalSpy fresh(&shown.page, &StartPage::newAnalysisRequested);
        QSignalSpy session(&shown.page, &StartPage::openSessionRequested);
        QTest::mouseClick(shown.page.findChild<QPushButton*>("openDemo"), Qt::LeftButton);
        QTest::mouseClick(shown.page.findChild<QPushButton*>("newAnalysis"), Qt::LeftButton);
        QTest::keyClick(shown.page.findChild<QPushButton*>("openSession"), Qt::Key_Space);
        QCOMPARE(demo.count(), 1);
        QCOMPARE(fresh.count(), 1);
        QCOMPARE(session.count(), 1);
    }

    void saysThatThingsCanBeDropped() {
        ShownPage shown;
        QVERIFY(dicescope::testing::isShown(&shown.page, "dropHint"));
        QVERIFY(dicescope::testing::labelText(&shown.page, "dropHint").contains("drop"));
    }

    void withoutRecentsThereIsNoList() {
        ShownPage shown;
        QVERIFY(!shown.list()->isVisible());
        shown.page.setRecentSessions(shown.paths);
        QVERIFY(shown.list()->isVisible());
        shown.page.setRecentSessions({});
        QVERIFY(!shown.list()->isVisible());
    }

    void saysHowOldSessionsAreAndGreysThoseThatAreGone() {
        ShownPage shown(3 * 86400 + 60);
        QVERIFY(shown.ready());
        shown.page.setRecentSessions(shown.paths);
        QTRY_COMPARE(shown.age(0), "3 days ago");
        QTRY_COMPARE(shown.age(1), "not found");
        const auto* model = shown.list()->model();
        QVERIFY(model->flags(model->index(0, 0)) & Qt::ItemIsEnabled);
        QVERIFY(!(model->flags(model->index(1, 0)) & Qt::ItemIsEnabled));
        QCOMPARE(model->index(0, 0).data().toString(), "study");
        QCOMPARE(model->index(0, 0).data(RecentsModel::FolderRole).toString(), shown.folder.path());
        QVERIFY(model->index(1, 0).data(Qt::ToolTipRole).toString().contains(shown.paths[1]));
    }

    void looksAgainWhenItIsShownAgain() {
        ShownPage shown;
        QVERIFY(shown.ready());
        shown.page.setRecentSessions(shown.paths);
        QTRY_COMPARE(shown.age(1), "not found");
        QVERIFY(QFile::copy(shown.paths[0], shown.paths[1]));
        QVERIFY(QFile::remove(shown.paths[0]));
        shown.page.hide();
        shown.page.show();
        QTRY_COMPARE(shown.age(0), "not found");
        QTRY_COMPARE(shown.age(1), "just now");
    }

    void aClickOrEnterOpensASession() {
        ShownPage shown;
        QVERIFY(shown.ready());
        shown.page.setRecentSessions(shown.paths);
        QTRY_COMPARE(shown.age(1), "not found");
        QSignalSpy session(&shown.page, &StartPage::sessionRequested);
        shown.click(1);
        QCOMPARE(session.count(), 0);
        shown.click(0);
        QCOMPARE(session.count(), 1);
        QCOMPARE(session[0][0].toString(), shown.paths[0]);
        shown.list()->setFocus();
        shown.list()->setCurrentIndex(shown.list()->model()->index(0, 0));
        QTest::keyClick(shown.list(), Qt::Key_Return);
        QCOMPARE(session.count(), 2);
    }

    void keepsTenAndSurvivesChangesWhileItAsks() {
        RecentsModel recents;
        const QAbstractItemModelTester tester(&recents,
                                              QAbstractItemModelTester::FailureReportingMode::Fatal);
        QStringList many;
        for (int i = 0; i < 15; ++i) many << QStringLiteral("/nowhere/%1.json").arg(i);
        recents.setPaths(many);
        QCOMPARE(recents.rowCount(), 10);
        recents.setPaths({"/nowhere/other.json"});
        QCOMPARE(recents.rowCount(), 1);
        QTRY_COMPARE(recents.index(0).data(RecentsModel::AgeRole).toString(), "not found");
        recents.setPaths({});
        recents.refresh();
        QCOMPARE(recents.rowCount(), 0);
    }

    void deletedWhileItAsks() {
        auto page = std::make_unique<StartPage>();
        page->setRecentSessions({"/nowhere/a.json", "/nowhere/b.json"});
        page.reset();
        QTest::qWait(20);
    }

    void fitsASmallWindow() {
        ShownPage shown;
        shown.page.setRecentSessions(shown.paths);
        shown.page.resize(520, 400);
        QVERIFY(QTest::qWaitForWindowExposed(&shown.page));
        for (const char* name : {"openDemo", "newAnalysis", "openSession"}) {
            const auto* button = shown.page.findChild<QPushButton*>(name);
            const QRect place(button->mapTo(&shown.page, QPoint(0, 0)), button->size());
            QVERIFY2(shown.page.rect().contains(place), name);
            QVERIFY2(button->width() >= button->sizeHint().width(), name);
        }
    }
};

QTEST_MAIN(TestStartPage)
#include "test_start_page.moc"
