#include <iostream>
#include <memory>
#include <utility>

#include "app/cli/commands.h"
#include "core/analysis/sweep_analysis.h"
#include "core/base/file.h"
#include "core/report/export_results.h"

namespace dicescope::cli {
namespace {

struct ExportArguments {
    Status read;
    Session session;
    std::vector<std::string> parts;
    std::filesystem::path out;
};

Result<std::set<ExportPart>> parseParts(const std::vector<std::string>& texts) {
    const auto all = allExportParts();
    if (texts.empty()) return std::set(all.begin(), all.end());
    std::set<ExportPart> parts;
    for (const std::string& text : texts) {
        const auto part = parseExportPart(text);
        if (!part) return forwardError(part);
        parts.insert(*part);
    }
    return parts;
}

Status checkSession(const Session& session) {
    if (auto status = checkInputs(session.inputs); !status) return status;
    return checkSweepOptions(sweepAnalysisOptions(session), session.inputs);
}

Status exportAll(ExportArguments arguments, const Job& job) {
    if (!arguments.read) return arguments.read;
    auto parts = parseParts(arguments.parts);
    if (!parts) return forwardError(parts);
    Session& session = arguments.session;
    session.sweep.threads = session.inputs.extraction.threads;
    session.inputs.extraction.scratch = arguments.out;
    if (auto status = checkSession(session); !status) return status;
    if (auto status = ensureWritableFolder(arguments.out); !status) return status;
    const auto inputs = loadInputs(session.inputs, job);
    if (!inputs) return forwardError(inputs);
    const auto result = exportResults({*inputs, session, {}, std::move(*parts), arguments.out}, job);
    if (!result) return forwardError(result);
    for (const auto& file : result->files) std::cout << "Written: " << file.string() << '\n';
    for (const std::string& note : result->notes) std::cout << "Note: " << note << '\n';
    return {};
}

}  // namespace

void addExport(CLI::App& app, Context& context) {
    auto arguments = std::make_shared<ExportArguments>();
    auto* command = app.add_subcommand(
        "export", "Everything of a session into a folder: metrics, sweep, report, masked head");
    addSessionOption(
        *command, [arguments](const Session& session) { arguments->session = session; }, arguments->read)
        ->required();
    std::string names;
    for (const ExportPart part : allExportParts())
        names += (names.empty() ? "" : ", ") + std::string(name(part));
    command->add_option("--parts", arguments->parts, "Only these, separated by commas: " + names)
        ->delimiter(',');
    command->add_option("--out", arguments->out, "Folder to write to")->required();
    addExtractionOptions(*command, arguments->session.inputs.extraction);
    command->callback([arguments, &context] {
        context.run = [arguments, &context] { return exportAll(*arguments, context.job()); };
    });
}

}  // namespace dicescope::cli
