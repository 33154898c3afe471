#include "app/gui/session_export.h"

#include <QObject>
#include <algorithm>
#include <iterator>
#include <utility>

#include "ui/plots/exportable.h"

namespace dicescope {
namespace {

PlotContent contentOf(const Session& session, const ExplorationPtr& exploration, std::size_t row) {
    PlotContent content{exploration, row, {}, session.logarithmicFpr};
    for (const std::string& name : session.hiddenSets) content.hidden.insert(QString::fromStdString(name));
    return content;
}

/// The report tells its plots apart by these.
std::string titleOf(const std::string& fileName) {
    if (fileName.starts_with("histogram")) return QObject::tr("Scores").toStdString();
    if (fileName.starts_with("roc")) return QObject::tr("ROC curves").toStdString();
    return QObject::tr("Metrics over p").toStdString();
}

std::vector<ReportPlot> drawReportPlots(const PlotContent& content) {
    PlotFormats formats;
    formats.png = formats.pdf = false;
    std::vector<ReportPlot> plots;
    for (const PlotFile& file : drawPlots(content, formats))
        plots.push_back({titleOf(file.name), file.bytes.toStdString()});
    return plots;
}

void addReportPlots(const QList<const Exportable*>& inspected, std::vector<ReportPlot>& plots) {
    for (const Exportable* plot : inspected) {
        if (!plot->isEmpty())
            plots.push_back({plot->title().toStdString(), plot->svg(PlotFormats().size).toStdString()});
    }
}

}  // namespace

SessionExport prepareExport(const Session& session, const ExplorationPtr& exploration, std::size_t row,
                            const PlotFormats& formats, const std::set<ExportPart>& parts,
                            const QList<const Exportable*>& inspected) {
    const PlotContent content = contentOf(session, exploration, row);
    SessionExport result{session, parts, {}, {}};
    if (parts.contains(ExportPart::ReportHtml)) {
        result.reportPlots = drawReportPlots(content);
        addReportPlots(inspected, result.reportPlots);
    }
    if (formats.png || formats.pdf || formats.svg) {
        result.plotFiles = drawPlots(content, formats);
        std::ranges::move(drawPlots(inspected, formats), std::back_inserter(result.plotFiles));
    }
    return result;
}

Result<ExportResult> writeExport(const AnalysisInputs& inputs, const SessionExport& content,
                                 const std::filesystem::path& folder, const Job& job) {
    ExportResult result;
    if (!content.parts.empty()) {
        auto written =
            exportResults({inputs, content.session, content.reportPlots, content.parts, folder}, job);
        if (!written) return forwardError(written);
        result = std::move(*written);
    }
    if (content.plotFiles.empty()) return result;
    if (auto status = writePlotFiles(folder / "plots", content.plotFiles); !status)
        return forwardError(status);
    for (const PlotFile& file : content.plotFiles) result.files.push_back(folder / "plots" / file.name);
    return result;
}

}  // namespace dicescope
