#include "app/gui/export_flow.h"

#include <QDir>
#include <QStandardPaths>
#include <utility>

#include "app/gui/plot_files.h"
#include "app/gui/session_export.h"
#include "ui/panels/message_bar.h"
#include "ui/plots/exportable.h"
#include "ui/window/analysis_page.h"
#include "ui/window/main_window.h"

namespace dicescope {
namespace {

QString labelOf(ExportPart part) {
    switch (part) {
        case ExportPart::MetricsJson:
            return ExportFlow::tr("Metrics, JSON");
        case ExportPart::MetricsCsv:
            return ExportFlow::tr("Metrics, CSV");
        case ExportPart::MetricsLatex:
            return ExportFlow::tr("Metrics, LaTeX table");
        case ExportPart::MetricsMarkdown:
            return ExportFlow::tr("Metrics, Markdown table");
        case ExportPart::ScoresCsv:
            return ExportFlow::tr("Score of every image");
        case ExportPart::SweepJson:
            return ExportFlow::tr("Metrics at every p, JSON");
        case ExportPart::SweepCsv:
            return ExportFlow::tr("Metrics at every p, CSV");
        case ExportPart::ReportHtml:
            return ExportFlow::tr("Report with plots");
        case ExportPart::MaskedWeight:
            return ExportFlow::tr("Masked weight of the head");
        case ExportPart::MaskedModel:
            return ExportFlow::tr("Model with DICE built in");
        case ExportPart::SessionJson:
            return ExportFlow::tr("This session");
    }
    return {};
}

QString keyOf(ExportPart part) {
    const auto text = name(part);
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

QList<ExportItem> exportItems() {
    QList<ExportItem> items;
    for (const ExportPart part : allExportParts())
        items << ExportItem{keyOf(part), labelOf(part), keyOf(part)};
    return items;
}

QStringList allKeys() {
    QStringList keys;
    for (const ExportPart part : allExportParts()) keys << keyOf(part);
    return keys;
}

std::set<ExportPart> partsOf(const QStringList& keys) {
    std::set<ExportPart> parts;
    for (const ExportPart part : allExportParts()) {
        if (keys.contains(keyOf(part))) parts.insert(part);
    }
    return parts;
}

}  // namespace

ExportFlow::ExportFlow(MainWindow& window, AnalysisRunner& runner) : window_(window), runner_(runner) {
    choices_.folder =
        QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation) + "/dicescope-export";
    choices_.parts = allKeys();
    choices_.png = choices_.pdf = choices_.svg = true;
    connect(&runner_, &AnalysisRunner::writeProgress, this, [this](const Progress& progress) {
        window_.analysis().setActivity(tr("Exporting: %1").arg(QString::fromStdString(progress.stage)));
    });
    connect(&runner_, &AnalysisRunner::filesWritten, this, [this](const QString& folder) {
        window_.analysis().setActivity({});
        window_.messages().post(MessageBar::Severity::Note,
                                tr("Exported into %1.").arg(QDir::toNativeSeparators(folder)),
                                notes_ ? notes_->join('\n') : QString());
        notes_.reset();  // not of the next plot that is saved
    });
    connect(&runner_, &AnalysisRunner::writeEnded, this, [this](const QString&, const Error& error) {
        window_.analysis().setActivity({});
        window_.messages().post(error);
    });
}

void ExportFlow::ask(const AnalysisInputsPtr& inputs, const Session& session,
                     const ExplorationPtr& exploration, std::size_t row,
                     const QList<const Exportable*>& inspected) {
    auto* dialog = new ExportDialog(exportItems(), &window_);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setChoices(choices_);
    connect(dialog, &QDialog::accepted, this, [this, dialog, inputs, session, exploration, row, inspected] {
        choices_ = dialog->choices();
        start(inputs, session, exploration, row, inspected);
    });
    dialog->open();
}

void ExportFlow::start(const AnalysisInputsPtr& inputs, const Session& session,
                       const ExplorationPtr& exploration, std::size_t row,
                       const QList<const Exportable*>& inspected) {
    PlotFormats formats;
    formats.png = choices_.png;
    formats.pdf = choices_.pdf;
    formats.svg = choices_.svg;
    formats.dpi = choices_.dpi;
    const auto parts = partsOf(choices_.parts);
    SessionExport content = prepareExport(session, exploration, row, formats, parts, inspected);
    const std::filesystem::path folder = choices_.folder.toStdString();
    notes_ = std::make_shared<QStringList>();
    window_.analysis().setActivity(tr("Exporting…"));
    runner_.write(choices_.folder,
                  [inputs, folder, content = std::move(content), notes = notes_](const Job& job) -> Status {
                      const auto result = writeExport(*inputs, content, folder, job);
                      if (!result) return forwardError(result);
                      for (const std::string& note : result->notes) *notes << QString::fromStdString(note);
                      return {};
                  });
}

}  // namespace dicescope
