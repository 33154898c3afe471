#include "app/gui/chosen_groups.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

namespace dicescope {
namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) {
    return std::ranges::find(names, name) != names.end();
}

bool isAmong(const std::vector<std::string>& names, const std::vector<std::string>& others) {
    return std::ranges::all_of(names, [&](const std::string& name) { return contains(others, name); });
}

std::vector<std::string> joined(std::vector<std::string> names, const std::vector<std::string>& more) {
    names.insert(names.end(), more.begin(), more.end());
    return names;
}

/// The defaults' groups, of the sets that are there.
OodGroups usualGroups(const AnalysisInputs& inputs, const ComparisonDefaults& defaults) {
    OodGroups usual;
    for (const InputSet& set : inputs.ood) {
        if (contains(defaults.nearSets, set.name)) {
            usual.nearSets.push_back(set.name);
        } else if (contains(defaults.farSets, set.name)) {
            usual.farSets.push_back(set.name);
        }
    }
    return usual;
}

/// What groups say of sets that are not there, for when they are back.
OodGroups absentOf(const AnalysisInputs& inputs, const OodGroups& groups) {
    const auto isAbsent = [&](const std::string& name) {
        return std::ranges::find(inputs.ood, name, &InputSet::name) == inputs.ood.end();
    };
    OodGroups absent;
    std::ranges::copy_if(groups.nearSets, std::back_inserter(absent.nearSets), isAbsent);
    std::ranges::copy_if(groups.farSets, std::back_inserter(absent.farSets), isAbsent);
    return absent;
}

}  // namespace

std::optional<OodGroups> chosenGroups(const AnalysisInputs& inputs, const OodGroups& shown,
                                      const std::optional<OodGroups>& before,
                                      const ComparisonDefaults& defaults) {
    const OodGroups absent = before ? absentOf(inputs, *before) : OodGroups();
    if (shown == usualGroups(inputs, defaults) && isAmong(absent.nearSets, defaults.nearSets) &&
        isAmong(absent.farSets, defaults.farSets)) {
        return std::nullopt;
    }
    return OodGroups{joined(shown.nearSets, absent.nearSets), joined(shown.farSets, absent.farSets)};
}

}  // namespace dicescope
