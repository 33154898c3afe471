// The page that looks inside, as a user feels it, on an analysis of ImageNet's size: how long the
// contribution map takes to follow p, how soon FPR95 is known without a unit, whether 50,000 images scroll
// evenly, and how long the window is busy at a stretch while their list follows p or is written to a file.
#include <QAbstractItemView>
#include <QDir>
#include <QImage>
#include <QPushButton>
#include <QScrollBar>
#include <QTableWidget>
#include <QTemporaryDir>
#include <QThread>
#include <QWheelEvent>
#include <algorithm>
#include <cstdio>
#include <functional>

#include "app/gui/plot_saver.h"
#include "core/base/memory.h"
#include "tests/bench/gui_bench.h"
#include "ui/inspect/image_view.h"
#include "ui/inspect/inspect_page.h"
#include "ui/inspect/map_view.h"
#include "ui/inspect/unit_view.h"
#include "ui/plots/heatmap_view.h"
#include "ui/window/analysis_page.h"

namespace dicescope {
namespace {

constexpr int kMoves = 300;
constexpr int kToggles = 20;
constexpr int kScrolls = 600;
constexpr double kFrameMs = 33;
constexpr int kPictures = 40;
constexpr int kListMoves = 120;
constexpr unsigned long kPauseUs = 200;

/// 50,000 names of a few dozen pictures of a usual size.
void writeImages(const fs::path& folder) {
    fs::create_directories(folder);
    std::mt19937 random(9);
    for (std::size_t i = 0; i < kIdImages; ++i) {
        const fs::path path = folder / (std::to_string(i) + ".jpg");
        if (i >= kPictures) {
            fs::create_hard_link(folder / (std::to_string(i % kPictures) + ".jpg"), path);
            continue;
        }
        QImage image(500, 375, QImage::Format_RGB32);
        for (int y = 0; y < image.height(); ++y) {
            for (int x = 0; x < image.width(); ++x)
                image.setPixel(x, y, qRgb((x + y) % 256, (x * 3) % 256, static_cast<int>(random() % 256)));
        }
        if (!image.save(QString::fromStdString(path.string()), "JPEG"))
            qFatal("A picture cannot be written.");
    }
}

void press(QWidget& widget, int key) {
    QKeyEvent event(QEvent::KeyPress, key, Qt::NoModifier);
    QCoreApplication::sendEvent(&widget, &event);
}

void benchMap(Program& program, InspectPage& page) {
    page.setView(InspectPage::Map);
    HeatmapView& map = page.map().heatmap();
    if (!waitUntil([&] { return !map.isEmpty(); })) qFatal("There is no map.");
    PaintCounter paints({map.findChild<QWidget*>("plotCanvas")});
    auto* groove = program.window.findChild<QWidget*>("sparsityGroove");
    std::vector<double> times;
    for (int i = 0; i < kMoves; ++i) {
        const int key = (i / 90) % 2 == 0 ? Qt::Key_Left : Qt::Key_Right;
        QCoreApplication::processEvents();
        paints.reset();
        QElapsedTimer timer;
        timer.start();
        press(*groove, key);
        if (!waitUntil([&] { return paints.allPainted(); }, 2000)) qFatal("The map was not painted.");
        times.push_back(milliseconds(timer));
    }
    std::printf("map repaint p99 ms: %.2f\n", percentileOf(times, 0.99));
    std::printf("map repaint median ms: %.2f\n", percentileOf(times, 0.5));
}

void benchToggle(InspectPage& page) {
    page.setView(InspectPage::Unit);
    auto* toggle = page.findChild<QPushButton*>("editToggle");
    auto* table = page.findChild<QTableWidget*>("editTable");
    QElapsedTimer base;
    base.start();
    toggle->click();
    if (!waitUntil([&] { return table->rowCount() > 0; })) qFatal("There are no metrics of the edit.");
    std::printf("first toggle (base logits of 90,000 images) ms: %.0f\n", milliseconds(base));
    toggle->click();
    std::vector<double> times;
    for (int i = 0; i < kToggles; ++i) {
        if (!waitUntil([&] { return table->rowCount() == 0; })) qFatal("The edit was not taken back.");
        QElapsedTimer timer;
        timer.start();
        toggle->click();
        if (!waitUntil([&] { return table->rowCount() > 0; })) qFatal("There are no metrics of the edit.");
        times.push_back(milliseconds(timer));
        toggle->click();
    }
    std::printf("unit toggle to FPR95 ms: %.1f\n", percentileOf(times, 0.5));
}

void benchGallery(InspectPage& page) {
    page.setView(InspectPage::Images);
    auto* grid = page.findChild<QAbstractItemView*>("thumbnailGrid");
    if (!waitUntil([&] { return grid->verticalScrollBar()->maximum() > 0; })) qFatal("There are no images.");
    PaintCounter paints({grid->viewport()});
    std::vector<double> times;
    for (int i = 0; i < kScrolls; ++i) {
        paints.reset();
        QElapsedTimer timer;
        timer.start();
        const QPoint middle = grid->viewport()->rect().center();
        QWheelEvent wheel(middle, grid->viewport()->mapToGlobal(middle), {}, {0, -120}, Qt::NoButton,
                          Qt::NoModifier, Qt::NoScrollPhase, false);
        QCoreApplication::sendEvent(grid->viewport(), &wheel);
        if (!waitUntil([&] { return paints.allPainted(); }, 2000)) qFatal("The grid was not painted.");
        times.push_back(milliseconds(timer));
    }
    const auto slow = std::ranges::count_if(times, [](double ms) { return ms > kFrameMs; });
    std::printf("gallery frame p99 ms: %.2f\n", percentileOf(times, 0.99));
    std::printf("gallery frames over 33 ms: %ld of %d\n", static_cast<long>(slow), kScrolls);
}

/// Runs the window until the condition holds; the longest time that it was busy at a stretch.
double longestBusy(const std::function<bool()>& condition) {
    double longest = 0;
    while (!condition()) {
        QElapsedTimer timer;
        timer.start();
        QCoreApplication::processEvents();
        longest = std::max(longest, milliseconds(timer));
        QThread::usleep(kPauseUs);
    }
    return longest;
}

void benchListOverP(Program& program, const InspectPage& page) {
    auto* groove = program.window.findChild<QWidget*>("sparsityGroove");
    std::vector<double> busy;
    for (int i = 0; i < kListMoves; ++i) {
        QElapsedTimer timer;
        timer.start();
        press(*groove, (i / 40) % 2 == 0 ? Qt::Key_Left : Qt::Key_Right);
        const double pressed = milliseconds(timer);
        const std::size_t row = program.controller.row();
        busy.push_back(std::max(pressed, longestBusy([&] { return page.images().list().row == row; })));
    }
    std::printf("images over p, busy at a stretch p99 ms: %.2f\n", percentileOf(busy, 0.99));
    std::printf("images over p, busy at a stretch median ms: %.2f\n", percentileOf(busy, 0.5));
}

void benchListExport(Program& program, const InspectPage& page, const QString& file) {
    PlotSaver saver(program.runner);
    QElapsedTimer timer;
    timer.start();
    saver.saveList(page.images().list(), file);
    const double asked = milliseconds(timer);
    const double busy = longestBusy([&] { return program.runner.idle(); });
    std::printf("list of %zu images written in ms: %.0f\n", page.images().list().size(), milliseconds(timer));
    std::printf("list written, busy at a stretch ms: %.2f\n", std::max(asked, busy));
}

}  // namespace
}  // namespace dicescope

int main(int argc, char** argv) {
    dicescope::keepFreedMemory();
    std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);
    // Settings and caches are those of nobody.
    const QTemporaryDir home;
    for (const char* variable : {"XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"})
        qputenv(variable, home.filePath(variable).toUtf8());
    const QApplication application(argc, argv);
    const dicescope::fs::path folder = home.path().toStdString();
    dicescope::writeImages(folder / "images");
    dicescope::Program program;
    dicescope::openAndWait(program, dicescope::writeLargeInputs(folder), home.filePath("large.dicescope"));
    program.window.analysis().setSection(dicescope::AnalysisPage::Inspect);
    dicescope::InspectPage& page = program.window.analysis().inspect();
    dicescope::benchMap(program, page);
    dicescope::benchToggle(page);
    dicescope::benchGallery(page);
    dicescope::benchListOverP(program, page);
    dicescope::benchListExport(program, page, home.filePath("images.csv"));
    return 0;
}
