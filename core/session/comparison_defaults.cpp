#include "core/session/comparison_defaults.h"

#include <algorithm>

#include "core/session/benchmark.h"

namespace dicescope {
namespace {

bool says(std::string_view text, const std::string& setting) {
    return text.find(":" + setting + "=") != std::string_view::npos;
}

bool leavesOpen(std::string_view text, const std::string& parameter) {
    return !says(text, "as") && !says(text, parameter) && !(parameter == "c" && says(text, "percentile"));
}

/// A spec with a default among its values would be another one than that without.
void set(DetectorSpec& spec, const std::string& parameter, double value) {
    spec.values.erase(parameter);
    if (value != parameterValue(spec, parameter)) spec.values[parameter] = value;
}

}  // namespace

ComparisonDefaults comparisonDefaults(const Session& session) {
    ComparisonDefaults defaults;
    defaults.p = session.p.value_or(kDefaultLevel);
    defaults.reactClip = session.sweep.reactClip;
    defaults.tprLevel = session.view.tprLevel;
    defaults.resamples = session.bootstrap;
    defaults.seed = session.sweep.seed;
    const auto preset = findBenchmark(session.benchmark);
    if (!preset) return defaults;
    for (const BenchmarkSet& one : (*preset)->sets) {
        if (one.group == BenchmarkGroup::Near) defaults.nearSets.push_back(one.name);
        if (one.group == BenchmarkGroup::Far) defaults.farSets.push_back(one.name);
    }
    return defaults;
}

std::map<std::string, std::map<std::string, double>> detectorDefaults(const ComparisonDefaults& defaults) {
    std::map<std::string, std::map<std::string, double>> values;
    for (const DetectorInfo& info : allDetectors()) {
        if (info.id.starts_with("dice")) values[info.id]["p"] = defaults.p;
        if (const DetectorParameter* clip = info.parameter("c")) {
            values[info.id]["c"] =
                defaults.reactClip ? static_cast<double>(*defaults.reactClip) : clip->defaultValue;
        }
    }
    return values;
}

Result<std::vector<DetectorSpec>> parseDetectorList(std::string_view text,
                                                    const ComparisonDefaults& defaults) {
    const auto values = detectorDefaults(defaults);
    std::vector<DetectorSpec> list;
    while (true) {
        const std::size_t comma = text.find(',');
        const std::string_view part = text.substr(0, comma);
        auto specs = parseDetectorList(part);
        if (!specs) return forwardError(specs);
        for (DetectorSpec& spec : *specs) {
            const auto own = values.find(spec.id);
            if (own != values.end()) {
                for (const auto& [parameter, value] : own->second) {
                    if (leavesOpen(part, parameter)) set(spec, parameter, value);
                }
            }
            if (std::ranges::find(list, spec) == list.end()) list.push_back(std::move(spec));
        }
        if (comma == std::string_view::npos) return list;
        text.remove_prefix(comma + 1);
    }
}

}  // namespace dicescope
