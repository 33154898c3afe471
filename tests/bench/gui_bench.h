#pragma once

#include <QApplication>
#include <QElapsedTimer>
#include <QHash>
#include <QTimer>
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <functional>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "app/gui/analysis_controller.h"
#include "app/gui/analysis_runner.h"
#include "app/gui/settings_store.h"
#include "core/features/feature_file.h"
#include "core/features/npy.h"
#include "ui/window/main_window.h"

/// An analysis of ImageNet's size and the program around it, for the benchmarks of the window.
namespace dicescope {

namespace fs = std::filesystem;

inline constexpr std::size_t kUnits = 2048;
inline constexpr std::size_t kClasses = 1000;
inline constexpr std::size_t kIdImages = 50'000;
inline constexpr std::size_t kOodImages = 10'000;

inline double milliseconds(const QElapsedTimer& timer) {
    return static_cast<double>(timer.nsecsElapsed()) / 1e6;
}

/// Half-normal features of about the mean of a ResNet-50's, scaled; values repeat after 2^20.
/// The images lie, if anywhere, in `folder` as 0.jpg, 1.jpg, ...
inline void writeFeatures(const fs::path& path, std::size_t images, float scale, unsigned seed,
                          const fs::path& folder) {
    std::mt19937 random(seed);
    std::normal_distribution<float> normal(0, 0.45F * scale);
    std::vector<float> pool((std::size_t{1} << 20) + 1);
    for (float& value : pool) value = std::abs(normal(random));
    std::vector<float> values(images * kUnits);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = pool[i % pool.size()];
    FeatureSet set;
    set.features = {values.data(), images, kUnits};
    for (std::size_t i = 0; i < images; ++i) set.paths.push_back(std::to_string(i) + ".jpg");
    set.provenance.folder = folder.string();
    set.labels.assign(images, -1);
    if (const auto status = writeFeatureFile(path, set); !status)
        qFatal("%s", status.error().message.c_str());
}

/// An analysis of ImageNet's size from feature files.
inline InputsConfig writeLargeInputs(const fs::path& folder) {
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
    writeFeatures(inputs.id, kIdImages, 1.0F, 3, folder / "images");
    for (unsigned i = 0; i < 4; ++i) {
        const std::string name = "ood" + std::to_string(i + 1);
        inputs.ood.push_back({name, folder / (name + ".safetensors")});
        writeFeatures(inputs.ood.back().path, kOodImages, 0.97F - 0.03F * static_cast<float>(i), 4 + i,
                      folder / "images");
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

inline bool waitUntil(const std::function<bool()>& condition, int timeoutMs = 300'000) {
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

/// Opens a session of these inputs and waits until it is complete.
inline void openAndWait(Program& program, const InputsConfig& inputs, const QString& path) {
    Session session = defaultSession();
    session.inputs = inputs;
    if (!writeSession(path.toStdString(), session)) qFatal("The session cannot be written.");
    program.controller.openSession(path);
    if (!waitUntil(
            [&] { return program.controller.exploration() && program.controller.exploration()->complete(); }))
        qFatal("The analysis did not end.");
}

/// The value that a share of the times does not exceed; sorts them.
inline double percentileOf(std::vector<double>& times, double share) {
    std::ranges::sort(times);
    return times[std::min(times.size() - 1,
                          static_cast<std::size_t>(share * static_cast<double>(times.size())))];
}

}  // namespace dicescope
