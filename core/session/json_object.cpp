#include "core/session/json_object.h"

#include <utility>
#include <vector>

namespace dicescope {

using nlohmann::json;

ParsedJson parseJson(const std::string& text) {
    ParsedJson parsed;
    std::vector<std::set<std::string>> open;
    const auto watchKeys = [&](int, json::parse_event_t event, json& value) {
        if (event == json::parse_event_t::object_start) open.emplace_back();
        if (event == json::parse_event_t::object_end) open.pop_back();
        if (event == json::parse_event_t::key && !open.back().insert(value.get<std::string>()).second &&
            parsed.repeatedKey.empty()) {
            parsed.repeatedKey = value.get<std::string>();
        }
        return true;
    };
    parsed.value = json::parse(text, watchKeys, /*allow_exceptions=*/false);
    return parsed;
}

JsonObject::JsonObject(const json& object) : JsonObject(object, "", std::make_shared<std::string>()) {}

JsonObject::JsonObject(const json& object, std::string path, std::shared_ptr<std::string> problem)
    : object_(&object), path_(std::move(path)), problem_(std::move(problem)) {}

void JsonObject::complain(const std::string& key, const std::string& what) {
    if (problem_->empty()) *problem_ = "'" + path_ + key + "' " + what;
}

void JsonObject::refuseOtherKeys(const std::set<std::string>& known, const char* kind) {
    for (const auto& [key, value] : object_->items()) {
        if (known.count(key) == 0) complain(key, std::string("is not a key of a ") + kind);
    }
}

const json* JsonObject::find(const char* key) const {
    const auto found = object_->find(key);
    return found == object_->end() || found->is_null() ? nullptr : &*found;
}

std::string JsonObject::text(const char* key, const std::string& fallback) {
    const auto found = object_->find(key);
    if (found == object_->end()) return fallback;
    if (found->is_string() && found->get_ref<const std::string&>().find('\0') == std::string::npos)
        return found->get<std::string>();
    complain(key, "must be a text");
    return fallback;
}

bool JsonObject::boolean(const char* key, bool fallback) {
    const auto found = object_->find(key);
    if (found == object_->end()) return fallback;
    if (found->is_boolean()) return found->get<bool>();
    complain(key, "must be true or false");
    return fallback;
}

std::uint64_t JsonObject::integer(const char* key, std::uint64_t fallback, std::uint64_t highest,
                                  std::uint64_t lowest) {
    const auto found = object_->find(key);
    if (found == object_->end()) return fallback;
    if (found->is_number_unsigned()) {
        const auto value = found->get<std::uint64_t>();
        if (value >= lowest && value <= highest) return value;
    }
    complain(key, "must be a whole number from " + std::to_string(lowest) + " to " + std::to_string(highest));
    return fallback;
}

double JsonObject::number(const char* key, double fallback, double lowest, double highest) {
    if (object_->find(key) == object_->end()) return fallback;
    const auto value = optionalNumber(key, lowest, highest);
    if (!value) complain(key, "must be a number");
    return value.value_or(fallback);
}

std::optional<double> JsonObject::optionalNumber(const char* key, double lowest, double highest) {
    const json* value = find(key);
    if (value == nullptr) return std::nullopt;
    if (value->is_number() && value->get<double>() >= lowest && value->get<double>() <= highest)
        return value->get<double>();
    complain(key, "must be a number from " + json(lowest).dump() + " to " + json(highest).dump());
    return std::nullopt;
}

JsonObject JsonObject::object(const char* key) {
    static const json kNothing = json::object();
    const auto found = object_->find(key);
    const bool isObject = found != object_->end() && found->is_object();
    if (found != object_->end() && !isObject) complain(key, "must be an object");
    return {isObject ? *found : kNothing, path_ + key + '.', problem_};
}

}  // namespace dicescope
