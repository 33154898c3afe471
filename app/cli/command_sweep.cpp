#include <iostream>
#include <memory>
#include <utility>

#include "app/cli/commands.h"
#include "core/analysis/sweep_analysis.h"
#include "core/base/file.h"
#include "core/report/sweep_report.h"
#include "core/sparsity/levels.h"

namespace dicescope::cli {
namespace {

constexpr std::size_t kNoiseImages = 1000;

struct SweepArguments {
    Status session;
    InputsConfig inputs;
    std::vector<std::string> ood;
    std::vector<std::string> validation;
    std::string rule = "contribution";
    std::string levels = "0:100:1";  ///< empty: those of the session
    std::string chooseOn;
    std::string criterion = "fpr95";
    bool allowReported = false;
    SweepAnalysisOptions options;
    std::filesystem::path out;
};

void takeSession(SweepArguments& arguments, const Session& session) {
    arguments.inputs = session.inputs;
    arguments.options = sweepAnalysisOptions(session);
    arguments.rule = name(session.sweep.rule);
    arguments.levels.clear();
    if (!session.view.choice) return;
    arguments.criterion = name(session.view.choice->criterion);
    arguments.allowReported = session.view.choice->allowReported;
}

Status readChoice(SweepArguments& arguments) {
    const auto criterion = parseLevelCriterion(arguments.criterion);
    if (!criterion) return forwardError(criterion);
    if (arguments.chooseOn.empty()) {
        auto& choice = arguments.options.choice;
        if (choice) choice = LevelChoiceRequest{choice->on, *criterion, arguments.allowReported};
        return {};
    }
    constexpr std::string_view kPrefix = "on=";
    if (arguments.chooseOn.rfind(kPrefix, 0) != 0 || arguments.chooseOn.size() == kPrefix.size()) {
        return fail(ErrorCode::InvalidArgument,
                    "'" + arguments.chooseOn + "' is not of the form on=NAME; write e.g. --choose-p on=" +
                        std::string(kNoiseSetName) + ".");
    }
    const std::string on = arguments.chooseOn.substr(kPrefix.size());
    if (on == kNoiseSetName && arguments.inputs.noiseImages == 0) arguments.inputs.noiseImages = kNoiseImages;
    arguments.options.choice = LevelChoiceRequest{on, *criterion, arguments.allowReported};
    return {};
}

/// Turns the texts of the command line into options. Errors: InvalidArgument.
Status read(SweepArguments& arguments) {
    if (!arguments.session) return arguments.session;
    for (const auto& [texts, sources] : {std::pair{&arguments.ood, &arguments.inputs.ood},
                                         {&arguments.validation, &arguments.inputs.validation}}) {
        if (texts->empty()) continue;
        auto parsed = parseSources(*texts);
        if (!parsed) return forwardError(parsed);
        *sources = std::move(*parsed);
    }
    const auto rule = parseRankingRule(arguments.rule);
    if (!rule) return forwardError(rule);
    arguments.options.rule = *rule;
    if (!arguments.levels.empty()) {
        auto levels = parseLevels(arguments.levels);
        if (!levels) return forwardError(levels);
        arguments.options.levels = std::move(*levels);
    }
    arguments.options.threads = arguments.inputs.extraction.threads;
    arguments.inputs.extraction.scratch = arguments.out;
    return readChoice(arguments);
}

Status sweep(SweepArguments arguments, const Job& job) {
    if (auto status = read(arguments); !status) return status;
    if (auto status = checkInputs(arguments.inputs); !status) return status;
    if (auto status = checkSweepOptions(arguments.options, arguments.inputs); !status) return status;
    if (auto status = ensureWritableFolder(arguments.out); !status) return status;
    const auto inputs = loadInputs(arguments.inputs, job);
    if (!inputs) return forwardError(inputs);
    const auto analysis = analyseSweep(*inputs, arguments.options, job);
    if (!analysis) return forwardError(analysis);
    if (auto status = writeFileAtomically(arguments.out / "sweep.csv", sweepCsv(*analysis)); !status)
        return status;
    if (auto status = writeFileAtomically(arguments.out / "sweep.json", sweepJson(*inputs, *analysis));
        !status)
        return status;
    std::cout << sweepSummary(*inputs, *analysis) << "Written: " << (arguments.out / "sweep.json").string()
              << ", sweep.csv\n";
    return {};
}

}  // namespace

void addSweep(CLI::App& app, Context& context) {
    auto arguments = std::make_shared<SweepArguments>();
    auto* command =
        app.add_subcommand("sweep", "Metrics over the whole sparsity axis; folders or feature files");
    addSessionOption(
        *command, [arguments](const Session& session) { takeSession(*arguments, session); },
        arguments->session);
    addModelOptions(*command, arguments->inputs);
    addHeadFileOptions(*command, arguments->inputs);
    addSetOptions(*command, arguments->inputs, arguments->ood, false);
    command->add_option("--validation", arguments->validation,
                        "OOD sets to choose p on that are not reported, as NAME=PATH");
    std::string rules;
    for (const RankingRule rule : allRankingRules())
        rules += (rules.empty() ? "" : ", ") + std::string(name(rule));
    command->add_option("--rank", arguments->rule, "What weights are ranked by: " + rules)
        ->capture_default_str();
    command->add_option("--levels", arguments->levels, "Percent of weights dropped: a list, or FROM:TO:STEP")
        ->capture_default_str();
    command->add_option("--react", arguments->options.reactClip,
                        "Clip features at this value (ReAct; the authors use 1.0)");
    command->add_option(
        "--choose-p", arguments->chooseOn,
        "on=NAME: choose p on this validation set, or on=gaussian-noise for 1,000 noise images");
    command->add_option("--criterion", arguments->criterion, "Choose by fpr95 or auroc")
        ->capture_default_str();
    command->add_flag("--choose-on-reported", arguments->allowReported,
                      "Choosing p on a set that is also reported is meant (its numbers are then optimistic)");
    command->add_option("--bootstrap", arguments->options.bootstrap,
                        "Resamples for 95 % intervals at the chosen p (or at --at) and of its difference to "
                        "dense; 1000 are usual");
    command
        ->add_option("--at", arguments->options.bootstrapLevel, "The p of the intervals where none is chosen")
        ->capture_default_str();
    command->add_option("--seed", arguments->options.seed, "Of random rankings and of the bootstrap")
        ->capture_default_str();
    command->add_option("--out", arguments->out, "Folder for sweep.json and sweep.csv")->required();
    addExtractionOptions(*command, arguments->inputs.extraction);
    command->callback([arguments, &context] {
        context.run = [arguments, &context] { return sweep(*arguments, context.job()); };
    });
}

}  // namespace dicescope::cli
