#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>

#include "core/detectors/registry.h"

namespace dicescope {
namespace {

std::string decimal(double value) {
    char buffer[32];
    const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, value);
    return {buffer, end};
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    while (true) {
        const std::size_t at = text.find(separator);
        parts.push_back(text.substr(0, at));
        if (at == std::string_view::npos) return parts;
        text.remove_prefix(at + 1);
    }
}

template <class Range, class NameOf>
std::string listed(const Range& range, const NameOf& nameOf) {
    std::string names;
    for (const auto& item : range) names += (names.empty() ? "" : ", ") + nameOf(item);
    return names;
}

std::string ids() {
    return listed(allDetectors(), [](const DetectorInfo& info) { return info.id; });
}

tl::unexpected<Error> unknownDetector(std::string_view id) {
    return fail(ErrorCode::InvalidArgument,
                "There is no detector '" + std::string(id) + "'; there are " + ids() + ".");
}

tl::unexpected<Error> unknownParameter(const DetectorInfo& info, std::string_view parameter) {
    const std::string has =
        info.parameters.empty()
            ? "it has none"
            : "it has " + listed(info.parameters, [](const DetectorParameter& p) { return p.name; });
    return fail(ErrorCode::InvalidArgument,
                info.displayName + " has no parameter '" + std::string(parameter) + "'; " + has + ".");
}

std::string rangeText(const DetectorParameter& parameter) {
    if (!parameter.choices.empty())
        return "one of " + listed(parameter.choices, [](const std::string& c) { return c; });
    return (parameter.integer ? "a whole number" : "a number") + std::string(" from ") +
           decimal(parameter.smallest) + " to " + decimal(parameter.largest);
}

tl::unexpected<Error> badValue(const DetectorInfo& info, const DetectorParameter& parameter,
                               std::string_view text) {
    return fail(ErrorCode::InvalidArgument, "'" + std::string(text) + "' is no value for " + parameter.name +
                                                " of " + info.displayName + "; it takes " +
                                                rangeText(parameter) + ".");
}

bool isAllowed(const DetectorParameter& parameter, double value) {
    return value >= parameter.smallest && value <= parameter.largest &&
           (!parameter.integer || value == std::floor(value));
}

Result<double> parseValue(const DetectorInfo& info, const DetectorParameter& parameter,
                          std::string_view text) {
    const auto choice = std::ranges::find(parameter.choices, text);
    if (choice != parameter.choices.end()) return static_cast<double>(choice - parameter.choices.begin());
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool isNumber = error == std::errc{} && end == text.data() + text.size();
    if (!isNumber || !parameter.choices.empty() || !isAllowed(parameter, value))
        return badValue(info, parameter, text);
    return value;
}

/// "NAME=VALUE" into the values.
Status takeSetting(const DetectorInfo& info, std::string_view setting,
                   std::map<std::string, double>& values) {
    const std::size_t equals = setting.find('=');
    if (equals == std::string_view::npos) {
        return fail(ErrorCode::InvalidArgument, "'" + std::string(setting) + "' of " + info.displayName +
                                                    " is not of the form NAME=VALUE.");
    }
    const std::string_view parameterName = setting.substr(0, equals);
    const DetectorParameter* parameter = info.parameter(parameterName);
    if (parameter == nullptr) return unknownParameter(info, parameterName);
    const auto value = parseValue(info, *parameter, setting.substr(equals + 1));
    if (!value) return forwardError(value);
    values[parameter->name] = *value;
    return {};
}

Result<std::map<std::string, double>> variantValues(const DetectorInfo& info, std::string_view variantName) {
    const DetectorVariant* variant = info.variant(variantName);
    if (variant != nullptr) return variant->values;
    const std::string has =
        info.variants.empty()
            ? "it has none"
            : "it has " + listed(info.variants, [](const DetectorVariant& v) { return v.name; });
    return fail(ErrorCode::InvalidArgument,
                info.displayName + " has no variant '" + std::string(variantName) + "'; " + has + ".");
}

/// Values that equal the default say nothing.
void dropDefaults(const DetectorInfo& info, DetectorSpec& spec) {
    std::erase_if(spec.values,
                  [&](const auto& item) { return info.parameter(item.first)->defaultValue == item.second; });
}

/// p of a mask and c of a clip are always told.
bool alwaysTold(const DetectorParameter& parameter, double value) {
    return parameter.name == "p" || (parameter.name == "c" && value > 0);
}

}  // namespace

Result<DetectorSpec> parseDetectorSpec(std::string_view text) {
    constexpr std::string_view kVariant = "as=";
    const auto parts = split(text, ':');
    const DetectorInfo* info = findDetector(parts.front());
    if (info == nullptr) return unknownDetector(parts.front());
    DetectorSpec spec{info->id, {}};
    for (const std::string_view part : std::span(parts).subspan(1)) {
        if (!part.starts_with(kVariant)) continue;
        auto values = variantValues(*info, part.substr(kVariant.size()));
        if (!values) return forwardError(values);
        spec.values = std::move(*values);
    }
    for (const std::string_view part : std::span(parts).subspan(1)) {
        if (part.starts_with(kVariant)) continue;
        if (auto status = takeSetting(*info, part, spec.values); !status) return forwardError(status);
    }
    dropDefaults(*info, spec);
    return spec;
}

Result<std::vector<DetectorSpec>> parseDetectorList(std::string_view text) {
    std::vector<DetectorSpec> specs;
    const auto add = [&](const DetectorSpec& spec) {
        if (std::ranges::find(specs, spec) == specs.end()) specs.push_back(spec);
    };
    for (const std::string_view part : split(text, ',')) {
        if (part == "all") {
            for (const DetectorInfo& info : allDetectors()) {
                if (info.need != DetectorNeed::Model) add({info.id, {}});
            }
            continue;
        }
        const auto spec = parseDetectorSpec(part);
        if (!spec) return forwardError(spec);
        add(*spec);
    }
    return specs;
}

Status checkDetectorSpec(const DetectorSpec& spec) {
    const DetectorInfo* info = findDetector(spec.id);
    if (info == nullptr) return unknownDetector(spec.id);
    for (const auto& [parameterName, value] : spec.values) {
        const DetectorParameter* parameter = info->parameter(parameterName);
        if (parameter == nullptr) return unknownParameter(*info, parameterName);
        if (!isAllowed(*parameter, value)) return badValue(*info, *parameter, decimal(value));
    }
    return {};
}

std::string parameterText(const DetectorParameter& parameter, double value) {
    if (parameter.choices.empty()) return decimal(value);
    const auto index = static_cast<std::size_t>(std::max(0.0, value));
    return index < parameter.choices.size() ? parameter.choices[index] : decimal(value);
}

double parameterValue(const DetectorSpec& spec, std::string_view parameterName) {
    const auto given = spec.values.find(std::string(parameterName));
    if (given != spec.values.end()) return given->second;
    const DetectorInfo* info = findDetector(spec.id);
    const DetectorParameter* parameter = info == nullptr ? nullptr : info->parameter(parameterName);
    return parameter == nullptr ? 0 : parameter->defaultValue;
}

std::string specText(const DetectorSpec& spec) {
    std::string text = spec.id;
    for (const DetectorParameter& parameter : findDetector(spec.id)->parameters) {
        const double value = parameterValue(spec, parameter.name);
        if (value != parameter.defaultValue)
            text += ":" + parameter.name + "=" + parameterText(parameter, value);
    }
    return text;
}

std::string specLabel(const DetectorSpec& spec) {
    const DetectorInfo& info = *findDetector(spec.id);
    std::string settings;
    for (const DetectorParameter& parameter : info.parameters) {
        const double value = parameterValue(spec, parameter.name);
        if (value == parameter.defaultValue && !alwaysTold(parameter, value)) continue;
        settings += (settings.empty() ? "" : ", ") + parameter.name + "=" + parameterText(parameter, value);
    }
    return settings.empty() ? info.displayName : info.displayName + " (" + settings + ")";
}

DetectorNeed needOf(const DetectorSpec& spec) {
    const DetectorInfo& info = *findDetector(spec.id);
    for (const DetectorParameter& parameter : info.parameters) {
        if (parameter.needWhenSet && parameterValue(spec, parameter.name) != 0) return *parameter.needWhenSet;
    }
    return info.need;
}

}  // namespace dicescope
