#include "app/gui/plot_files.h"

#include <QBuffer>

#include "core/base/file.h"
#include "ui/plots/histogram_plot.h"
#include "ui/plots/level_plot.h"
#include "ui/plots/roc_plot.h"

namespace dicescope {
namespace {

void draw(const Exportable& plot, const std::string& name, const PlotFormats& formats,
          std::vector<PlotFile>& files) {
    if (formats.svg) files.push_back({name + ".svg", plot.svg(formats.size), {}, {}});
    if (formats.pdf) files.push_back({name + ".pdf", plot.pdf(formats.size), {}, {}});
    if (formats.png) files.push_back({name + ".png", {}, plot.image(formats.size, formats.dpi), {}});
}

void draw(PlotView& plot, const std::string& name, const PlotContent& content, const PlotFormats& formats,
          std::vector<PlotFile>& files) {
    plot.setHiddenSets(content.hidden);
    plot.show(content.exploration, content.row);
    draw(plot, name, formats, files);
}

std::string fileName(const QString& exportName) {
    QString name;
    for (const QChar letter : exportName) {
        if (letter.isUpper()) name += QLatin1Char('-');
        name += letter.toLower();
    }
    return name.toStdString();
}

QByteArray pngOf(const QImage& image) {
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    image.save(&buffer, "PNG");
    return bytes;
}

}  // namespace

std::vector<PlotFile> drawPlots(const PlotContent& content, const PlotFormats& formats) {
    std::vector<PlotFile> files;
    HistogramPlot histogram;
    draw(histogram, "histogram", content, formats, files);
    RocPlot roc;
    roc.setLogarithmicFpr(content.logarithmicFpr);
    draw(roc, "roc", content, formats, files);
    LevelPlot levels;
    draw(levels, "metrics-over-p", content, formats, files);
    return files;
}

std::vector<PlotFile> drawPlots(const QList<const Exportable*>& plots, const PlotFormats& formats) {
    std::vector<PlotFile> files;
    for (const Exportable* plot : plots) {
        if (plot->isEmpty()) continue;
        const std::string name = fileName(plot->exportName());
        draw(*plot, name, formats, files);
        if (const auto numbers = plot->numbers()) files.push_back({name + ".csv", {}, {}, numbers});
    }
    return files;
}

Status writePlotFiles(const std::filesystem::path& folder, const std::vector<PlotFile>& files) {
    for (const PlotFile& file : files) {
        const QByteArray bytes = file.make             ? file.make()
                                 : file.image.isNull() ? file.bytes
                                                       : pngOf(file.image);
        const std::string_view content(bytes.constData(), static_cast<std::size_t>(bytes.size()));
        if (auto status = writeFileAtomically(folder / file.name, content); !status) return status;
    }
    return {};
}

}  // namespace dicescope
