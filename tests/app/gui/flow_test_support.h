#pragma once

#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QDialog>
#include <QDir>
#include <QDropEvent>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QPushButton>
#include <QTemporaryDir>
#include <QTest>
#include <QTreeView>
#include <filesystem>

#include "app/gui/analysis_controller.h"
#include "app/gui/analysis_runner.h"
#include "app/gui/settings_store.h"
#include "core/demo/demo_data.h"
#include "ui/panels/message_bar.h"
#include "ui/window/main_window.h"

namespace dicescope::testing {

/// The demo's network and a few of its images, laid out once for all tests of a program, with settings,
/// caches and state folders of nobody.
class SmallDemo {
  public:
    SmallDemo() {
        for (const char* variable : {"XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"})
            qputenv(variable, home_.filePath(variable).toUtf8());
        DemoDataOptions options;
        options.trainPerClass = 20;
        options.testPerClass = 25;
        options.syntheticImages = 60;
        if (const auto written = writeDemoData(path("images"), options); !written)
            reason_ = QString::fromStdString(written.error().message);
        QFile::copy(DICESCOPE_DEMO_NETWORK, home_.filePath("fashion8.pt"));
    }

    /// Why the tests cannot run here; empty where they can.
    [[nodiscard]] const QString& reason() const { return reason_; }
    [[nodiscard]] std::filesystem::path path(const char* name) const {
        return home_.filePath(name).toStdString();
    }
    [[nodiscard]] QString text(const char* name) const { return home_.filePath(name); }

    [[nodiscard]] InputsConfig inputs() const {
        InputsConfig inputs;
        inputs.model = path("fashion8.pt");
        inputs.preprocess = "fashion";
        inputs.idTrain = path("images/id-train");
        inputs.id = path("images/id-test");
        inputs.ood = {{"near", path("images/ood-near")}, {"noise", path("images/ood-noise")}};
        inputs.extraction.batchSize = 8;
        return inputs;
    }
    /// Writes a session of these inputs and returns its path.
    [[nodiscard]] QString session(const char* name, const InputsConfig& inputs) const {
        Session session = defaultSession();
        session.inputs = inputs;
        session.bootstrap = 200;
        const auto status = writeSession(path(name), session);
        if (!status) qFatal("%s", status.error().message.c_str());
        return text(name);
    }

  private:
    QTemporaryDir home_;
    QString reason_;
};

/// The program as main() puts it together, on screen.
struct Program {
    SettingsStore settings;
    AnalysisRunner runner;
    MainWindow window;
    AnalysisController controller{window, runner, settings};

    Program() {
        window.resize(1280, 720);
        window.show();
        // Without a window manager nobody else gives it the keyboard.
        window.activateWindow();
        if (!QTest::qWaitForWindowActive(&window)) qFatal("The window did not become active.");
    }

    [[nodiscard]] bool settles() {
        return QTest::qWaitFor(
            [&] {
                return controller.exploration() && controller.exploration()->complete() && !runner.loading();
            },
            60'000);
    }
    template <class T>
    [[nodiscard]] T* part(const char* name) const {
        auto* found = window.findChild<T*>(QLatin1String(name));
        if (found == nullptr) qFatal("the window has no '%s'", name);
        return found;
    }
    [[nodiscard]] QString message() const {
        const auto* label = window.messages().findChild<QLabel*>("messageText");
        return label == nullptr ? QString() : label->text();
    }
    void press(const char* button) const { QTest::mouseClick(part<QWidget>(button), Qt::LeftButton); }

    /// Drops files onto the middle of the window, as a file manager does.
    void drop(const QStringList& paths) {
        QMimeData data;
        QList<QUrl> urls;
        for (const QString& path : paths) urls << QUrl::fromLocalFile(path);
        data.setUrls(urls);
        const QPoint middle = window.rect().center();
        QDragEnterEvent enter(middle, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&window, &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent event(middle, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&window, &event);
    }
};

/// Exports everything by the menu and the dialog.
inline void exportInto(Program& program, const QString& folder) {
    QTest::keyClick(&program.window, Qt::Key_E, Qt::ControlModifier);
    auto* dialog = program.part<QDialog>("exportDialog");
    QVERIFY(QTest::qWaitForWindowExposed(dialog));
    auto* name = dialog->findChild<QLineEdit*>("exportFolder");
    name->selectAll();
    QTest::keyClicks(name, folder);
    QTest::mouseClick(dialog->findChild<QPushButton*>("exportButton"), Qt::LeftButton);
    QVERIFY2(QTest::qWaitFor([&] { return program.message().contains(folder); }, 60'000),
             qPrintable(program.message()));
}

}  // namespace dicescope::testing
