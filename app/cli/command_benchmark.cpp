#include <iostream>
#include <memory>

#include "app/cli/commands.h"
#include "core/report/text.h"
#include "core/session/benchmark.h"

namespace dicescope::cli {
namespace {

namespace fs = std::filesystem;

struct BenchmarkArguments {
    std::string name;
    fs::path root;
    fs::path model;
    std::optional<float> reactClip;
    fs::path session;
};

std::string counted(std::int64_t difference) {
    if (difference == 0) return "as expected";
    const std::string count = std::to_string(difference < 0 ? -difference : difference);
    return count + (difference < 0 ? " too few" : " too many");
}

void list() {
    for (const BenchmarkPreset& preset : benchmarkPresets()) {
        std::cout << padRight(preset.name, 12) << preset.title << ": " << preset.model.description
                  << "; p=" << exactDecimal(preset.p) << ", " << preset.sets.size() - 2 << " OOD sets\n";
    }
    std::cout << "Layouts and sources: docs/benchmarks.md\n";
}

void describeElsewhere(const BenchmarkPreset& preset) {
    std::string source;
    for (const PublishedElsewhere& other : preset.elsewhere) {
        if (other.source != source) std::cout << "Elsewhere: " << other.source << '\n';
        source = other.source;
        std::cout << "  " << padRight(other.method, 10) << other.model
                  << (other.group == BenchmarkGroup::Near  ? ", near OOD"
                      : other.group == BenchmarkGroup::Far ? ", far OOD"
                                                           : "")
                  << ": AUROC " << percent(other.auroc) << " %\n";
    }
}

void describeSets(const BenchmarkPreset& preset, const LocatedBenchmark* found) {
    for (std::size_t i = 0; i < preset.sets.size(); ++i) {
        const BenchmarkSet& set = preset.sets[i];
        std::cout << "  " << padRight(name(set.role), 10) << padRight(set.name, 18)
                  << padLeft(std::to_string(set.images), 9) << " images";
        if (found == nullptr) {
            std::cout << (set.note.empty() ? "" : "  " + set.note) << '\n';
            continue;
        }
        const LocatedSet& at = found->sets[i];
        if (at.found()) {
            std::cout << "  " << at.folder.string() << ": " << at.images << ", "
                      << counted(difference(set, at)) << '\n';
            continue;
        }
        std::cout << "  MISSING; put it into one of";
        for (const std::string& folder : set.folders) std::cout << ' ' << folder;
        std::cout << (at.problem.empty() ? "" : " (" + at.problem + ")") << '\n';
    }
}

/// The index of the clip among those of the preset. Errors: InvalidArgument.
Result<std::optional<std::size_t>> reactOf(const BenchmarkPreset& preset, std::optional<float> clip) {
    if (!clip) return std::nullopt;
    std::string known;
    for (std::size_t i = 0; i < preset.react.size(); ++i) {
        if (preset.react[i].clip == *clip) return i;
        known += (known.empty() ? "" : ", ") + exactDecimal(preset.react[i].clip);
    }
    return fail(ErrorCode::InvalidArgument,
                "The benchmark " + preset.name + " was not run with a clip of " + exactDecimal(*clip) + "; " +
                    (known.empty() ? "leave --react away" : "its clips are " + known) + ".");
}

Status benchmark(const BenchmarkArguments& arguments, const Job& job) {
    if (arguments.name.empty()) {
        list();
        return {};
    }
    const auto preset = findBenchmark(arguments.name);
    if (!preset) return forwardError(preset);
    const auto react = reactOf(**preset, arguments.reactClip);
    if (!react) return forwardError(react);
    std::cout << (*preset)->title << ": " << (*preset)->model.description
              << ", C=" << (*preset)->model.classes << ", D=" << (*preset)->model.features
              << "; preprocessing " << (*preset)->preprocess << "; p=" << exactDecimal((*preset)->p) << '\n';
    if (arguments.root.empty()) {
        describeSets(**preset, nullptr);
        describeElsewhere(**preset);
        return {};
    }
    const auto found = locateBenchmark(**preset, arguments.root, job);
    if (!found) return forwardError(found);
    describeSets(**preset, &*found);
    describeElsewhere(**preset);
    if (arguments.session.empty()) return {};
    const Session session = benchmarkSession(**preset, *found, arguments.model, *react);
    if (auto written = writeSession(arguments.session, session); !written) return written;
    std::cout << "Written: " << arguments.session.string() << '\n';
    if (const auto ready = checkInputs(session.inputs); !ready)
        std::cout << "Not yet ready to run: " << ready.error().message << '\n';
    return {};
}

}  // namespace

void addBenchmark(CLI::App& app, Context& context) {
    auto arguments = std::make_shared<BenchmarkArguments>();
    auto* command = app.add_subcommand(
        "benchmark",
        "Published benchmarks: what there are, what of one is on disk, and a session that runs it");
    command->add_option("name", arguments->name, "Of the benchmark; lists them where not given");
    command->add_option("--root", arguments->root, "Folder that its sets lie in (docs/benchmarks.md)");
    auto* session = command->add_option("--session", arguments->session,
                                        "Write a session file for analyze, sweep, export and the window");
    session->needs("--root");
    command->add_option("--model", arguments->model, "TorchScript classifier for the session")
        ->needs(session);
    command->add_option("--react", arguments->reactClip, "A ReAct clip of the authors, and their p with it")
        ->needs(session);
    command->callback([arguments, &context] {
        context.run = [arguments, &context] { return benchmark(*arguments, context.job()); };
    });
}

}  // namespace dicescope::cli
