#include <iostream>
#include <memory>

#include "app/cli/commands.h"
#include "core/analysis/evaluation.h"
#include "core/base/file.h"
#include "core/report/metrics_report.h"
#include "core/report/published_table.h"
#include "core/report/text.h"
#include "core/session/benchmark.h"
#include "core/sparsity/levels.h"

namespace dicescope::cli {
namespace {

struct AnalyzeArguments {
    Status session;
    InputsConfig inputs;
    std::vector<std::string> ood;
    std::string levels = "90";
    std::optional<float> reactClip;
    std::string benchmark;
    std::filesystem::path out;
};

Status writeResults(const std::filesystem::path& out, const AnalysisInputs& inputs,
                    const Evaluation& evaluation) {
    if (auto status = writeScoresCsv(out / "scores.csv", inputs, evaluation); !status) return status;
    if (auto status = writeFileAtomically(out / "metrics.csv", metricsCsv(evaluation)); !status)
        return status;
    return writeFileAtomically(out / "metrics.json", metricsJson(inputs, evaluation));
}

/// analyze is DICE: a session that ranks by another rule has no place in its numbers.
void takeSession(AnalyzeArguments& arguments, const Session& session) {
    if (session.sweep.rule != RankingRule::Contribution) {
        arguments.session = fail(ErrorCode::InvalidArgument,
                                 "The session ranks weights by " + std::string(name(session.sweep.rule)) +
                                     " and analyze is DICE; use sweep or export with it.");
    }
    const EvaluationOptions options = evaluationOptions(session);
    arguments.inputs = session.inputs;
    arguments.levels = exactDecimal(options.levels.front());
    arguments.reactClip = options.reactClip;
    if (findBenchmark(session.benchmark)) arguments.benchmark = session.benchmark;
}

/// The preset to lay the numbers beside; null where none is asked for. Errors: InvalidArgument.
Result<const BenchmarkPreset*> presetOf(const AnalyzeArguments& arguments) {
    if (arguments.benchmark.empty()) return nullptr;
    return findBenchmark(arguments.benchmark);
}

Status layBesidePublished(const std::filesystem::path& out, const AnalysisInputs& inputs,
                          const Evaluation& evaluation, const BenchmarkPreset& preset) {
    std::cout << '\n' << publishedTable(inputs, evaluation, preset);
    return writeFileAtomically(out / "published.csv", publishedCsv(evaluation, preset));
}

Status analyze(AnalyzeArguments arguments, const Job& job) {
    if (!arguments.session) return arguments.session;
    const auto preset = presetOf(arguments);
    if (!preset) return forwardError(preset);
    if (!arguments.ood.empty()) {
        auto sources = parseSources(arguments.ood);
        if (!sources) return forwardError(sources);
        arguments.inputs.ood = std::move(*sources);
    }
    arguments.inputs.extraction.scratch = arguments.out;
    auto levels = parseLevels(arguments.levels);
    if (!levels) return forwardError(levels);
    EvaluationOptions options{std::move(*levels), arguments.reactClip, arguments.inputs.extraction.threads};
    if (auto status = checkOptions(options); !status) return status;
    if (auto status = checkInputs(arguments.inputs); !status) return status;
    if (auto status = ensureWritableFolder(arguments.out); !status) return status;

    const auto inputs = loadInputs(arguments.inputs, job);
    if (!inputs) return forwardError(inputs);
    const auto evaluation = evaluate(*inputs, options, job);
    if (!evaluation) return forwardError(evaluation);
    if (auto status = writeResults(arguments.out, *inputs, *evaluation); !status) return status;
    std::cout << metricsTable(*inputs, *evaluation)
              << "Written: " << (arguments.out / "metrics.json").string() << ", metrics.csv, scores.csv"
              << (*preset != nullptr ? ", published.csv\n" : "\n");
    return *preset != nullptr ? layBesidePublished(arguments.out, *inputs, *evaluation, **preset) : Status{};
}

Status onlyFiles(const AnalyzeArguments& arguments) {
    const auto sources = parseSources(arguments.ood);
    if (!sources) return forwardError(sources);
    std::vector<std::filesystem::path> paths{arguments.inputs.idTrain, arguments.inputs.id};
    for (const NamedSource& source : *sources) paths.push_back(source.path);
    for (const auto& path : paths) {
        if (!std::filesystem::is_directory(path)) continue;
        return fail(ErrorCode::InvalidArgument,
                    "'" + path.string() +
                        "' is a folder and score takes feature files; use analyze, or extract "
                        "the features first.");
    }
    return {};
}

void addResultOptions(CLI::App& command, AnalyzeArguments& arguments) {
    command
        .add_option("--p", arguments.levels,
                    "Percent of weights dropped: 90, or a list 0,10,50, or FROM:TO:STEP")
        ->capture_default_str();
    command.add_option("--react", arguments.reactClip,
                       "Also ReAct and DICE+ReAct with this clip (the authors use 1.0)");
    command.add_option("--benchmark", arguments.benchmark,
                       "Lay the published numbers of this benchmark beside (see the command benchmark)");
    command.add_option("--out", arguments.out, "Folder for metrics.json, metrics.csv and scores.csv")
        ->required();
}

}  // namespace

void addAnalyze(CLI::App& app, Context& context) {
    auto arguments = std::make_shared<AnalyzeArguments>();
    auto* command = app.add_subcommand("analyze", "From a model and image folders to DICE metrics");
    addSessionOption(
        *command, [arguments](const Session& session) { takeSession(*arguments, session); },
        arguments->session);
    addModelOptions(*command, arguments->inputs);
    addSetOptions(*command, arguments->inputs, arguments->ood, false);
    addResultOptions(*command, *arguments);
    addExtractionOptions(*command, arguments->inputs.extraction);
    command->callback([arguments, &context] {
        context.run = [arguments, &context] { return analyze(*arguments, context.job()); };
    });
}

void addScore(CLI::App& app, Context& context) {
    auto arguments = std::make_shared<AnalyzeArguments>();
    auto* command =
        app.add_subcommand("score", "The same metrics from feature files, without reading images");
    addModelOptions(*command, arguments->inputs);
    addHeadFileOptions(*command, arguments->inputs);
    addSetOptions(*command, arguments->inputs, arguments->ood, true);
    addResultOptions(*command, *arguments);
    command->add_option("--threads", arguments->inputs.extraction.threads, "CPU threads; 0: all processors");
    command->callback([arguments, &context] {
        context.run = [arguments, &context]() -> Status {
            if (auto status = onlyFiles(*arguments); !status) return status;
            return analyze(*arguments, context.job());
        };
    });
}

}  // namespace dicescope::cli
