#include <algorithm>
#include <iostream>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>

#include "app/cli/commands.h"
#include "core/analysis/comparison.h"
#include "core/analysis/model_scorer.h"
#include "core/base/file.h"
#include "core/report/comparison_report.h"
#include "core/report/published_comparison.h"
#include "core/report/text.h"
#include "core/session/benchmark.h"
#include "core/session/comparison_defaults.h"

namespace dicescope::cli {
namespace {

struct CompareArguments {
    Status session;
    std::optional<Session> choices;  ///< of --session
    std::string benchmark;
    InputsConfig inputs;
    std::vector<std::string> ood;
    std::optional<std::string> detectors;  ///< absent: those of the session, else all
    std::optional<std::string> baseline;   ///< absent: that of the session, else the usual one
    ComparisonOptions options;
    bool list = false;
    std::filesystem::path out;
};

void takeSession(CompareArguments& arguments, const Session& session) {
    const ComparisonDefaults defaults = withChoices(comparisonDefaults(session), session.comparison);
    arguments.choices = session;
    if (findBenchmark(session.benchmark)) arguments.benchmark = session.benchmark;
    arguments.inputs = session.inputs;
    arguments.options.tprLevel = defaults.tprLevel;
    arguments.options.bootstrap = defaults.resamples;
    arguments.options.seed = defaults.seed;
}

/// Null where no benchmark is asked for. Errors: InvalidArgument.
Result<const BenchmarkPreset*> presetOf(const CompareArguments& arguments) {
    if (arguments.benchmark.empty()) return nullptr;
    return findBenchmark(arguments.benchmark);
}

/// Of the session, or of the benchmark alone. Groups that were made for another benchmark than is asked for
/// are none of it.
ComparisonDefaults defaultsOf(const CompareArguments& arguments, const BenchmarkPreset* preset) {
    Session session = arguments.choices.value_or(defaultSession());
    if (!arguments.benchmark.empty() && session.benchmark != arguments.benchmark)
        session.comparison.groups.reset();
    session.benchmark = arguments.benchmark;
    if (!arguments.choices && preset != nullptr) session.p = preset->p;
    return withChoices(comparisonDefaults(session), session.comparison);
}

std::vector<std::string> oodNames(const CompareArguments& arguments) {
    std::vector<std::string> names;
    for (const NamedSource& source : arguments.inputs.ood) names.push_back(source.name);
    return names;
}

/// A group that was not named is the session's or the benchmark's, of the sets that are compared and not in
/// the other group.
void takeGroups(ComparisonOptions& options, const ComparisonDefaults& defaults,
                const std::vector<std::string>& names) {
    const auto take = [&](std::vector<std::string>& group, const std::vector<std::string>& offered,
                          const std::vector<std::string>& other) {
        if (!group.empty()) return;
        std::ranges::copy_if(offered, std::back_inserter(group), [&](const std::string& name) {
            return std::ranges::find(names, name) != names.end() &&
                   std::ranges::find(other, name) == other.end();
        });
    };
    take(options.nearSets, defaults.nearSets, options.farSets);
    take(options.farSets, defaults.farSets, options.nearSets);
}

Result<std::vector<DetectorSpec>> detectorsOf(const CompareArguments& arguments,
                                              const ComparisonDefaults& defaults) {
    if (arguments.detectors) return parseDetectorList(*arguments.detectors, defaults);
    if (!arguments.choices || !arguments.choices->comparison.detectors)
        return parseDetectorList("all", defaults);
    std::vector<DetectorSpec> detectors;
    for (const std::string& text : arguments.choices->comparison.detectors->checked) {
        auto spec = parseDetectorSpec(text, detectorDefaults(defaults));
        if (!spec) return forwardError(spec);
        if (std::ranges::find(detectors, *spec) == detectors.end()) detectors.push_back(std::move(*spec));
    }
    return detectors;
}

/// One that was asked for joins the detectors; that of the session or the usual one must be among them.
Result<std::optional<DetectorSpec>> baselineOf(const CompareArguments& arguments,
                                               const ComparisonDefaults& defaults,
                                               std::vector<DetectorSpec>& detectors) {
    const DetectorValues values = detectorDefaults(defaults);
    const auto isListed = [&](const DetectorSpec& spec) {
        return std::ranges::find(detectors, spec) != detectors.end();
    };
    if (arguments.baseline) {
        const auto asked = parseDetectorSpec(*arguments.baseline, values);
        if (!asked) return forwardError(asked);
        if (!isListed(*asked)) detectors.push_back(*asked);
        return *asked;
    }
    const std::string usual(kUsualBaseline);
    const std::string chosen =
        arguments.choices ? arguments.choices->comparison.baseline.value_or(usual) : usual;
    if (chosen.empty()) return std::nullopt;
    for (const std::string& text : {chosen, usual}) {
        const auto spec = parseDetectorSpec(text, values);
        if (!spec) return forwardError(spec);
        if (isListed(*spec)) return *spec;
    }
    return std::nullopt;
}

Status readDetectors(CompareArguments& arguments, const ComparisonDefaults& defaults) {
    auto detectors = detectorsOf(arguments, defaults);
    if (!detectors) return forwardError(detectors);
    const auto baseline = baselineOf(arguments, defaults, *detectors);
    if (!baseline) return forwardError(baseline);
    arguments.options.detectors = std::move(*detectors);
    arguments.options.baseline = *baseline;
    return {};
}

/// Turns the texts of the command line into options and checks them, before anything is read. Errors:
/// InvalidArgument.
Status read(CompareArguments& arguments, const BenchmarkPreset* preset) {
    if (!arguments.ood.empty()) {
        auto sources = parseSources(arguments.ood);
        if (!sources) return forwardError(sources);
        arguments.inputs.ood = std::move(*sources);
    }
    const ComparisonDefaults defaults = defaultsOf(arguments, preset);
    if (auto status = readDetectors(arguments, defaults); !status) return status;
    takeGroups(arguments.options, defaults, oodNames(arguments));
    arguments.options.threads = arguments.inputs.extraction.threads;
    arguments.inputs.extraction.scratch = arguments.out;
    if (auto status = checkInputs(arguments.inputs); !status) return status;
    return checkComparisonOptions(oodNames(arguments), arguments.options);
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

Status show(const std::filesystem::path& out, const AnalysisInputs& inputs, const Comparison& comparison,
            const BenchmarkPreset* preset) {
    std::cout << comparisonTable(comparison);
    if (preset != nullptr) std::cout << '\n' << publishedTable(inputs, comparison, *preset);
    for (const std::string& note : inputs.notes) std::cout << "Note: " << note << '\n';
    if (out.empty()) return {};
    const auto names = writeComparison(out, inputs, comparison, preset);
    if (!names) return forwardError(names);
    std::cout << "Written into " << out.string() << ":";
    for (const std::string& name : *names) std::cout << ' ' << name;
    std::cout << '\n';
    return {};
}

/// Compares and shows the result, or, where it is interrupted, what was done by then.
Status compareAndShow(const CompareArguments& arguments, const std::shared_ptr<const AnalysisInputs>& inputs,
                      const BenchmarkPreset* preset, const Job& job) {
    const auto training = trainingDataOf(inputs, fitFolderOf(arguments.inputs.extraction));
    if (!training) return forwardError(training);
    std::vector<std::optional<ComparedDetector>> done(arguments.options.detectors.size());
    const auto keep = [&done](std::size_t index, const ComparedDetector& detector) {
        done[index] = detector;
    };
    const auto comparison = compareDetectors(*inputs, *training, arguments.options, job, keep);
    if (comparison) return show(arguments.out, *inputs, *comparison, preset);
    const bool any = std::ranges::any_of(done, [](const auto& detector) { return detector.has_value(); });
    if (comparison.error().code == ErrorCode::Cancelled && any) {
        const Comparison partial = partialComparison(*inputs, arguments.options, done);
        if (auto status = show(arguments.out, *inputs, partial, preset); !status) return status;
    }
    return forwardError(comparison);
}

Status compare(CompareArguments arguments, const Job& job, bool quiet) {
    if (arguments.list) {
        std::cout << detectorList();
        return {};
    }
    if (!arguments.session) return arguments.session;
    const auto preset = presetOf(arguments);
    if (!preset) return forwardError(preset);
    if (auto status = read(arguments, *preset); !status) return status;
    if (!arguments.out.empty()) {
        if (auto status = ensureWritableFolder(arguments.out); !status) return status;
    }
    auto loaded = loadInputs(arguments.inputs, job);
    if (!loaded) return forwardError(loaded);
    const auto inputs = std::make_shared<const AnalysisInputs>(std::move(*loaded));
    if (!quiet) foretell(*inputs, arguments.options);
    const ExtractionSettings& extraction = arguments.inputs.extraction;
    arguments.options.modelScorer = modelScorer(inputs, {extraction.threads, extraction.batchSize});
    return compareAndShow(arguments, inputs, *preset, job);
}

void addGroupOptions(CLI::App& command, CompareArguments& arguments) {
    command
        .add_option(
            "--near", arguments.options.nearSets,
            "OOD sets with an average of their own: A,B (default: those of the session, else those of the "
            "benchmark)")
        ->delimiter(',');
    command.add_option("--far", arguments.options.farSets, "The same for sets that are farther away: C,D")
        ->delimiter(',');
    command.add_option("--benchmark", arguments.benchmark,
                       "Lay the published numbers of this benchmark beside (see the command benchmark), with "
                       "its groups, and its p where no session has one");
}

void addComparisonOptions(CLI::App& command, CompareArguments& arguments) {
    command
        .add_option("--detectors", arguments.detectors,
                    "all (but odin, which runs the model on the images), or a list as "
                    "energy,dice:p=70,knn:k=10:normalise=off,vra:as=pytorch-ood "
                    "(docs/detectors.md; --list names them); default: those that the session has chosen, "
                    "else all")
        ->default_str("all");
    command
        .add_option("--baseline", arguments.baseline,
                    "Detector that the others are tested against; default: that of the session, else energy")
        ->default_str(std::string(kUsualBaseline));
    addGroupOptions(command, arguments);
    command
        .add_option("--bootstrap", arguments.options.bootstrap,
                    "Resamples for 95 % intervals and differences; 0: none")
        ->capture_default_str();
    command.add_option("--seed", arguments.options.seed, "Of the resamples")->capture_default_str();
    command
        .add_option("--tpr", arguments.options.tprLevel, "Share of ID images to accept, of which FPR speaks")
        ->capture_default_str();
    command.add_option("--out", arguments.out,
                       "Folder for comparison.json, comparison.csv, comparison.tex and comparison.md "
                       "(comparison-partial.* of what was done when interrupted)");
    command.add_flag("--list", arguments.list,
                     "Name every detector with its settings and its paper, and end");
}

}  // namespace

void addCompare(CLI::App& app, Context& context) {
    auto arguments = std::make_shared<CompareArguments>();
    auto* command = app.add_subcommand("compare", "Every detector side by side; folders or feature files");
    addSessionOption(
        *command, [arguments](const Session& session) { takeSession(*arguments, session); },
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
