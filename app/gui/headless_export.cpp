#include "app/gui/headless_export.h"

#include <algorithm>
#include <iostream>
#include <iterator>
#include <memory>
#include <utility>

#include "app/gui/headless_inspection.h"
#include "app/gui/session_export.h"
#include "app/terminal/exit_code.h"
#include "app/terminal/interrupt.h"
#include "app/terminal/terminal_progress.h"
#include "core/base/file.h"
#include "ui/inspect/inspect_page.h"

namespace dicescope {
namespace {

Result<ExportResult> exportAll(const std::filesystem::path& sessionPath, const std::filesystem::path& folder,
                               const Job& job) {
    auto session = readSession(sessionPath);
    if (!session) return forwardError(session);
    if (auto status = ensureWritableFolder(folder); !status) return forwardError(status);
    auto inputs = loadInputs(session->inputs, job);
    if (!inputs) return forwardError(inputs);
    const auto shared = std::make_shared<const AnalysisInputs>(std::move(*inputs));
    const auto exploration = Explorer(shared).explore(session->sweep, session->view, job);
    if (!exploration) return forwardError(exploration);
    const std::size_t row = rowNearest(**exploration, session->p);
    InspectPage page;
    auto notes = fillInspection(page, shared, *exploration, row, job);
    if (!notes) return forwardError(notes);
    const auto all = allExportParts();
    const auto content =
        prepareExport(*session, *exploration, row, PlotFormats{}, {all.begin(), all.end()}, page.plots());
    auto result = writeExport(*shared, content, folder, job);
    if (result) std::ranges::move(*notes, std::back_inserter(result->notes));
    return result;
}

}  // namespace

int exportSession(const std::filesystem::path& session, const std::filesystem::path& folder) {
    const Job job{terminal::stopOnInterrupt(), terminal::terminalProgress(false)};
    const auto result = exportAll(session, folder, job);
    if (!result) {
        std::cerr << "dicescope: " << result.error().message << '\n';
        return terminal::exitCode(forwardError(result));
    }
    for (const auto& file : result->files) std::cout << "Written: " << file.string() << '\n';
    for (const std::string& note : result->notes) std::cout << "Note: " << note << '\n';
    return terminal::exitCode({});
}

}  // namespace dicescope
