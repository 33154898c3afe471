#include "app/cli/commands.h"
#include "app/terminal/terminal_progress.h"
#include "core/images/preprocess.h"

namespace dicescope::cli {
namespace {

std::string presetHelp() {
    std::string names;
    for (const std::string& name : preprocessPresetNames()) names += (names.empty() ? "" : ", ") + name;
    return "Preprocessing: " + names + ", or a JSON file of your own (docs/preprocess.md)";
}

}  // namespace

Job Context::job() const {
    return {stop, terminal::terminalProgress(quiet)};
}

CLI::Option* addSessionOption(CLI::App& command, std::function<void(const Session&)> apply, Status& status) {
    return command.add_option_function<std::string>(
        "--session",
        [apply = std::move(apply), &status](const std::string& path) {
            const auto session = readSession(path);
            status = session ? Status{} : forwardError(session);
            if (session) apply(*session);
        },
        "Session file (docs/session.md): inputs and choices, which other options override");
}

void addModelOptions(CLI::App& command, InputsConfig& config) {
    command.add_option("--model", config.model,
                       "TorchScript classifier (resources/export_model.py makes one)");
    command.add_option("--head", config.head,
                       "Name of the linear layer to use as the head, where several are possible");
    command.add_option("--preset", config.preprocess, presetHelp());
}

void addHeadFileOptions(CLI::App& command, InputsConfig& config) {
    command.add_option("--weight", config.weight, "Head's weight in place of a model: .npy, C x D");
    command.add_option("--bias", config.bias, "Head's bias: .npy with C values; zeros where not given");
}

void addExtractionOptions(CLI::App& command, ExtractionSettings& settings) {
    command.add_option("--device", settings.device, "auto, cpu or cuda:N")->capture_default_str();
    command.add_option("--threads", settings.threads, "CPU threads; 0: all processors")
        ->capture_default_str();
    command
        .add_option("--batch-size", settings.batchSize,
                    "Images a forward pass; 0: measured once and remembered")
        ->check(CLI::Range(0, 4096))
        ->capture_default_str();
    auto* cache =
        command.add_option("--cache", settings.cache,
                           "Folder of the cache of features and fits (default: $XDG_CACHE_HOME/dicescope or "
                           "~/.cache/dicescope)");
    command
        .add_flag_callback(
            "--no-cache", [&settings] { settings.useCache = false; },
            "Keep features and what is fitted on them only during the run; an interrupted run then starts "
            "from the beginning")
        ->excludes(cache);
    command.add_flag("--reread", settings.rereadFiles,
                     "Read and hash every image file again instead of trusting unchanged file times");
}

void addSetOptions(CLI::App& command, InputsConfig& config, std::vector<std::string>& ood, bool filesOnly) {
    const std::string what = filesOnly ? "feature file" : "folder of images or feature file";
    command.add_option("--id-train", config.idTrain, "ID training images, for the mean feature: " + what);
    command.add_option("--feature-mean", config.featureMean,
                       "Mean feature over ID training images: .npy with D values");
    command.add_option("--id", config.id, "ID test images: " + what)->required(filesOnly);
    command.add_option("--ood", ood, "OOD images as NAME=PATH, any number of times: " + what)
        ->required(filesOnly)
        ->expected(1, -1);
    command.add_option("--classes", config.classes,
                       "Text file with one class name a line, in the order of the logits");
}

Result<std::vector<NamedSource>> parseSources(const std::vector<std::string>& texts) {
    std::vector<NamedSource> sources;
    for (const std::string& text : texts) {
        const auto equals = text.find('=');
        if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) {
            return fail(ErrorCode::InvalidArgument,
                        "'" + text + "' is not of the form NAME=PATH; write e.g. dtd=images/dtd.");
        }
        sources.push_back({text.substr(0, equals), text.substr(equals + 1)});
    }
    return sources;
}

}  // namespace dicescope::cli
