// The window as a user feels it: how long a move of the slider takes until everything is painted, how long
// the GUI thread is ever held up, how soon there is a window, how soon a known analysis is on screen.
#include <QDir>
#include <QKeyEvent>
#include <QProcess>
#include <QTemporaryDir>
#include <cstdio>

#include "core/base/memory.h"
#include "tests/bench/gui_bench.h"
#include "ui/plots/plot_view.h"
#include "ui/window/analysis_page.h"
#include "ui/window/plot_grid.h"

namespace dicescope {
namespace {

constexpr int kMoves = 500;
constexpr int kStarts = 5;

/// The widgets that a move must repaint: the drawing surfaces of the plots and the table's viewport.
QList<QWidget*> movedWidgets(const MainWindow& window) {
    QList<QWidget*> widgets;
    for (PlotView* plot : window.analysis().plots().plots()) {
        for (QWidget* child : plot->findChildren<QWidget*>()) {
            if (child->inherits("QCustomPlot")) widgets << child;
        }
    }
    widgets << window.findChild<QWidget*>("metricsTree")->findChild<QWidget*>("qt_scrollarea_viewport");
    return widgets;
}

void benchSlider(const InputsConfig& inputs) {
    Program program;
    const QTemporaryDir folder;
    openAndWait(program, inputs, folder.filePath("large.dicescope"));

    auto* groove = program.window.findChild<QWidget*>("sparsityGroove");
    groove->setFocus();
    PaintCounter paints(movedWidgets(program.window));
    std::vector<double> times;
    int key = Qt::Key_Left;
    for (int i = 0; i < kMoves; ++i) {
        if (i % 90 == 0) key = key == Qt::Key_Left ? Qt::Key_Right : Qt::Key_Left;
        if (i == 0) key = Qt::Key_Left;
        // Let the intervals of the last stop not fall into the measured move.
        QCoreApplication::processEvents();
        paints.reset();
        QElapsedTimer timer;
        timer.start();
        QKeyEvent press(QEvent::KeyPress, key, Qt::NoModifier);
        QCoreApplication::sendEvent(groove, &press);
        if (!waitUntil([&] { return paints.allPainted(); }, 2000))
            qFatal("A plot or the table was not painted.");
        times.push_back(milliseconds(timer));
    }
    const double p99 = percentileOf(times, 0.99);
    const double mean = std::accumulate(times.begin(), times.end(), 0.0) / static_cast<double>(times.size());
    std::printf("slider p99 ms: %.2f\n", p99);
    std::printf("slider mean ms: %.2f\n", mean);
    std::printf("slider max ms: %.2f\n", times.back());
}

/// The largest gap between ticks of a 5 ms timer while `run` goes on.
double longestBlock(const std::function<void()>& run) {
    QTimer ticker;
    QElapsedTimer since;
    double longest = 0;
    QObject::connect(&ticker, &QTimer::timeout, [&] {
        longest = std::max(longest, milliseconds(since));
        since.restart();
    });
    ticker.start(5);
    since.start();
    run();
    return longest;
}

void benchDemo() {
    Program program;
    const auto settled = [&] {
        return program.controller.exploration() && program.controller.exploration()->complete();
    };
    // First without a cache: load, extract and sweep; the images are laid out before.
    program.controller.openDemo();
    const double block = longestBlock([&] {
        if (!waitUntil(settled)) qFatal("The demo did not end.");
    });
    std::printf("gui longest block ms: %.1f\n", block);
    QElapsedTimer timer;
    timer.start();
    program.controller.openDemo();
    if (!waitUntil(settled)) qFatal("The demo did not end.");
    QCoreApplication::processEvents();
    std::printf("cached analysis to plots ms: %.0f\n", milliseconds(timer));
}

/// Ends the process at the window's first paint.
int showAndQuit() {
    SettingsStore settings;
    AnalysisRunner runner;
    MainWindow window;
    const AnalysisController controller(window, runner, settings);
    PaintCounter paints({window.findChild<QWidget*>("openDemo")});
    window.show();
    waitUntil([&] { return paints.allPainted(); }, 10'000);
    return 0;
}

void benchStart() {
    std::vector<double> times;
    for (int i = 0; i < kStarts; ++i) {
        QElapsedTimer timer;
        timer.start();
        QProcess::execute(QCoreApplication::applicationFilePath(), {"--show-and-quit"});
        times.push_back(milliseconds(timer));
    }
    std::ranges::sort(times);
    std::printf("start to window ms: %.0f\n", times[kStarts / 2]);
}

}  // namespace
}  // namespace dicescope

int main(int argc, char** argv) {
    dicescope::keepFreedMemory();
    std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);
    // Settings, caches and the demo's images are those of nobody.
    const QTemporaryDir home;
    const bool child = argc > 1 && std::string_view(argv[1]) == "--show-and-quit";
    if (!child) {
        for (const char* variable : {"XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"})
            qputenv(variable, home.filePath(variable).toUtf8());
    }
    const QApplication application(argc, argv);
    if (child) return dicescope::showAndQuit();
    std::printf("platform: %s\n", qPrintable(QGuiApplication::platformName()));
    dicescope::benchSlider(dicescope::writeLargeInputs(home.path().toStdString()));
    dicescope::benchDemo();
    dicescope::benchStart();
    return 0;
}
