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

/// Gives the spec of a text what the text leaves open.
void fill(DetectorSpec& spec, std::string_view text, const DetectorValues& values) {
    const auto own = values.find(spec.id);
    if (own == values.end()) return;
    for (const auto& [parameter, value] : own->second) {
        if (leavesOpen(text, parameter)) set(spec, parameter, value);
    }
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
    defaults.benchmark = *preset;
    for (const BenchmarkSet& one : (*preset)->sets) {
        if (one.group == BenchmarkGroup::Near) defaults.nearSets.push_back(one.name);
        if (one.group == BenchmarkGroup::Far) defaults.farSets.push_back(one.name);
    }
    return defaults;
}

ComparisonDefaults withChoices(ComparisonDefaults defaults, const ComparisonChoices& choices) {
    if (choices.resamples) defaults.resamples = *choices.resamples;
    if (choices.groups) {
        defaults.nearSets = choices.groups->nearSets;
        defaults.farSets = choices.groups->farSets;
    }
    return defaults;
}

DetectorValues detectorDefaults(const ComparisonDefaults& defaults) {
    DetectorValues values;
    for (const DetectorInfo& info : allDetectors()) {
        if (info.id.starts_with("dice")) values[info.id]["p"] = defaults.p;
        if (const DetectorParameter* clip = info.parameter("c")) {
            values[info.id]["c"] =
                defaults.reactClip ? static_cast<double>(*defaults.reactClip) : clip->defaultValue;
        }
    }
    return values;
}

Result<DetectorSpec> parseDetectorSpec(std::string_view text, const DetectorValues& values) {
    auto spec = parseDetectorSpec(text);
    if (spec) fill(*spec, text, values);
    return spec;
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
            fill(spec, part, values);
            if (std::ranges::find(list, spec) == list.end()) list.push_back(std::move(spec));
        }
        if (comma == std::string_view::npos) return list;
        text.remove_prefix(comma + 1);
    }
}

std::string settledText(const DetectorSpec& spec) {
    const DetectorInfo& info = *findDetector(spec.id);
    std::string text = specText(spec);
    DetectorValues given = detectorDefaults({});
    for (const auto& [parameter, value] : given[spec.id]) {
        if (leavesOpen(text, parameter))
            text += ":" + parameter + "=" +
                    parameterText(*info.parameter(parameter), parameterValue(spec, parameter));
    }
    return text;
}

}  // namespace dicescope
