#include "core/report/json_parts.h"

namespace dicescope {
namespace {

using Json = nlohmann::ordered_json;

Json modelJson(const AnalysisInputs& inputs) {
    Json json;
    json["classes"] = inputs.head.classes();
    json["features"] = inputs.head.features();
    if (inputs.model) {
        json["path"] = inputs.model->path.string();
        json["sha256"] = inputs.model->sha256;
        json["head"] = inputs.model->head.name;
        json["device"] = inputs.model->device;
        json["libtorch"] = inputs.model->libtorch;
        json["probe_difference"] = inputs.model->probeDifference;
    } else {
        json["path"] = nullptr;
        json["sha256"] = nullptr;
    }
    json["feature_mean"] = inputs.featureMeanSource;
    return json;
}

Json setJson(const InputSet& set) {
    Json skipped = Json::array();
    for (const SkippedFile& file : set.features->skipped) {
        skipped.push_back({{"path", file.path}, {"reason", file.reason}});
    }
    return {{"name", set.name},
            {"role", name(set.role)},
            {"path", set.source.string()},
            {"n", set.features->size()},
            {"skipped", std::move(skipped)}};
}

}  // namespace

void addInputs(Json& json, const AnalysisInputs& inputs) {
    json["program"] = "DiceScope " DICESCOPE_VERSION;
    json["model"] = modelJson(inputs);
    json["preprocess"] = inputs.preprocess ? Json::parse(toJson(*inputs.preprocess)) : Json(nullptr);
    Json& sets = json["sets"] = Json::array();
    if (inputs.idTrain) sets.push_back(setJson(*inputs.idTrain));
    sets.push_back(setJson(inputs.id));
    for (const InputSet& set : inputs.ood) sets.push_back(setJson(set));
    for (const InputSet& set : inputs.validation) sets.push_back(setJson(set));
    json["notes"] = inputs.notes;
}

Json optionalNumber(const std::optional<double>& value) {
    return value ? Json(*value) : Json(nullptr);
}

std::string dumpJson(const Json& json) {
    return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace dicescope
