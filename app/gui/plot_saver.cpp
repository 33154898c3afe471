#include "app/gui/plot_saver.h"

#include <QFileDialog>
#include <utility>

#include "app/gui/analysis_runner.h"
#include "app/gui/plot_files.h"
#include "core/report/image_list_csv.h"
#include "ui/inspect/image_picture.h"
#include "ui/inspect/image_view.h"
#include "ui/plots/plot_frame.h"

namespace dicescope {
namespace {

QFileDialog* saveDialog(QWidget& asking, const QString& title, const QStringList& filters,
                        const QString& file) {
    auto* dialog = new QFileDialog(asking.window(), title);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setNameFilters(filters);
    dialog->setDefaultSuffix(file.section('.', -1));
    dialog->selectFile(file);
    return dialog;
}

}  // namespace

PlotSaver::PlotSaver(AnalysisRunner& runner) : runner_(runner) {}

void PlotSaver::serve(const QWidget& page) {
    for (auto* plot : page.findChildren<PlotFrame*>())
        connect(plot, &PlotFrame::exportRequested, this, [this, plot] { ask(*plot, *plot); });
    for (auto* picture : page.findChildren<ImagePicture*>())
        connect(picture, &ImagePicture::exportRequested, this, [this, picture] { ask(*picture, *picture); });
    for (auto* images : page.findChildren<ImageView*>())
        connect(images, &ImageView::exportRequested, this,
                [this, images] { askForList(*images, images->list()); });
}

void PlotSaver::ask(QWidget& asking, const Exportable& plot) {
    QStringList filters{tr("Picture (*.png)"), tr("PDF (*.pdf)"), tr("SVG (*.svg)")};
    if (plot.numbers()) filters << tr("Numbers (*.csv)");
    auto* dialog = saveDialog(asking, tr("Save the plot"), filters, plot.exportName() + ".png");
    connect(dialog, &QFileDialog::filterSelected, dialog, [dialog](const QString& filter) {
        dialog->setDefaultSuffix(filter.section("*.", 1).chopped(1));
    });
    connect(dialog, &QFileDialog::fileSelected, this,
            [this, &plot](const QString& path) { save(plot, path); });
    dialog->open();
}

void PlotSaver::askForList(QWidget& asking, const ImageList& list) {
    auto* dialog = saveDialog(asking, tr("Save the list of images"), {tr("List (*.csv)")}, "images.csv");
    connect(dialog, &QFileDialog::fileSelected, this,
            [this, list](const QString& path) { saveList(list, path); });
    dialog->open();
}

void PlotSaver::save(const Exportable& plot, const QString& path) {
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

void PlotSaver::saveList(const ImageList& list, const QString& path) {
    if (!list.inspection || !list.table || !list.records) return;
    runner_.write(path, [list, path](const Job& job) {
        ImageListReport report{.inspection = *list.inspection, .table = *list.table, .row = list.row};
        report.records = *list.records;
        report.other = list.column ? list.query.other : std::nullopt;
        if (list.column) report.disagreement = *list.column;
        return writeImageListCsv(path.toStdString(), report, job);
    });
}

}  // namespace dicescope
