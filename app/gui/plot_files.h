#pragma once

#include <QByteArray>
#include <QImage>
#include <QList>
#include <QSet>
#include <QSize>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "core/analysis/exploration.h"
#include "core/base/error.h"

namespace dicescope {

class Exportable;

/// How plots become files.
struct PlotFormats {
    bool png = true;
    bool pdf = true;
    bool svg = true;
    int dpi = 300;         ///< of the PNG files, 36..1200
    QSize size{460, 300};  ///< points of 1/72 inch
};

/// One drawn plot, or the numbers behind it; what takes longer than drawing is done when it is written.
struct PlotFile {
    std::string name;                  ///< "histogram.svg", "roc.png", "class-profile.csv"
    QByteArray bytes;                  ///< of PDF and SVG
    QImage image;                      ///< of PNG
    std::function<QByteArray()> make;  ///< of CSV
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

/// The same of plots that are there already, as they are; empty ones are passed over. Numbers are written
/// where there are any, in whatever formats the pictures are. Files are called by their export names,
/// "contributionMap" becoming "contribution-map". GUI thread.
[[nodiscard]] std::vector<PlotFile> drawPlots(const QList<const Exportable*>& plots,
                                              const PlotFormats& formats);

/// Writes them into a folder, each atomically. Errors: WriteFailed. Any thread.
[[nodiscard]] Status writePlotFiles(const std::filesystem::path& folder, const std::vector<PlotFile>& files);

}  // namespace dicescope
