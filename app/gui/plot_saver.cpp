#include "app/gui/plot_saver.h"

#include <QFileDialog>
#include <utility>

#include "app/gui/analysis_runner.h"
#include "app/gui/plot_files.h"
#include "ui/plots/plot_frame.h"

namespace dicescope {

PlotSaver::PlotSaver(AnalysisRunner& runner) : runner_(runner) {}

void PlotSaver::serve(PlotFrame& plot) {
    connect(&plot, &PlotFrame::exportRequested, this, [this, &plot] { ask(plot); });
}

void PlotSaver::ask(PlotFrame& plot) {
    QStringList filters{tr("Picture (*.png)"), tr("PDF (*.pdf)"), tr("SVG (*.svg)")};
    if (plot.numbers()) filters << tr("Numbers (*.csv)");
    auto* dialog = new QFileDialog(plot.window(), tr("Save the plot"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setNameFilters(filters);
    dialog->setDefaultSuffix("png");
    dialog->selectFile(plot.objectName() + ".png");
    connect(dialog, &QFileDialog::filterSelected, dialog, [dialog](const QString& filter) {
        dialog->setDefaultSuffix(filter.section("*.", 1).chopped(1));
    });
    connect(dialog, &QFileDialog::fileSelected, this,
            [this, &plot](const QString& path) { save(plot, path); });
    dialog->open();
}

void PlotSaver::save(const PlotFrame& plot, const QString& path) {
    const PlotFormats formats;
    const QString suffix = path.section('.', -1).toLower();
    PlotFile file{path.toStdString(), {}, {}, {}};
    if (suffix == "csv" && plot.numbers()) {
        file.make = plot.numbers();
    } else if (suffix == "pdf") {
        file.bytes = plot.pdf(formats.size);
    } else if (suffix == "svg") {
        file.bytes = plot.svg(formats.size);
    } else {
        file.image = plot.image(formats.size, formats.dpi);
    }
    // An absolute name stays what it is below a folder.
    runner_.write(path,
                  [files = std::vector{std::move(file)}](const Job&) { return writePlotFiles({}, files); });
}

}  // namespace dicescope
