// The pictures of README: the window with a session (the demo, where none is named) in both themes and two
// sizes; its inner pages so for a session only, and once for the demo.
//     make_screenshots FOLDER [SESSION [NAME]]
#include <QApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QMouseEvent>
#include <QPushButton>
#include <QTableView>
#include <cstdio>

#include "app/gui/analysis_controller.h"
#include "app/gui/analysis_runner.h"
#include "app/gui/settings_store.h"
#include "core/base/memory.h"
#include "ui/inspect/inspect_page.h"
#include "ui/window/analysis_page.h"
#include "ui/window/main_window.h"

using namespace dicescope;

namespace {

constexpr int kPatienceMs = 900'000;
/// Long enough for the intervals, which come after the plots.
constexpr int kRestMs = 3'000;

template <class Condition>
bool waitUntil(Condition condition, int timeoutMs) {
    QElapsedTimer timer;
    timer.start();
    while (!condition()) {
        if (timer.elapsed() > timeoutMs) return false;
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 20);
    }
    return true;
}

void settle(int ms) {
    QElapsedTimer timer;
    timer.start();
    waitUntil([&] { return timer.elapsed() >= ms; }, ms + 1'000);
}

bool take(MainWindow& window, const QDir& folder, const QString& name, bool all = true) {
    const QList<QSize> sizes = all ? QList{QSize(1280, 720), QSize(1920, 1080)} : QList{QSize(1280, 720)};
    for (const QSize size : sizes) {
        window.resize(size);
        for (const auto& [theme, word] :
             {std::pair{ThemeChoice::Light, "light"}, {ThemeChoice::Dark, "dark"}}) {
            if (!all && theme == ThemeChoice::Dark) continue;
            window.setThemeChoice(theme);
            settle(500);
            const QString file = QString("%1-%2-%3.png").arg(name, word).arg(size.width());
            if (!window.grab().save(folder.filePath(file))) return false;
        }
    }
    return true;
}

/// Clicks as a user does, so that what follows from it is in the pictures too.
void click(QWidget& widget, QPoint place) {
    for (const QEvent::Type type : {QEvent::MouseButtonPress, QEvent::MouseButtonRelease}) {
        QMouseEvent event(type, place, widget.mapToGlobal(place), Qt::LeftButton,
                          type == QEvent::MouseButtonPress ? Qt::LeftButton : Qt::NoButton, Qt::NoModifier);
        QApplication::sendEvent(&widget, &event);
    }
}

bool takeInspection(MainWindow& window, const QDir& folder, const QString& name, bool all) {
    InspectPage& page = window.analysis().inspect();
    window.analysis().setSection(AnalysisPage::Inspect);
    settle(kRestMs);
    const std::pair<InspectPage::View, QString> views[] = {{InspectPage::Map, "map"},
                                                           {InspectPage::Class, "class"},
                                                           {InspectPage::Unit, "unit"},
                                                           {InspectPage::Images, "images"},
                                                           {InspectPage::Theory, "theory"}};
    for (const auto& [view, word] : views) {
        page.setView(view);
        settle(kRestMs / 2);
        if (view == InspectPage::Unit) page.findChild<QPushButton*>("editToggle")->click();
        if (view == InspectPage::Images) {
            auto* grid = page.findChild<QTableView*>("thumbnailGrid");
            if (grid != nullptr) click(*grid->viewport(), {30, 30});
        }
        if (view == InspectPage::Theory) page.findChild<QPushButton*>("theoryStart")->click();
        settle(kRestMs);
        if (!take(window, folder, name + "-" + word, all)) return false;
    }
    return true;
}

bool takeComparison(MainWindow& window, const QDir& folder, const QString& name, bool all) {
    window.analysis().setSection(AnalysisPage::Compare);
    settle(kRestMs / 2);
    auto* run = window.findChild<QPushButton*>("compareRun");
    auto* cancel = window.findChild<QPushButton*>("compareCancel");
    if (run == nullptr || cancel == nullptr) return false;
    run->click();
    if (!waitUntil([&] { return !cancel->isEnabled() || !cancel->isVisible(); }, kPatienceMs)) return false;
    settle(kRestMs);
    return take(window, folder, name + "-compare", all);
}

}  // namespace

int main(int argc, char** argv) {
    keepFreedMemory();
    QApplication application(argc, argv);
    QApplication::setOrganizationName("dicescope");
    const QStringList arguments = QApplication::arguments();
    if (arguments.size() < 2) {
        std::fputs("usage: make_screenshots FOLDER [SESSION [NAME]]\n", stderr);
        return 2;
    }
    const QDir folder(arguments[1]);
    folder.mkpath(".");
    SettingsStore settings;
    AnalysisRunner runner;
    MainWindow window;
    AnalysisController controller(window, runner, settings);
    window.show();
    if (!take(window, folder, "start")) return 1;
    if (arguments.size() > 2) {
        controller.openSession(arguments[2]);
    } else {
        controller.openDemo();
    }
    if (!waitUntil([&] { return controller.exploration() && controller.exploration()->complete(); },
                   kPatienceMs)) {
        std::fputs("The analysis did not end.\n", stderr);
        return 1;
    }
    settle(kRestMs);
    const QString name = arguments.value(3, "demo");
    if (!take(window, folder, name)) return 1;
    const bool all = arguments.size() > 2;
    return takeInspection(window, folder, name, all) && takeComparison(window, folder, name, all) ? 0 : 1;
}
