// Whether the options of a comparison can be met.
#include <algorithm>
#include <span>

#include "core/analysis/comparison.h"

namespace dicescope {
namespace {

Status checkGroup(const std::vector<std::string>& oodNames, const std::vector<std::string>& group) {
    for (const std::string& name : group) {
        if (std::ranges::find(oodNames, name) != oodNames.end()) continue;
        return fail(ErrorCode::InvalidArgument,
                    "There is no OOD set '" + name + "' to put into the near or far group.");
    }
    return {};
}

Status checkGroups(const std::vector<std::string>& oodNames, const ComparisonOptions& options) {
    if (auto status = checkGroup(oodNames, options.nearSets); !status) return status;
    if (auto status = checkGroup(oodNames, options.farSets); !status) return status;
    for (const std::string& name : options.nearSets) {
        if (std::ranges::find(options.farSets, name) == options.farSets.end()) continue;
        return fail(ErrorCode::InvalidArgument,
                    "The OOD set '" + name + "' is in the near and in the far group; leave it in one.");
    }
    return {};
}

Status checkDetectors(const ComparisonOptions& options) {
    if (options.detectors.empty()) {
        return fail(ErrorCode::InvalidArgument, "There is no detector to compare; name at least one.");
    }
    for (std::size_t k = 0; k < options.detectors.size(); ++k) {
        const DetectorSpec& spec = options.detectors[k];
        if (auto status = checkDetectorSpec(spec); !status) return status;
        const auto rest = std::span(options.detectors).subspan(k + 1);
        if (std::ranges::find(rest, spec) != rest.end()) {
            return fail(ErrorCode::InvalidArgument,
                        "The detector " + specText(spec) + " is named twice; leave one away.");
        }
    }
    const auto& all = options.detectors;
    if (options.baseline && std::ranges::find(all, *options.baseline) == all.end()) {
        return fail(ErrorCode::InvalidArgument,
                    "The baseline is not among the detectors; add " + options.baseline->id + " to them.");
    }
    return {};
}

Status checkSet(const InputSet& set) {
    if (set.features->size() > 0) return {};
    return fail(ErrorCode::InvalidArgument, "The set '" + set.name + "' (" + set.source.string() +
                                                ") has no usable image; name another folder.");
}

}  // namespace

Status checkComparisonOptions(const std::vector<std::string>& oodNames, const ComparisonOptions& options) {
    if (oodNames.empty()) {
        return fail(ErrorCode::InvalidArgument, "There is no OOD set to compare detectors on; name one.");
    }
    if (auto status = checkDetectors(options); !status) return status;
    if (auto status = checkTprLevel(options.tprLevel); !status) return status;
    if (options.bootstrap > kMostResamples) {
        return fail(ErrorCode::InvalidArgument,
                    "More than 1,000,000 resamples are not possible; 1,000 are usual.");
    }
    return checkGroups(oodNames, options);
}

Status checkComparison(const AnalysisInputs& inputs, const ComparisonOptions& options) {
    std::vector<std::string> oodNames;
    for (const InputSet& set : inputs.ood) oodNames.push_back(set.name);
    if (auto status = checkComparisonOptions(oodNames, options); !status) return status;
    if (auto status = checkSet(inputs.id); !status) return status;
    for (const InputSet& set : inputs.ood) {
        if (auto status = checkSet(set); !status) return status;
    }
    return {};
}

}  // namespace dicescope
