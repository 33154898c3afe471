#pragma once

#include <QByteArray>
#include <QImage>
#include <QSet>
#include <QSize>
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "core/analysis/exploration.h"
#include "core/base/error.h"

namespace dicescope {

/// How plots become files.
struct PlotFormats {
    bool png = true;
    bool pdf = true;
    bool svg = true;
    int dpi = 300;         ///< of the PNG files, 36..1200
    QSize size{460, 300};  ///< points of 1/72 inch
};

/// One drawn plot; the picture is compressed when it is written, which takes longer than drawing it.
struct PlotFile {
    std::string name;  ///< "histogram.svg", "roc.png"
    QByteArray bytes;  ///< of PDF and SVG
    QImage image;      ///< of PNG
};

/// What is to be drawn.
struct PlotContent {
    ExplorationPtr exploration;
    std::size_t row = 0;
    QSet<QString> hidden;
    bool logarithmicFpr = false;
};

/// Draws the three plots in every format. They are drawn on widgets of their own: what is on screen is not
/// touched. GUI thread.
[[nodiscard]] std::vector<PlotFile> drawPlots(const PlotContent& content, const PlotFormats& formats);

/// Writes them into a folder, each atomically. Errors: WriteFailed. Any thread.
[[nodiscard]] Status writePlotFiles(const std::filesystem::path& folder, const std::vector<PlotFile>& files);

}  // namespace dicescope
