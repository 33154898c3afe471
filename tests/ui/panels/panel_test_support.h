#pragma once

#include <QApplication>
#include <QClipboard>
#include <QDragEnterEvent>
#include <QDragMoveEvent>
#include <QDropEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QPointer>
#include <QStandardPaths>
#include <QTest>
#include <QUrl>
#include <QWidget>
#include <QWindow>

namespace dicescope::testing {

/// Settings and file dialogs of a test stay away from the user's.
inline void useTestEnvironment() {
    QStandardPaths::setTestModeEnabled(true);
    QCoreApplication::setOrganizationName(QStringLiteral("dicescope-tests"));
    QCoreApplication::setApplicationName(QFileInfo(QCoreApplication::applicationFilePath()).fileName());
    QApplication::setAttribute(Qt::AA_DontUseNativeDialogs);
}

/// Drags these paths over the middle of `target` and drops them, through the window as a desktop does.
/// Returns whether the drop was accepted.
inline bool dropPaths(QWidget* target, const QStringList& paths) {
    QCoreApplication::processEvents();
    QMimeData data;
    QList<QUrl> urls;
    for (const QString& path : paths) urls << QUrl::fromLocalFile(path);
    data.setUrls(urls);
    QWindow* window = target->window()->windowHandle();
    const QPoint at = target->mapTo(target->window(), target->rect().center());
    QDragEnterEvent enter(at, Qt::CopyAction | Qt::MoveAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(window, &enter);
    QDragMoveEvent move(at, Qt::CopyAction | Qt::MoveAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(window, &move);
    QDropEvent drop(at, Qt::CopyAction | Qt::MoveAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(window, &drop);
    return drop.isAccepted();
}

/// Pastes a path into the file dialog that `parent` has open and confirms it; false where none is.
inline bool answerFileDialog(const QWidget* parent, const QString& path) {
    auto* dialog = parent->findChild<QFileDialog*>();
    if (dialog == nullptr || !dialog->isVisible()) return false;
    auto* edit = dialog->findChild<QLineEdit*>(QStringLiteral("fileNameEdit"));
    // Typed letters would be completed on the way.
    QGuiApplication::clipboard()->setText(path);
    QTest::keyClick(edit, Qt::Key_A, Qt::ControlModifier);
    QTest::keyClick(edit, Qt::Key_V, Qt::ControlModifier);
    QTest::keyClick(edit, Qt::Key_Return);
    return QTest::qWaitFor([dialog = QPointer<QFileDialog>(dialog)] { return dialog.isNull(); });
}

inline QString labelText(const QWidget* parent, const char* objectName) {
    const auto* label = parent->findChild<QLabel*>(QLatin1String(objectName));
    return label == nullptr ? QStringLiteral("no such label") : label->text();
}

inline bool isShown(const QWidget* parent, const char* objectName) {
    const auto* widget = parent->findChild<QWidget*>(QLatin1String(objectName));
    return widget != nullptr && widget->isVisible();
}

}  // namespace dicescope::testing
