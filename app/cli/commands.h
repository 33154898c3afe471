#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/analysis/inputs.h"
#include "core/base/error.h"
#include "core/base/job.h"
#include "core/session/session.h"

namespace dicescope::cli {

/// What every command gets: how it is stopped, and where it says what went right or wrong.
struct Context {
    std::stop_token stop;
    bool quiet = false;
    std::function<Status()> run;  ///< set by the command that the user chose; called after parsing

    /// The job of a long call: the stop token and progress on the terminal.
    [[nodiscard]] Job job() const;
};

/// Each adds one command to the program.
void addAnalyze(CLI::App& app, Context& context);
void addScore(CLI::App& app, Context& context);
void addSweep(CLI::App& app, Context& context);
void addCompare(CLI::App& app, Context& context);
void addExport(CLI::App& app, Context& context);
void addExtract(CLI::App& app, Context& context);
void addInfo(CLI::App& app, Context& context);
void addBenchmark(CLI::App& app, Context& context);
void addDemoData(CLI::App& app, Context& context);
void addCache(CLI::App& app, Context& context);

/// --session FILE: while options are read, `apply` gets the session before any option added after this one
/// writes over what it holds. A file that cannot be read is told by `status`, which must outlive parsing as
/// well.
CLI::Option* addSessionOption(CLI::App& command, std::function<void(const Session&)> apply, Status& status);

/// Options that several commands share; they write into the config they are given, which must outlive
/// parsing.
void addModelOptions(CLI::App& command, InputsConfig& config);
void addHeadFileOptions(CLI::App& command, InputsConfig& config);
void addExtractionOptions(CLI::App& command, ExtractionSettings& settings);
/// Feature files only: the ID and OOD sets are required. Otherwise they may come from a session.
void addSetOptions(CLI::App& command, InputsConfig& config, std::vector<std::string>& ood, bool filesOnly);

/// "NAME=PATH" texts as sources. Errors: InvalidArgument.
[[nodiscard]] Result<std::vector<NamedSource>> parseSources(const std::vector<std::string>& texts);

}  // namespace dicescope::cli
