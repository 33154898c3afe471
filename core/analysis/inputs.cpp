#include "core/analysis/inputs.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/analysis/set_reader.h"
#include "core/extraction/noise_features.h"
#include "core/features/feature_file.h"
#include "core/features/feature_mean.h"
#include "core/features/npy.h"

namespace dicescope {
namespace {

namespace fs = std::filesystem;

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

/// The error with the name of the set that it concerns in its sentence.
tl::unexpected<Error> naming(const std::string& set, const Error& error) {
    const bool isNamed = error.message.find("'" + set + "'") != std::string::npos;
    if (error.code == ErrorCode::Cancelled || isNamed) return fail(error.code, error.message);
    return fail(error.code, "The set '" + set + "' cannot be used: " + error.message);
}

/// Loads what the config names, step by step, into one AnalysisInputs.
class Loader {
  public:
    Loader(const InputsConfig& config, const Job& job, const LoadObserver& observer)
        : config_(config), job_(job), observer_(observer) {}

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
        if (observer_.modelLoaded) observer_.modelLoaded(*inputs_.model);
        return {};
    }

    Status readSets() {
        SetReader reader(config_.extraction, classifier_ ? &*classifier_ : nullptr, inputs_);
        if (!config_.idTrain.empty()) {
            auto set = readSet(reader, {"id-train", config_.idTrain}, SetRole::IdTrain);
            if (!set) return forwardError(set);
            inputs_.idTrain = std::move(*set);
        }
        auto id = readSet(reader, {"id", config_.id}, SetRole::Id);
        if (!id) return forwardError(id);
        inputs_.id = std::move(*id);
        if (auto status = readOod(reader, config_.ood, SetRole::Ood, inputs_.ood); !status) return status;
        if (auto status = readOod(reader, config_.validation, SetRole::Validation, inputs_.validation);
            !status)
            return status;
        if (auto status = makeNoise(); !status) return status;
        if (inputs_.idTrain) return checkComparable(*inputs_.id.features, *inputs_.idTrain->features);
        return {};
    }

    Result<InputSet> readSet(SetReader& reader, const NamedSource& source, SetRole role) {
        if (job_.stopRequested()) return cancelled();
        if (observer_.setStarted) observer_.setStarted(role, source.name);
        auto set = reader.read(source, role, job_);
        if (!set) return forwardError(set);
        // Before a set is told as ready; there is nothing to compare the first ones with.
        if (inputs_.id.features) {
            if (auto status = checkComparable(*inputs_.id.features, *set->features); !status)
                return forwardError(status);
        }
        if (observer_.setReady) observer_.setReady(*set);
        return set;
    }

    Status readOod(SetReader& reader, const std::vector<NamedSource>& sources, SetRole role,
                   std::vector<InputSet>& sets) {
        for (const NamedSource& source : sources) {
            auto set = readSet(reader, source, role);
            if (!set) return naming(source.name, set.error());
            sets.push_back(std::move(*set));
        }
        return {};
    }

    Status makeNoise() {
        if (config_.noiseImages == 0) return {};
        const std::string noiseName(kNoiseSetName);
        if (observer_.setStarted) observer_.setStarted(SetRole::Validation, noiseName);
        auto noise = gaussianNoiseFeatures(*classifier_, *inputs_.preprocess, config_.noiseImages,
                                           config_.extraction.threads, job_);
        if (!noise) return forwardError(noise);
        inputs_.validation.push_back({noiseName, SetRole::Validation, {}, std::move(*noise), {}});
        if (observer_.setReady) observer_.setReady(inputs_.validation.back());
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
    const LoadObserver& observer_;
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

Result<AnalysisInputs> loadInputs(const InputsConfig& config, const Job& job, const LoadObserver& observer) {
    if (auto status = checkInputs(config); !status) return forwardError(status);
    return Loader(config, job, observer).load();
}

bool sameData(const AnalysisInputs& first, const AnalysisInputs& second) {
    const auto sameValues = [](auto a, auto b) { return std::ranges::equal(a.flat(), b.flat()); };
    const auto sameSet = [&](const InputSet& a, const InputSet& b) {
        if (a.name != b.name || a.role != b.role || a.labels != b.labels) return false;
        if (a.features == b.features) return true;
        return !a.features->hashes.empty() && a.features->hashes == b.features->hashes &&
               a.features->paths == b.features->paths && a.features->provenance == b.features->provenance;
    };
    const auto sameSets = [&](const std::vector<InputSet>& a, const std::vector<InputSet>& b) {
        return std::ranges::equal(a, b, sameSet);
    };
    const auto pathOf = [](const AnalysisInputs& inputs) {
        return inputs.model ? inputs.model->path : std::filesystem::path();
    };
    if (pathOf(first) != pathOf(second) || first.preprocess != second.preprocess) return false;
    if (first.idTrain.has_value() != second.idTrain.has_value()) return false;
    return first.featureMean == second.featureMean && first.head.bias == second.head.bias &&
           sameValues(first.head.weight.view(), second.head.weight.view()) &&
           (!first.idTrain || sameSet(*first.idTrain, *second.idTrain)) && sameSet(first.id, second.id) &&
           sameSets(first.ood, second.ood) && sameSets(first.validation, second.validation);
}

}  // namespace dicescope
