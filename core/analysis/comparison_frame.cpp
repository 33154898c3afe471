#include "core/analysis/comparison_frame.h"

#include <utility>

#include "core/analysis/ood_groups.h"

namespace dicescope {

Comparison comparisonFrame(const AnalysisInputs& inputs, const ComparisonOptions& options) {
    Comparison frame;
    frame.bootstrap = options.bootstrap;
    frame.seed = options.seed;
    frame.tprLevel = options.tprLevel;
    frame.nearSets = options.nearSets;
    frame.farSets = options.farSets;
    frame.idCount = inputs.id.features->size();
    for (const InputSet& set : inputs.ood) {
        frame.oodNames.push_back(set.name);
        frame.oodCounts.push_back(set.features->size());
    }
    frame.detectors.reserve(options.detectors.size());
    for (const DetectorSpec& spec : options.detectors) {
        if (options.baseline == spec) frame.baseline = frame.detectors.size();
        ComparedDetector detector;
        detector.spec = spec;
        detector.label = specLabel(spec);
        frame.detectors.push_back(std::move(detector));
    }
    return frame;
}

bool measuredAlike(const Comparison& first, const Comparison& second) {
    const auto sameGroup = [&](const std::vector<std::string>& one, const std::vector<std::string>& other) {
        return setsOfGroup(first.oodNames, one) == setsOfGroup(second.oodNames, other);
    };
    return first.tprLevel == second.tprLevel && sameGroup(first.nearSets, second.nearSets) &&
           sameGroup(first.farSets, second.farSets);
}

bool resampledAlike(const Comparison& first, const Comparison& second) {
    return measuredAlike(first, second) && first.bootstrap == second.bootstrap && first.seed == second.seed;
}

}  // namespace dicescope
