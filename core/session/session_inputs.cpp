#include <system_error>
#include <utility>

#include "core/session/portable_path.h"
#include "core/session/session.h"

namespace dicescope {
namespace {

namespace fs = std::filesystem;

bool isThere(const fs::path& path) {
    std::error_code ignored;
    return fs::exists(path, ignored);
}

/// Calls visit(what, path) for every path of the inputs that is not empty, in the order in which people meet
/// them. The preprocessing is one where it is no preset; what is done to the path is done to it.
template <class Visit>
void forEachPath(InputsConfig& inputs, Visit visit) {
    const auto named = [&](const std::string& what, fs::path& path) {
        if (!path.empty()) visit(what, path);
    };
    named("model", inputs.model);
    if (!isPreset(inputs.preprocess)) {
        fs::path preprocess = inputs.preprocess;
        named("preprocessing file", preprocess);
        inputs.preprocess = preprocess.string();
    }
    named("head's weight", inputs.weight);
    named("head's bias", inputs.bias);
    named("ID training set", inputs.idTrain);
    named("feature mean", inputs.featureMean);
    named("ID set", inputs.id);
    for (NamedSource& source : inputs.ood) named("OOD set '" + source.name + "'", source.path);
    for (NamedSource& source : inputs.validation) named("validation set '" + source.name + "'", source.path);
    named("class list", inputs.classes);
}

/// Where `path` would be if the folder around `missing` had become that around `found`; empty where both have
/// only the root in common.
fs::path followed(const fs::path& path, const fs::path& missing, const fs::path& found) {
    const fs::path relative = path.lexically_relative(missing);
    if (relative.empty() || foldersUp(relative) >= depth(missing)) return {};
    return plainPath(found / relative);
}

}  // namespace

std::vector<MissingInput> missingInputs(const InputsConfig& inputs) {
    std::vector<MissingInput> missing;
    InputsConfig copy = inputs;
    forEachPath(copy, [&](const std::string& what, const fs::path& path) {
        if (!isThere(path)) missing.push_back({what, path});
    });
    return missing;
}

std::size_t relocateInput(InputsConfig& inputs, const fs::path& missing, const fs::path& found) {
    const fs::path from = plainPath(missing);
    const fs::path to = plainPath(found);
    std::size_t replaced = 0;
    forEachPath(inputs, [&](const std::string&, fs::path& path) {
        const fs::path plain = plainPath(path);
        if (plain != from && isThere(plain)) return;
        const fs::path place = plain == from ? to : followed(plain, from, to);
        if (place.empty() || (plain != from && !isThere(place))) return;
        path = place;
        ++replaced;
    });
    return replaced;
}

}  // namespace dicescope
