#include "core/session/comparison_json.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "core/detectors/registry.h"
#include "core/session/comparison_defaults.h"

namespace dicescope {
namespace {

using Json = nlohmann::ordered_json;

void checkDetector(JsonObject& object, const std::string& key, const std::string& text) {
    if (const auto spec = parseDetectorSpec(text); !spec)
        object.complain(key, "is wrong: " + spec.error().message);
}

std::vector<std::string> readDetectors(JsonObject& object, const char* key) {
    std::vector<std::string> texts;
    object.forEachText(key, [&](std::string text) {
        checkDetector(object, std::string(key) + '[' + std::to_string(texts.size()) + ']', text);
        texts.push_back(std::move(text));
    });
    return texts;
}

std::optional<DetectorChoice> readDetectorChoice(JsonObject& object) {
    if (object.find("detectors") != nullptr)
        return DetectorChoice{readDetectors(object, "detectors"), readDetectors(object, "unchecked")};
    if (object.find("unchecked") != nullptr)
        object.complain("detectors", "is missing: 'unchecked' names what stands beside them");
    return std::nullopt;
}

std::optional<std::string> readBaseline(JsonObject& object) {
    if (!object.has("baseline")) return std::nullopt;
    if (object.find("baseline") == nullptr) return std::string();
    std::string text = object.text("baseline");
    checkDetector(object, "baseline", text);
    if (text == kUsualBaseline) return std::nullopt;
    return text;
}

std::vector<std::string> readNames(JsonObject& object, const char* key) {
    std::vector<std::string> names;
    object.forEachText(key, [&](std::string name) { names.push_back(std::move(name)); });
    return names;
}

std::optional<OodGroups> readGroups(JsonObject& choices) {
    if (choices.find("groups") == nullptr) return std::nullopt;
    JsonObject object = choices.object("groups");
    object.refuseOtherKeys({"near", "far"});
    OodGroups groups{readNames(object, "near"), readNames(object, "far")};
    for (const std::string& name : groups.nearSets) {
        if (std::ranges::find(groups.farSets, name) != groups.farSets.end())
            object.complain("far", "has the set '" + name + "', which is in 'near' as well");
    }
    return groups;
}

}  // namespace

Json choicesJson(const ComparisonChoices& choices) {
    Json json = Json::object();
    if (choices.detectors) {
        json["detectors"] = choices.detectors->checked;
        if (!choices.detectors->unchecked.empty()) json["unchecked"] = choices.detectors->unchecked;
    }
    if (choices.baseline)
        json["baseline"] = choices.baseline->empty() ? Json(nullptr) : Json(*choices.baseline);
    if (choices.groups)
        json["groups"] = {{"near", choices.groups->nearSets}, {"far", choices.groups->farSets}};
    if (choices.resamples) json["resamples"] = *choices.resamples;
    return json;
}

ComparisonChoices readChoices(JsonObject object) {
    object.refuseOtherKeys({"detectors", "unchecked", "baseline", "groups", "resamples"});
    ComparisonChoices choices;
    choices.detectors = readDetectorChoice(object);
    choices.baseline = readBaseline(object);
    choices.groups = readGroups(object);
    if (object.find("resamples") != nullptr)
        choices.resamples = object.integer("resamples", 0, kMostResamples);
    return choices;
}

}  // namespace dicescope
