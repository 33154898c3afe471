#pragma once

#include <cstddef>
#include <filesystem>
#include <set>
#include <vector>

#include "app/gui/plot_files.h"
#include "core/analysis/exploration.h"
#include "core/analysis/inputs.h"
#include "core/base/error.h"
#include "core/base/job.h"
#include "core/report/export_results.h"
#include "core/session/session.h"

namespace dicescope {

/// An export with everything drawn that needs the GUI thread.
struct SessionExport {
    Session session;
    std::set<ExportPart> parts;
    std::vector<ReportPlot> reportPlots;
    std::vector<PlotFile> plotFiles;
};

/// Draws what the export of this row needs, and `inspected` plots as they are. GUI thread.
[[nodiscard]] SessionExport prepareExport(const Session& session, const ExplorationPtr& exploration,
                                          std::size_t row, const PlotFormats& formats,
                                          const std::set<ExportPart>& parts,
                                          const QList<const Exportable*>& inspected = {});

/// Writes the parts into the folder and the plots into its sub-folder "plots". Errors: those of
/// exportResults() and writePlotFiles(). Any thread.
[[nodiscard]] Result<ExportResult> writeExport(const AnalysisInputs& inputs, const SessionExport& content,
                                               const std::filesystem::path& folder, const Job& job);

}  // namespace dicescope
