#include <CLI/CLI.hpp>
#include <QApplication>
#include <QLocale>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>

#include "app/gui/analysis_controller.h"
#include "app/gui/analysis_runner.h"
#include "app/gui/headless_export.h"
#include "app/gui/settings_store.h"
#include "core/base/memory.h"
#include "ui/panels/icons.h"
#include "ui/window/main_window.h"

namespace dicescope {
namespace {

constexpr int kWrongArguments = 2;

struct Arguments {
    std::string session;
    std::string exportFolder;
    bool demo = false;
};

int runWindow(QApplication& application, const Arguments& arguments) {
    QApplication::setWindowIcon(applicationIcon());
    QApplication::setDesktopFileName("dicescope");
    SettingsStore settings;
    AnalysisRunner runner;
    MainWindow window;
    AnalysisController controller(window, runner, settings);
    window.restoreLayout(settings.settings());
    window.show();
    if (arguments.demo) {
        controller.openDemo();
    } else if (!arguments.session.empty()) {
        controller.openSession(QString::fromStdString(arguments.session));
    }
    return application.exec();
}

int run(int argc, char** argv) {
    Arguments arguments;
    CLI::App parser{"DiceScope: out-of-distribution detection by sparsification (DICE), in a window."};
    parser.set_version_flag("--version", "dicescope " DICESCOPE_VERSION);
    auto* session = parser.add_option("session,--session", arguments.session, "Session to open (.dicescope)");
    parser.add_flag("--demo", arguments.demo, "Open the demo")->excludes(session);
    parser
        .add_option(
            "--export", arguments.exportFolder,
            "Write every result of the session into this folder, without a display, and end; the plots "
            "of Inspect are of the first class and the unit that contributes most")
        ->needs(session);
    parser.footer("Qt's environment variables, such as QT_SCALE_FACTOR and QT_QPA_PLATFORM, are heeded.");
    try {
        parser.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return parser.exit(error) == 0 ? 0 : kWrongArguments;
    }
    if (!arguments.exportFolder.empty()) setenv("QT_QPA_PLATFORM", "offscreen", 0);

    // Qt would take --session for an option of its own.
    int count = 1;
    QApplication application(count, argv);
    // Numbers are written as in result files, whatever the desktop's language.
    QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
    QApplication::setOrganizationName("dicescope");
    QApplication::setApplicationName("dicescope");
    QApplication::setApplicationVersion(DICESCOPE_VERSION);
    if (!arguments.exportFolder.empty()) return exportSession(arguments.session, arguments.exportFolder);
    return runWindow(application, arguments);
}

}  // namespace
}  // namespace dicescope

int main(int argc, char** argv) {
    dicescope::keepFreedMemory();
    try {
        return dicescope::run(argc, argv);
    } catch (const std::exception& error) {
        std::cerr << "dicescope: an unexpected error (" << error.what() << "); please report it.\n";
        return 1;
    }
}
