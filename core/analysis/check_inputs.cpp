#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "core/analysis/inputs.h"

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

/// Whether results use the name for something else.
bool isTaken(std::string_view name) {
    constexpr std::string_view kTaken[] = {"average", "average-near", "average-far", "id", "id-train"};
    return name == kNoiseSetName || std::ranges::find(kTaken, name) != std::end(kTaken);
}

Status checkSetNames(const InputsConfig& config) {
    std::set<std::string> names;
    for (const auto* sources : {&config.ood, &config.validation}) {
        for (const NamedSource& source : *sources) {
            if (source.name.empty()) {
                return fail(ErrorCode::InvalidArgument,
                            "The OOD set '" + source.path.string() + "' has no name; write NAME=FOLDER.");
            }
            if (isTaken(source.name)) {
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

}  // namespace

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

}  // namespace dicescope
