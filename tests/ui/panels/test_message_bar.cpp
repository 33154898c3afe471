#include "ui/panels/message_bar.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QLabel>
#include <QPlainTextEdit>
#include <QTest>
#include <QToolButton>
#include <QVBoxLayout>
#include <optional>

#include "tests/support/qt_warnings.h"
#include "ui/panels/message_item.h"

using namespace dicescope;
using dicescope::testing::FailOnQtWarnings;
using Severity = MessageBar::Severity;

namespace {

/// A page with a message bar above something else that can have the focus.
struct Page {
    QWidget window;
    MessageBar* bar = new MessageBar;
    QPlainTextEdit* other = new QPlainTextEdit;

    Page() {
        auto* layout = new QVBoxLayout(&window);
        layout->addWidget(bar);
        layout->addWidget(other, 1);
        window.resize(640, 400);
        window.show();
        window.activateWindow();
        other->setFocus();
    }
    [[nodiscard]] bool ready() { return QTest::qWaitForWindowActive(&window); }

    /// The messages from top to bottom, as they lie on the page.
    [[nodiscard]] QList<MessageItem*> items() const {
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        QCoreApplication::processEvents();
        QList<MessageItem*> items = bar->findChildren<MessageItem*>();
        std::ranges::sort(items, {}, [](const MessageItem* item) { return item->y(); });
        return items;
    }
    [[nodiscard]] QStringList texts() const {
        QStringList texts;
        for (const MessageItem* item : items()) texts << item->findChild<QLabel*>("messageText")->text();
        return texts;
    }
    template <class T>
    [[nodiscard]] T* part(int item, const char* name) const {
        return items().at(item)->findChild<T*>(QLatin1String(name));
    }
};

}  // namespace

class TestMessageBar : public QObject {
    Q_OBJECT

  private:
    std::optional<FailOnQtWarnings> warnings_;

  private slots:
    void init() { warnings_.emplace(); }
    void cleanup() { warnings_.reset(); }

    void isHiddenWithNothingToSay() {
        Page page;
        QVERIFY(page.ready());
        QVERIFY(!page.bar->isVisible());
        page.bar->post(Severity::Note, "one");
        QVERIFY(page.bar->isVisible());
        page.bar->clear();
        QVERIFY(!page.bar->isVisible());
        QCOMPARE(page.bar->count(), 0);
        QVERIFY(page.texts().isEmpty());
    }

    void stacksNewestFirstAtMostFive() {
        Page page;
        QVERIFY(page.ready());
        for (int i = 1; i <= 7; ++i) page.bar->post(Severity::Warning, QString::number(i));
        QCOMPARE(page.bar->count(), 5);
        QCOMPARE(page.texts(), QStringList({"7", "6", "5", "4", "3"}));
    }

    void theSameTextMovesToTheTop() {
        Page page;
        QVERIFY(page.ready());
        page.bar->post(Severity::Failure, "disk", "old");
        page.bar->post(Severity::Failure, "net");
        page.bar->post(Severity::Failure, "disk", "new");
        QCOMPARE(page.texts(), QStringList({"disk", "net"}));
        QCOMPARE(page.part<QPlainTextEdit>(0, "messageDetails")->toPlainText(), "new");
        page.bar->post(Severity::Note, "disk");
        QCOMPARE(page.bar->count(), 3);
    }

    void detailsUnfoldAndFold() {
        Page page;
        QVERIFY(page.ready());
        page.bar->post(Severity::Failure, "broken", "line one\nline two");
        page.bar->post(Severity::Note, "nothing more");
        QVERIFY(!page.part<QToolButton>(0, "messageUnfold")->isVisible());
        auto* unfold = page.part<QToolButton>(1, "messageUnfold");
        auto* details = page.part<QPlainTextEdit>(1, "messageDetails");
        QVERIFY(!details->isVisible());
        QTest::mouseClick(unfold, Qt::LeftButton);
        QVERIFY(details->isVisible());
        QCOMPARE(details->toPlainText(), "line one\nline two");
        QTest::keyClick(unfold, Qt::Key_Space);
        QVERIFY(!details->isVisible());
    }

    void copiesMessageAndDetails() {
        Page page;
        QVERIFY(page.ready());
        page.bar->post(Severity::Failure, "broken", "line one");
        QTest::mouseClick(page.part<QToolButton>(0, "messageCopy"), Qt::LeftButton);
        QCOMPARE(QGuiApplication::clipboard()->text(), "Error: broken\nline one");
    }

    void textIsNeverMarkup() {
        Page page;
        QVERIFY(page.ready());
        page.bar->post(Severity::Failure, "<h1>no</h1>", "<b>no</b>");
        QCOMPARE(page.part<QLabel>(0, "messageText")->textFormat(), Qt::PlainText);
        QCOMPARE(page.part<QPlainTextEdit>(0, "messageDetails")->toPlainText(), "<b>no</b>");
    }

    void longTextIsShownWhole() {
        Page page;
        QVERIFY(page.ready());
        page.bar->post(Severity::Failure, QString("many words ").repeated(40));
        QCoreApplication::processEvents();
        const auto* label = page.part<QLabel>(0, "messageText");
        QVERIFY(label->height() >= label->heightForWidth(label->width()));
        QVERIFY(label->heightForWidth(label->width()) > 3 * label->fontMetrics().height());
    }

    void closesByButtonAndByEscape() {
        Page page;
        QVERIFY(page.ready());
        for (const char* text : {"one", "two", "three"}) page.bar->post(Severity::Warning, text);
        QTest::mouseClick(page.part<QToolButton>(1, "messageClose"), Qt::LeftButton);
        QCOMPARE(page.texts(), QStringList({"three", "one"}));
        QTest::keyClick(page.other, Qt::Key_Escape);
        QCOMPARE(page.bar->count(), 2);

        page.part<QToolButton>(1, "messageCopy")->setFocus();
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Escape);
        QCOMPARE(page.texts(), QStringList({"one"}));
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Escape);
        QVERIFY(!page.bar->isVisible());
    }

    void theFocusStaysInTheBarWhileThereIsAMessage() {
        Page page;
        QVERIFY(page.ready());
        page.bar->post(Severity::Warning, "one");
        page.bar->post(Severity::Warning, "two");
        QVERIFY(page.other->hasFocus());
        page.part<QToolButton>(0, "messageClose")->setFocus();
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Space);
        QCOMPARE(page.texts(), QStringList({"one"}));
        QCOMPARE(QApplication::focusWidget(), page.part<QToolButton>(0, "messageClose"));
    }

    void isReachedByTab() {
        Page page;
        QVERIFY(page.ready());
        page.other->setTabChangesFocus(true);
        page.bar->post(Severity::Failure, "broken", "why");
        QStringList visited;
        for (int i = 0; i < 4; ++i) {
            QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
            visited << QApplication::focusWidget()->objectName();
        }
        for (const char* name : {"messageUnfold", "messageCopy", "messageClose"})
            QVERIFY2(visited.contains(name), name);
    }

    void screenReadersHearTheSeverity() {
        Page page;
        QVERIFY(page.ready());
        page.bar->post(Severity::Note, "n");
        page.bar->post(Severity::Warning, "w");
        page.bar->post(Severity::Failure, "f");
        QCOMPARE(page.items()[0]->accessibleName(), "Error: f");
        QCOMPARE(page.items()[1]->accessibleName(), "Warning: w");
        QCOMPARE(page.items()[2]->accessibleName(), "Note: n");
        for (int i = 0; i < 3; ++i) {
            const QImage icon = page.part<QLabel>(i, "messageIcon")->pixmap().toImage();
            QVERIFY(!icon.isNull());
            QCOMPARE(page.part<QLabel>(i, "messageIcon")->accessibleName(),
                     page.items()[i]->accessibleName().section(':', 0, 0));
        }
    }

    void errorsArePostedAndCancelsAreNot() {
        Page page;
        QVERIFY(page.ready());
        page.bar->post(Error{ErrorCode::Cancelled, "The run was cancelled."});
        QCOMPARE(page.bar->count(), 0);
        page.bar->post(Error{ErrorCode::Corrupt, "'model.pt' is damaged; copy it again."});
        QCOMPARE(page.texts(), QStringList({"'model.pt' is damaged; copy it again."}));
        QCOMPARE(page.items()[0]->severity(), Severity::Failure);
    }
};

QTEST_MAIN(TestMessageBar)
#include "test_message_bar.moc"
