#include <algorithm>
#include <iostream>
#include <memory>
#include <utility>

#include "app/cli/commands.h"
#include "core/analysis/comparison.h"
#include "core/analysis/model_scorer.h"
#include "core/base/file.h"
#include "core/report/comparison_report.h"
#include "core/report/text.h"

namespace dicescope::cli {
namespace {

struct CompareArguments {
    Status session;
    InputsConfig inputs;
    std::vector<std::string> ood;
    std::string detectors = "all";
    std::string baseline = "energy";
    bool baselineAsked = false;
    ComparisonOptions options;
    bool list = false;
    std::filesystem::path out;
};

/// Turns the texts of the command line into options. Errors: InvalidArgument.
Status read(CompareArguments& arguments) {
    if (!arguments.session) return arguments.session;
    if (!arguments.ood.empty()) {
        auto sources = parseSources(arguments.ood);
        if (!sources) return forwardError(sources);
        arguments.inputs.ood = std::move(*sources);
    }
    auto detectors = parseDetectorList(arguments.detectors);
    if (!detectors) return forwardError(detectors);
    const auto baseline = parseDetectorSpec(arguments.baseline);
    if (!baseline) return forwardError(baseline);
    bool known = std::ranges::find(*detectors, *baseline) != detectors->end();
    if (!known && arguments.baselineAsked) {
        detectors->push_back(*baseline);
        known = true;
    }
    arguments.options.detectors = std::move(*detectors);
    if (known) arguments.options.baseline = *baseline;
    arguments.options.threads = arguments.inputs.extraction.threads;
    arguments.inputs.extraction.scratch = arguments.out;
    return {};
}

/// Detectors that compare every image with every training image may take minutes.
void foretell(const AnalysisInputs& inputs, const ComparisonOptions& options) {
    constexpr double kWorthTelling = 10;
    for (const DetectorSpec& spec : options.detectors) {
        if (findDetector(spec.id)->cost != DetectorCost::Neighbours) continue;
        const double seconds = estimateSeconds(spec, workOf(inputs));
        if (seconds < kWorthTelling) continue;
        std::cerr << specLabel(spec) << " will take about " << fixedDecimal(seconds, 0) << " s.\n";
    }
}

Status compare(CompareArguments arguments, const Job& job, bool quiet) {
    if (arguments.list) {
        std::cout << detectorList();
        return {};
    }
    if (auto status = read(arguments); !status) return status;
    if (auto status = checkInputs(arguments.inputs); !status) return status;
    if (!arguments.out.empty()) {
        if (auto status = ensureWritableFolder(arguments.out); !status) return status;
    }
    auto loaded = loadInputs(arguments.inputs, job);
    if (!loaded) return forwardError(loaded);
    const auto inputs = std::make_shared<const AnalysisInputs>(std::move(*loaded));
    if (auto status = checkComparison(*inputs, arguments.options); !status) return status;
    const auto training = trainingDataOf(inputs);
    if (!training) return forwardError(training);
    if (!quiet) foretell(*inputs, arguments.options);
    const ExtractionSettings& extraction = arguments.inputs.extraction;
    arguments.options.modelScorer = modelScorer(inputs, {extraction.threads, extraction.batchSize});
    const auto comparison = compareDetectors(*inputs, *training, arguments.options, job);
    if (!comparison) return forwardError(comparison);
    std::cout << comparisonTable(*comparison);
    for (const std::string& note : inputs->notes) std::cout << "Note: " << note << '\n';
    if (arguments.out.empty()) return {};
    if (auto status = writeComparison(arguments.out, *inputs, *comparison); !status) return status;
    std::cout << "Written: " << (arguments.out / "comparison.json").string()
              << ", comparison.csv, comparison.tex, comparison.md\n";
    return {};
}

void addComparisonOptions(CLI::App& command, CompareArguments& arguments) {
    command
        .add_option("--detectors", arguments.detectors,
                    "all (but odin, which runs the model on the images), or a list as "
                    "energy,dice:p=70,knn:k=10:normalise=off,vra:as=pytorch-ood "
                    "(docs/detectors.md; --list names them)")
        ->capture_default_str();
    command
        .add_option_function<std::string>(
            "--baseline",
            [&arguments](const std::string& text) {
                arguments.baseline = text;
                arguments.baselineAsked = true;
            },
            "Detector that the others are tested against")
        ->default_str(arguments.baseline);
    command.add_option("--near", arguments.options.nearSets, "OOD sets with an average of their own: A,B")
        ->delimiter(',');
    command.add_option("--far", arguments.options.farSets, "The same for sets that are farther away: C,D")
        ->delimiter(',');
    command
        .add_option("--bootstrap", arguments.options.bootstrap,
                    "Resamples for 95 % intervals and differences; 0: none")
        ->capture_default_str();
    command.add_option("--seed", arguments.options.seed, "Of the resamples")->capture_default_str();
    command
        .add_option("--tpr", arguments.options.tprLevel, "Share of ID images to accept, of which FPR speaks")
        ->capture_default_str();
    command.add_option("--out", arguments.out,
                       "Folder for comparison.json, comparison.csv, comparison.tex and comparison.md");
    command.add_flag("--list", arguments.list,
                     "Name every detector with its settings and its paper, and end");
}

}  // namespace

void addCompare(CLI::App& app, Context& context) {
    auto arguments = std::make_shared<CompareArguments>();
    auto* command = app.add_subcommand("compare", "Every detector side by side; folders or feature files");
    addSessionOption(
        *command,
        [arguments](const Session& session) {
            arguments->inputs = session.inputs;
            arguments->options.tprLevel = session.view.tprLevel;
        },
        arguments->session);
    addModelOptions(*command, arguments->inputs);
    addHeadFileOptions(*command, arguments->inputs);
    addSetOptions(*command, arguments->inputs, arguments->ood, false);
    addComparisonOptions(*command, *arguments);
    addExtractionOptions(*command, arguments->inputs.extraction);
    command->callback([arguments, &context] {
        context.run = [arguments, &context] { return compare(*arguments, context.job(), context.quiet); };
    });
}

}  // namespace dicescope::cli
