// The window as a user feels it: how long a move of the slider takes until everything is painted, how long
// the GUI thread is ever held up, how soon there is a window, how soon a known analysis is on screen.
#include <QApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QKeyEvent>
#include <QProcess>
#include <QTemporaryDir>
#include <QTimer>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <numeric>
#include <random>
#include <vector>

#include "app/gui/analysis_controller.h"
#include "app/gui/analysis_runner.h"
#include "app/gui/settings_store.h"
#include "core/base/memory.h"
#include "core/features/feature_file.h"
#include "core/features/npy.h"
#include "ui/plots/histogram_plot.h"
#include "ui/plots/level_plot.h"
#include "ui/plots/roc_plot.h"
#include "ui/window/analysis_page.h"
#include "ui/window/main_window.h"
#include "ui/window/plot_grid.h"

namespace dicescope {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kUnits = 2048;
constexpr std::size_t kClasses = 1000;
constexpr std::size_t kIdImages = 50'000;
constexpr std::size_t kOodImages = 10'000;
constexpr int kMoves = 500;
constexpr int kStarts = 5;

double milliseconds(const QElapsedTimer& timer) {
    return static_cast<double>(timer.nsecsElapsed()) / 1e6;
}

/// Half-normal features of about the mean of a ResNet-50's, scaled; values repeat after 2^20.
void writeFeatures(const fs::path& path, std::size_t images, float scale, unsigned seed) {
    std::mt19937 random(seed);
    std::normal_distribution<float> normal(0, 0.45F * scale);
    std::vector<float> pool((std::size_t{1} << 20) + 1);
    for (float& value : pool) value = std::abs(normal(random));
    std::vector<float> values(images * kUnits);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = pool[i % pool.size()];
    FeatureSet set;
    set.features = {values.data(), images, kUnits};
    for (std::size_t i = 0; i < images; ++i) set.paths.push_back(std::to_string(i) + ".jpg");
    set.labels.assign(images, -1);
    if (const auto status = writeFeatureFile(path, set); !status)
        qFatal("%s", status.error().message.c_str());
}

/// An analysis of ImageNet's size from feature files.
InputsConfig writeLargeInputs(const fs::path& folder) {
    std::mt19937 random(2);
    std::normal_distribution<float> normal(0, 0.04F);
    Matrix<float> weight(kClasses, kUnits);
    for (float& w : weight.view().flat()) w = normal(random);
    std::vector<double> mean(kUnits, 0.36);
    InputsConfig inputs;
    inputs.weight = folder / "weight.npy";
    inputs.featureMean = folder / "mean.npy";
    inputs.id = folder / "id.safetensors";
    if (!writeNpy(inputs.weight, std::as_const(weight).view()) ||
        !writeNpy(inputs.featureMean, std::span<const double>(mean)))
        qFatal("The temporary folder cannot be written to.");
    writeFeatures(inputs.id, kIdImages, 1.0F, 3);
    for (unsigned i = 0; i < 4; ++i) {
        const std::string name = "ood" + std::to_string(i + 1);
        inputs.ood.push_back({name, folder / (name + ".safetensors")});
        writeFeatures(inputs.ood.back().path, kOodImages, 0.97F - 0.03F * static_cast<float>(i), 4 + i);
    }
    return inputs;
}

/// The program's parts, as main() puts them together.
struct Program {
    SettingsStore settings;
    AnalysisRunner runner;
    MainWindow window;
    AnalysisController controller{window, runner, settings};

    Program() {
        window.resize(1600, 1000);
        window.show();
    }
};

bool waitUntil(const std::function<bool()>& condition, int timeoutMs = 300'000) {
    QTimer wake;  // so that a condition that no event announces is looked at again
    wake.start(5);
    QElapsedTimer timer;
    timer.start();
    while (!condition()) {
        if (timer.elapsed() > timeoutMs) return false;
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    }
    return true;
}

/// Counts paint events of widgets.
class PaintCounter : public QObject {
  public:
    explicit PaintCounter(const QList<QWidget*>& widgets) {
        for (QWidget* widget : widgets) {
            widget->installEventFilter(this);
            counts_[widget] = 0;
        }
    }
    void reset() {
        for (int& count : counts_) count = 0;
    }
    [[nodiscard]] bool allPainted() const {
        return std::ranges::all_of(counts_, [](int count) { return count > 0; });
    }

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override {
        if (event->type() == QEvent::Paint) ++counts_[watched];
        return false;
    }

  private:
    QHash<QObject*, int> counts_;
};

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
    Session session = defaultSession();
    session.inputs = inputs;
    QTemporaryDir folder;
    const QString path = folder.filePath("large.dicescope");
    if (!writeSession(path.toStdString(), session)) qFatal("The session cannot be written.");
    program.controller.openSession(path);
    if (!waitUntil(
            [&] { return program.controller.exploration() && program.controller.exploration()->complete(); }))
        qFatal("The analysis did not end.");

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
    std::ranges::sort(times);
    const double mean = std::accumulate(times.begin(), times.end(), 0.0) / static_cast<double>(times.size());
    std::printf("slider p99 ms: %.2f\n", times[static_cast<std::size_t>(0.99 * kMoves)]);
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
