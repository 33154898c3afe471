#include <algorithm>
#include <sstream>
#include <unordered_map>

#include "core/analysis/inputs.h"
#include "core/base/file.h"

namespace dicescope {
namespace {

Result<std::vector<std::string>> readNames(const std::filesystem::path& file) {
    constexpr std::uint64_t kMaxBytes = std::uint64_t{16} << 20;
    const auto bytes = readFile(file, kMaxBytes);
    if (!bytes) return forwardError(bytes);
    std::istringstream text(std::string(reinterpret_cast<const char*>(bytes->data()), bytes->size()));
    std::vector<std::string> names;
    for (std::string line; std::getline(text, line);) {
        if (!line.empty() && line.back() == '\r') line.pop_back();
        names.push_back(line);
    }
    while (!names.empty() && names.back().empty()) names.pop_back();
    return names;
}

}  // namespace

Result<std::vector<std::string>> resolveClassNames(const std::filesystem::path& file, std::size_t classCount,
                                                   const FeatureSet* idTrain, const FeatureSet& id) {
    if (!file.empty()) {
        auto names = readNames(file);
        if (names && names->size() != classCount) {
            return fail(ErrorCode::Mismatch,
                        "'" + file.string() + "' has " + std::to_string(names->size()) +
                            " class names and the model " + std::to_string(classCount) +
                            " classes; give one name a line, in the order of the logits.");
        }
        return names;
    }
    if (idTrain != nullptr && idTrain->classes.size() == classCount) return idTrain->classes;
    if (id.classes.size() == classCount) return id.classes;
    return std::vector<std::string>{};
}

std::vector<int> mapLabels(const FeatureSet& set, const std::vector<std::string>& classes,
                           std::size_t classCount) {
    std::vector<int> labels;
    labels.reserve(set.labels.size());
    if (set.classes.empty()) {
        // Labels of a file made elsewhere have no names: they are indices of logits.
        for (const int label : set.labels)
            labels.push_back(label < static_cast<int>(classCount) ? label : -1);
        return labels;
    }
    if (classes.empty()) return {};
    std::unordered_map<std::string, int> indexOf;
    for (std::size_t c = 0; c < classes.size(); ++c) indexOf.emplace(classes[c], static_cast<int>(c));
    for (const int folder : set.labels) {
        const auto found =
            folder < 0 ? indexOf.end() : indexOf.find(set.classes[static_cast<std::size_t>(folder)]);
        labels.push_back(found == indexOf.end() ? -1 : found->second);
    }
    return labels;
}

}  // namespace dicescope
