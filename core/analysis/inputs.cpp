#include "core/analysis/inputs.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "core/analysis/set_reader.h"
#include "core/extraction/noise_features.h"
#include "core/features/feature_file.h"
#include "core/features/feature_mean.h"
#include "core/features/npy.h"

namespace dicescope {
namespace {

namespace fs = std::filesystem;

bool needsImages(const InputsConfig& config) {
    const auto isFolder = [](const fs::path& path) { return !path.empty() && fs::is_directory(path); };
    const auto isSourceFolder = [&](const NamedSource& source) { return isFolder(source.path); };
    return isFolder(config.idTrain) || isFolder(config.id) ||
           std::ranges::any_of(config.ood, isSourceFolder) ||
           std::ranges::any_of(config.validation, isSourceFolder);
}

Status checkExists(const fs::path& path, std::string_view what) {
    if (path.empty() || fs::exists(path)) return {};
    return fail(ErrorCode::NotFound,
                "There is no " + std::string(what) + " '" + path.string() + "'; check the path.");
}

Status checkSetNames(const InputsConfig& config) {
    std::set<std::string> names;
    for (const auto* sources : {&config.ood, &config.validation}) {
        for (const NamedSource& source : *sources) {
            if (source.name.empty()) {
                return fail(ErrorCode::InvalidArgument,
                            "The OOD set '" + source.path.string() + "' has no name; write NAME=FOLDER.");
            }
            if (source.name == "average" || source.name == "id" || source.name == "id-train" ||
                source.name == kNoiseSetName) {
                return fail(ErrorCode::InvalidArgument, "An OOD set cannot be called '" + source.name +
                                                            "', which results use; choose another name.");
            }
            if (!names.insert(source.name).second) {
                return fail(ErrorCode::InvalidArgument,
                            "Two OOD sets are called '" + source.name + "'; give each a name of its own.");
            }
        }
    }
    return {};
}

Result<Matrix<float>> readFloats(const fs::path& path) {
    const auto array = readNpy(path);
    if (!array) return forwardError(array);
    std::vector<float> values(array->values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        values[i] = static_cast<float>(array->values[i]);
        if (!std::isfinite(values[i])) {
            return fail(ErrorCode::Corrupt,
                        "'" + path.string() + "' holds a value that is not a finite number.");
        }
    }
    return Matrix<float>(array->rows(), array->cols(), std::move(values));
}

Result<Head> readHead(const InputsConfig& config) {
    auto weight = readFloats(config.weight);
    if (!weight) return forwardError(weight);
    Head head;
    head.weight = std::move(*weight);
    head.bias.assign(head.classes(), 0.0F);
    if (!config.bias.empty()) {
        const auto bias = readFloats(config.bias);
        if (!bias) return forwardError(bias);
        if (bias->size() != head.classes()) {
            return fail(ErrorCode::Mismatch, "'" + config.bias.string() + "' has " +
                                                 std::to_string(bias->size()) + " values and the weight " +
                                                 std::to_string(head.classes()) +
                                                 " classes; give the bias of the same head.");
        }
        head.bias.assign(bias->data(), bias->data() + bias->size());
    }
    return head;
}

Head headOf(const Classifier& classifier) {
    const auto weight = classifier.weight();
    Head head;
    head.weight = Matrix<float>(weight.rows, weight.cols,
                                std::vector<float>(weight.flat().begin(), weight.flat().end()));
    head.bias = classifier.bias();
    return head;
}

Result<std::vector<double>> readMean(const fs::path& path, std::size_t features) {
    const auto array = readNpy(path);
    if (!array) return forwardError(array);
    if (array->values.size() != features) {
        return fail(ErrorCode::Mismatch, "The feature mean '" + path.string() + "' has " +
                                             std::to_string(array->values.size()) + " values and the model " +
                                             std::to_string(features) +
                                             " features; give the mean of this model.");
    }
    for (const double value : array->values) {
        if (!std::isfinite(value)) {
            return fail(ErrorCode::Corrupt, "The feature mean '" + path.string() +
                                                "' holds a value that is not a finite number.");
        }
    }
    return array->values;
}

/// The preprocessing that a feature file was made with.
Result<Preprocess> preprocessOfFile(const fs::path& path) {
    const auto set = readFeatureFile(path);
    if (!set) return forwardError(set);
    if (const auto& json = (*set)->provenance.preprocess; !json.empty()) return parsePreprocess(json);
    return fail(
        ErrorCode::InvalidArgument,
        "'" + path.string() + "' does not say how its images were preprocessed; name it with --preset.");
}

/// Loads what the config names, step by step, into one AnalysisInputs.
class Loader {
  public:
    Loader(const InputsConfig& config, const Job& job) : config_(config), job_(job) {}

    Result<AnalysisInputs> load() {
        for (const auto step : {&Loader::loadPreprocessing, &Loader::loadHead, &Loader::readSets,
                                &Loader::fitMean, &Loader::nameClasses}) {
            if (auto status = (this->*step)(); !status) return forwardError(status);
            if (job_.stopRequested()) return cancelled();
        }
        return std::move(inputs_);
    }

  private:
    Status loadPreprocessing() {
        if (config_.preprocess.empty() && config_.model.empty()) return {};
        auto preprocess =
            config_.preprocess.empty() ? preprocessOfFile(config_.id) : loadPreprocess(config_.preprocess);
        if (!preprocess) return forwardError(preprocess);
        inputs_.preprocess = std::move(*preprocess);
        return {};
    }

    Status loadHead() {
        if (config_.model.empty()) {
            auto head = readHead(config_);
            if (!head) return forwardError(head);
            inputs_.head = std::move(*head);
            return {};
        }
        ClassifierOptions options;
        options.head = config_.head;
        options.device = config_.extraction.device;
        if (inputs_.preprocess) {
            options.channels = inputs_.preprocess->channels;
            options.height = inputs_.preprocess->cropHeight;
            options.width = inputs_.preprocess->cropWidth;
        }
        job_.report({"Loading the model", 0, 0, 0, -1});
        auto classifier = Classifier::load(config_.model, options, job_);
        if (!classifier) return forwardError(classifier);
        inputs_.model = classifier->info();
        inputs_.head = headOf(*classifier);
        if (!classifier->info().note.empty()) inputs_.notes.push_back(classifier->info().note);
        classifier_.emplace(std::move(*classifier));
        return {};
    }

    Status readSets() {
        SetReader reader(config_.extraction, classifier_ ? &*classifier_ : nullptr, inputs_);
        if (!config_.idTrain.empty()) {
            auto set = reader.read({"id-train", config_.idTrain}, SetRole::IdTrain, job_);
            if (!set) return forwardError(set);
            inputs_.idTrain = std::move(*set);
        }
        auto id = reader.read({"id", config_.id}, SetRole::Id, job_);
        if (!id) return forwardError(id);
        inputs_.id = std::move(*id);
        const auto readOod = [&](const std::vector<NamedSource>& sources, SetRole role,
                                 std::vector<InputSet>& sets) -> Status {
            for (const NamedSource& source : sources) {
                auto set = reader.read(source, role, job_);
                if (!set) return forwardError(set);
                if (auto status = checkComparable(*inputs_.id.features, *set->features); !status)
                    return status;
                sets.push_back(std::move(*set));
            }
            return {};
        };
        if (auto status = readOod(config_.ood, SetRole::Ood, inputs_.ood); !status) return status;
        if (auto status = readOod(config_.validation, SetRole::Validation, inputs_.validation); !status)
            return status;
        if (config_.noiseImages > 0) {
            auto noise = gaussianNoiseFeatures(*classifier_, *inputs_.preprocess, config_.noiseImages,
                                               config_.extraction.threads, job_);
            if (!noise) return forwardError(noise);
            inputs_.validation.push_back(
                {std::string(kNoiseSetName), SetRole::Validation, {}, std::move(*noise), {}});
        }
        if (inputs_.idTrain) return checkComparable(*inputs_.id.features, *inputs_.idTrain->features);
        return {};
    }

    Status fitMean() {
        if (!config_.featureMean.empty()) {
            auto mean = readMean(config_.featureMean, inputs_.head.features());
            if (!mean) return forwardError(mean);
            inputs_.featureMean = std::move(*mean);
            inputs_.featureMeanSource = config_.featureMean.string();
            return {};
        }
        auto mean = featureMean(inputs_.idTrain->features->features);
        if (!mean) return forwardError(mean);
        if (mean->nonFiniteRows > 0) {
            inputs_.notes.push_back(
                std::to_string(mean->nonFiniteRows) +
                " training images have features that are not finite; the mean leaves them out.");
        }
        inputs_.featureMean = std::move(mean->mean);
        inputs_.featureMeanSource = config_.idTrain.string();
        return {};
    }

    Status nameClasses() {
        const FeatureSet* train = inputs_.idTrain ? inputs_.idTrain->features.get() : nullptr;
        const std::size_t classCount = inputs_.head.classes();
        auto classes = resolveClassNames(config_.classes, classCount, train, *inputs_.id.features);
        if (!classes) return forwardError(classes);
        inputs_.classes = std::move(*classes);
        inputs_.id.labels = mapLabels(*inputs_.id.features, inputs_.classes, classCount);
        if (inputs_.idTrain)
            inputs_.idTrain->labels = mapLabels(*inputs_.idTrain->features, inputs_.classes, classCount);
        // torchvision's ImageFolder numbers classes in the order of bytes, where "10" comes before "2".
        const auto& names = inputs_.classes;
        if (config_.classes.empty() && !names.empty() && !std::is_sorted(names.begin(), names.end())) {
            inputs_.notes.push_back(
                "Class folders are numbered in natural order (2 before 10); if the model was trained with "
                "torchvision's "
                "ImageFolder, whose order differs here, name the classes with --classes.");
        }
        return {};
    }

    const InputsConfig& config_;
    const Job& job_;
    AnalysisInputs inputs_;
    std::optional<Classifier> classifier_;
};

}  // namespace

std::string_view name(SetRole role) {
    switch (role) {
        case SetRole::IdTrain:
            return "id-train";
        case SetRole::Id:
            return "id";
        case SetRole::Ood:
            return "ood";
        case SetRole::Validation:
            return "validation";
    }
    return "";
}

Status checkInputs(const InputsConfig& config) {
    if (config.model.empty() == config.weight.empty()) {
        return fail(ErrorCode::InvalidArgument,
                    "Name either a model or a head's weight (.npy), and not both.");
    }
    if (config.idTrain.empty() && config.featureMean.empty()) {
        return fail(ErrorCode::InvalidArgument,
                    "The mean feature is missing; give the ID training images (--id-train) or their mean "
                    "(--feature-mean).");
    }
    if (config.id.empty())
        return fail(ErrorCode::InvalidArgument, "The ID images are missing; give them with --id.");
    if (config.ood.empty()) {
        return fail(ErrorCode::InvalidArgument,
                    "There is no OOD set; give at least one with --ood NAME=FOLDER.");
    }
    if (auto status = checkSetNames(config); !status) return status;

    for (const auto& [path, what] : std::initializer_list<std::pair<const fs::path&, std::string_view>>{
             {config.model, "model"},
             {config.weight, "weight"},
             {config.bias, "bias"},
             {config.idTrain, "ID training set"},
             {config.featureMean, "feature mean"},
             {config.id, "ID set"},
             {config.classes, "class list"}}) {
        if (auto status = checkExists(path, what); !status) return status;
    }
    for (const auto* sources : {&config.ood, &config.validation}) {
        for (const NamedSource& source : *sources) {
            if (auto status = checkExists(source.path, "OOD set"); !status) return status;
        }
    }
    if (config.noiseImages > 0 && config.model.empty()) {
        return fail(ErrorCode::InvalidArgument,
                    "Gaussian noise images have to pass through the model; give it with --model, or choose "
                    "another set.");
    }
    if (needsImages(config) && (config.model.empty() || config.preprocess.empty())) {
        return fail(ErrorCode::InvalidArgument,
                    "Folders of images need a model and its preprocessing (--model and --preset).");
    }
    return {};
}

Result<AnalysisInputs> loadInputs(const InputsConfig& config, const Job& job) {
    if (auto status = checkInputs(config); !status) return forwardError(status);
    return Loader(config, job).load();
}

}  // namespace dicescope
