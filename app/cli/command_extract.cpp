#include <iostream>
#include <memory>

#include "app/cli/commands.h"
#include "core/analysis/set_reader.h"
#include "core/base/file.h"
#include "core/features/feature_file.h"
#include "core/images/image_folder.h"

namespace dicescope::cli {
namespace {

struct ExtractArguments {
    InputsConfig inputs;
    std::filesystem::path images;
    std::filesystem::path out;
};

Result<Classifier> loadClassifier(const InputsConfig& config, const Preprocess& preprocess, const Job& job) {
    ClassifierOptions options;
    options.head = config.head;
    options.device = config.extraction.device;
    options.channels = preprocess.channels;
    options.height = preprocess.cropHeight;
    options.width = preprocess.cropWidth;
    return Classifier::load(config.model, options, job);
}

Status extract(const ExtractArguments& arguments, const Job& job) {
    const auto preprocess = loadPreprocess(arguments.inputs.preprocess);
    if (!preprocess) return forwardError(preprocess);
    const auto folder =
        arguments.out.has_parent_path() ? arguments.out.parent_path() : std::filesystem::path(".");
    if (auto status = ensureWritableFolder(folder); !status) return status;
    if (std::filesystem::is_directory(arguments.out)) {
        return fail(ErrorCode::InvalidArgument,
                    "'" + arguments.out.string() + "' is a folder; name a file to write.");
    }
    const auto classifier = loadClassifier(arguments.inputs, *preprocess, job);
    if (!classifier) return forwardError(classifier);
    ExtractionSettings settings = arguments.inputs.extraction;
    settings.scratch = folder;
    auto store = FeatureStore::open(settings, classifier->info(), *preprocess);
    if (!store) return forwardError(store);
    const NamedSource source{arguments.images.filename().string(), arguments.images};
    const auto set = store->extract(*classifier, *preprocess, source, settings, job);
    if (!set) return forwardError(set);
    if (auto status = writeFeatureFile(arguments.out, *set->features); !status) return status;

    const ExtractionCounts& counts = set->counts;
    std::cout << counts.images << " files: " << counts.decoded << " decoded, " << counts.fromCache
              << " from the cache, " << counts.skipped << " skipped\n";
    for (const SkippedFile& file : set->features->skipped) {
        std::cout << "  skipped " << file.path << ": " << file.reason << '\n';
    }
    std::cout << "Written: " << arguments.out.string() << " (" << set->features->features.rows << " x "
              << set->features->features.cols << " features)\n";
    return {};
}

/// The first preset whose input the model takes, where the user names none.
Result<Classifier> loadWithAnyPreset(const InputsConfig& config, const Job& job) {
    Result<Classifier> classifier = fail(ErrorCode::Mismatch, "No preset fits the model; name its --preset.");
    for (const std::string& name : preprocessPresetNames()) {
        const auto preprocess = loadPreprocess(name);
        if (!preprocess) return forwardError(preprocess);
        classifier = loadClassifier(config, *preprocess, job);
        if (classifier || classifier.error().code != ErrorCode::Mismatch) break;
    }
    return classifier;
}

Status info(const InputsConfig& config, const Job& job) {
    Result<Classifier> classifier = fail(ErrorCode::Internal, "");
    if (config.preprocess.empty()) {
        classifier = loadWithAnyPreset(config, job);
    } else {
        const auto preprocess = loadPreprocess(config.preprocess);
        if (!preprocess) return forwardError(preprocess);
        classifier = loadClassifier(config, *preprocess, job);
    }
    if (!classifier) return forwardError(classifier);
    std::cout << describe(classifier->info());
    return {};
}

}  // namespace

void addExtract(CLI::App& app, Context& context) {
    auto arguments = std::make_shared<ExtractArguments>();
    auto* command = app.add_subcommand(
        "extract", "Penultimate features and logits of a folder of images into a feature file");
    addModelOptions(*command, arguments->inputs);
    command->get_option("--model")->required();
    command->get_option("--preset")->required();
    command->add_option("--images", arguments->images, "Folder of images")->required();
    command->add_option("--out", arguments->out, "Feature file to write (safetensors, docs/feature-file.md)")
        ->required();
    addExtractionOptions(*command, arguments->inputs.extraction);
    command->callback([arguments, &context] {
        context.run = [arguments, &context] { return extract(*arguments, context.job()); };
    });
}

void addInfo(CLI::App& app, Context& context) {
    auto config = std::make_shared<InputsConfig>();
    auto* command =
        app.add_subcommand("info", "What is found in a model: head, sizes, check on a probe batch");
    command->add_option("model,--model", config->model, "TorchScript classifier")->required();
    command->add_option("--head", config->head, "Name of the linear layer to use as the head");
    command->add_option("--preset", config->preprocess,
                        "Preprocessing that tells the input's channels and size; tried out where not given");
    command->add_option("--device", config->extraction.device, "auto, cpu or cuda:N")->capture_default_str();
    command->callback(
        [config, &context] { context.run = [config, &context] { return info(*config, context.job()); }; });
}

}  // namespace dicescope::cli
