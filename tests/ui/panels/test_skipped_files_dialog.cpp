#include "ui/panels/skipped_files_dialog.h"

#include <QAbstractItemModelTester>
#include <QClipboard>
#include <QDesktopServices>
#include <QGuiApplication>
#include <QHeaderView>
#include <QLineEdit>
#include <QPointer>
#include <QPushButton>
#include <QTableView>
#include <QTest>
#include <QUrl>
#include <optional>

#include "tests/support/qt_warnings.h"
#include "tests/ui/panels/panel_test_support.h"
#include "ui/panels/skipped_files_model.h"

using namespace dicescope;
using dicescope::testing::FailOnQtWarnings;

namespace {

std::vector<SkippedFile> someFiles() {
    return {{"b/img10.png", "truncated"}, {"b/img2.png", "not an image"}, {"a/x\ty.jpg", "not an image"}};
}

/// A dialog that is shown; closed it stays until the end of the test.
struct ShownDialog {
    SkippedFilesDialog dialog;

    explicit ShownDialog(const std::vector<SkippedFile>& files = someFiles(),
                         const char* folder = "/data/dtd")
        : dialog("dtd", folder, files) {
        dialog.setAttribute(Qt::WA_DeleteOnClose, false);
        dialog.show();
        dialog.activateWindow();
    }
    [[nodiscard]] bool ready() { return QTest::qWaitForWindowActive(&dialog); }
    [[nodiscard]] QTableView* table() const { return dialog.findChild<QTableView*>("skippedTable"); }
    [[nodiscard]] QLineEdit* filter() const { return dialog.findChild<QLineEdit*>("skippedFilter"); }
    [[nodiscard]] QPushButton* button(const char* name) const { return dialog.findChild<QPushButton*>(name); }
    [[nodiscard]] QStringList column(int column) const {
        QStringList texts;
        for (int row = 0; row < table()->model()->rowCount(); ++row)
            texts << table()->model()->index(row, column).data().toString();
        return texts;
    }
    void clickHeader(int section) const {
        const QHeaderView* header = table()->horizontalHeader();
        QTest::mouseClick(header->viewport(), Qt::LeftButton, {},
                          {header->sectionViewportPosition(section) + 20, header->height() / 2});
    }
    void clickRow(int row) const {
        QTest::mouseClick(table()->viewport(), Qt::LeftButton, {},
                          table()->visualRect(table()->model()->index(row, 0)).center());
    }
};

}  // namespace

class TestSkippedFilesDialog : public QObject {
    Q_OBJECT

  private:
    std::optional<FailOnQtWarnings> warnings_;
    QList<QUrl> opened_;

  public slots:
    void takeUrl(const QUrl& url) { opened_ << url; }

  private slots:
    void initTestCase() { QDesktopServices::setUrlHandler("file", this, "takeUrl"); }
    void cleanupTestCase() { QDesktopServices::unsetUrlHandler("file"); }
    void init() {
        warnings_.emplace();
        opened_.clear();
    }
    void cleanup() { warnings_.reset(); }

    void listsInNaturalOrderAndSortsByHeader() {
        ShownDialog shown;
        QVERIFY(shown.ready());
        QVERIFY(!shown.dialog.isModal());
        QCOMPARE(shown.column(0), QStringList({"a/x\ty.jpg", "b/img2.png", "b/img10.png"}));
        shown.clickHeader(0);
        QCOMPARE(shown.column(0), QStringList({"b/img10.png", "b/img2.png", "a/x\ty.jpg"}));
        shown.clickHeader(1);
        QCOMPARE(shown.column(1), QStringList({"not an image", "not an image", "truncated"}));
        QVERIFY(
            dicescope::testing::labelText(&shown.dialog, "skippedSummary").startsWith("3 files of 'dtd'"));
    }

    void filtersByFileAndReason() {
        ShownDialog shown;
        QVERIFY(shown.ready());
        QTest::keyClicks(shown.filter(), "TRUNC");
        QCOMPARE(shown.column(0), QStringList({"b/img10.png"}));
        QCOMPARE(dicescope::testing::labelText(&shown.dialog, "skippedCount"), "1 of 3");
        QTest::keyClick(shown.filter(), Qt::Key_A, Qt::ControlModifier);
        QTest::keyClicks(shown.filter(), "b/img");
        QCOMPARE(shown.column(0), QStringList({"b/img2.png", "b/img10.png"}));
        QTest::keyClicks(shown.filter(), "zzz");
        QCOMPARE(shown.column(0), QStringList());
        QVERIFY(!shown.button("copySkipped")->isEnabled());
        shown.filter()->clear();
        QCOMPARE(shown.column(0).size(), 3);
        QVERIFY(!dicescope::testing::isShown(&shown.dialog, "skippedCount"));
    }

    void opensFileAndFolder() {
        ShownDialog shown;
        QVERIFY(shown.ready());
        QVERIFY(!shown.button("openSkippedFile")->isEnabled());
        shown.clickRow(1);
        QTest::mouseClick(shown.button("openSkippedFile"), Qt::LeftButton);
        QTest::mouseClick(shown.button("openSkippedFolder"), Qt::LeftButton);
        QCOMPARE(opened_, QList<QUrl>({QUrl::fromLocalFile("/data/dtd/b/img2.png"),
                                       QUrl::fromLocalFile("/data/dtd/b")}));
    }

    void withoutAFolderNothingIsOpened() {
        ShownDialog shown(someFiles(), "");
        QVERIFY(shown.ready());
        shown.clickRow(1);
        QVERIFY(!shown.button("openSkippedFile")->isEnabled());
        QTest::keyClick(shown.table(), Qt::Key_Return);
        QVERIFY(opened_.isEmpty());
    }

    void copiesWhatIsShownAsTable() {
        ShownDialog shown;
        QVERIFY(shown.ready());
        QTest::mouseClick(shown.button("copySkipped"), Qt::LeftButton);
        QCOMPARE(QGuiApplication::clipboard()->text(),
                 "File\tReason\na/x y.jpg\tnot an image\nb/img2.png\tnot an image\nb/img10.png\ttruncated\n");
        shown.clickRow(2);
        QTest::keyClick(shown.table(), Qt::Key_C, Qt::ControlModifier);
        QCOMPARE(QGuiApplication::clipboard()->text(), "File\tReason\nb/img10.png\ttruncated\n");
    }

    void goesAwayWhenItIsClosed() {
        QPointer<SkippedFilesDialog> dialog = new SkippedFilesDialog("dtd", "/data", someFiles());
        dialog->show();
        QVERIFY(QTest::qWaitForWindowActive(dialog));
        QTest::keyClick(dialog.data(), Qt::Key_Escape);
        QTRY_VERIFY(dialog.isNull());
    }

    void holdsManyFiles() {
        std::vector<SkippedFile> many;
        for (int i = 0; i < 50000; ++i)
            many.push_back({"img" + std::to_string(i) + ".png", "reason " + std::to_string(i % 7)});
        ShownDialog shown(many);
        QVERIFY(shown.ready());
        QCOMPARE(shown.table()->model()->rowCount(), 50000);
        shown.clickHeader(1);
        QTest::keyClicks(shown.filter(), "img4999");
        QCOMPARE(shown.column(0).size(), 11);
        QVERIFY(dicescope::testing::labelText(&shown.dialog, "skippedSummary").startsWith("50,000 files"));
    }

    void modelsKeepTheRules() {
        const auto files = someFiles();
        SkippedFilesModel model(files);
        SkippedFilesFilter filter(&model);
        const QAbstractItemModelTester first(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        const QAbstractItemModelTester second(&filter, QAbstractItemModelTester::FailureReportingMode::Fatal);
        filter.sort(1, Qt::DescendingOrder);
        filter.setText("img");
        QCOMPARE(filter.rowCount(), 2);
        filter.setText({});
        QCOMPARE(filter.rowCount(), 3);
    }
};

QTEST_MAIN(TestSkippedFilesDialog)
#include "test_skipped_files_dialog.moc"
