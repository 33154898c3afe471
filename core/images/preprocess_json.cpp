#include <nlohmann/json.hpp>
#include <set>
#include <tuple>
#include <utility>

#include "core/base/file.h"
#include "core/images/preprocess.h"

namespace dicescope {
namespace {

using nlohmann::json;

constexpr int kMaxSide = 4096;
constexpr std::uint64_t kMaxFileBytes = 1U << 20U;

Preprocess imagenet() {
    return {.name = "imagenet",
            .resizeShorterSide = 256,
            .cropHeight = 224,
            .cropWidth = 224,
            .mean = {0.485, 0.456, 0.406},
            .std = {0.229, 0.224, 0.225}};
}

Preprocess cifar() {
    return {.name = "cifar",
            .resizeShorterSide = 32,
            .cropHeight = 32,
            .cropWidth = 32,
            .mean = {0.4914, 0.4822, 0.4465},
            .std = {0.2023, 0.1994, 0.2010}};
}

Preprocess fashion() {
    return {.name = "fashion",
            .resizeShorterSide = 28,
            .cropHeight = 28,
            .cropWidth = 28,
            .channels = 1,
            .mean = {0.2860},
            .std = {0.3530, 1, 1}};
}

std::vector<Preprocess> presets() {
    return {imagenet(), cifar(), fashion()};
}

/// Reads one object key by key; the first thing wrong is kept as a sentence that names the key.
class FieldReader {
  public:
    explicit FieldReader(const json& object) : object_(object) {}

    [[nodiscard]] const std::string& problem() const { return problem_; }

    void refuseOtherKeys(const std::set<std::string>& known) {
        for (const auto& [key, value] : object_.items()) {
            if (known.count(key) == 0) complain(key, "is not a key of a preprocessing file");
        }
    }

    std::string text(const char* key, const std::string& fallback) {
        if (!object_.contains(key)) return fallback;
        const json& value = object_[key];
        if (!value.is_string() || value.get<std::string>().empty()) {
            complain(key, "must be a text that is not empty");
            return fallback;
        }
        return value.get<std::string>();
    }

    int integer(const char* key, int fallback, int lowest, int highest) {
        return object_.contains(key) ? integerIn(key, object_[key], lowest, highest) : fallback;
    }

    std::pair<int, int> heightAndWidth(const char* key) {
        if (!require(key)) return {};
        const json& value = object_[key];
        if (!value.is_array()) {
            const int side = integerIn(key, value, 1, kMaxSide);
            return {side, side};
        }
        if (value.size() != 2) {
            complain(key, "must be one whole number, or two: height and width");
            return {};
        }
        return {integerIn(key, value[0], 1, kMaxSide), integerIn(key, value[1], 1, kMaxSide)};
    }

    std::array<double, 3> perChannel(const char* key, int channels, std::array<double, 3> fallback,
                                     double lowest, double highest) {
        if (!require(key)) return fallback;
        const json& values = object_[key];
        if (!values.is_array() || values.size() != static_cast<std::size_t>(channels)) {
            complain(key, "must be a list of " + std::to_string(channels) + " number" +
                              (channels == 1 ? "" : "s"));
            return fallback;
        }
        for (std::size_t i = 0; i < values.size(); ++i) {
            const bool inRange = values[i].is_number() && values[i].get<double>() >= lowest &&
                                 values[i].get<double>() <= highest;
            if (!inRange)
                complain(key,
                         "must hold numbers from " + json(lowest).dump() + " to " + json(highest).dump());
            else
                fallback[i] = values[i].get<double>();
        }
        return fallback;
    }

    void complain(const std::string& key, const std::string& what) {
        if (problem_.empty()) problem_ = "'" + key + "' " + what;
    }

  private:
    bool require(const char* key) {
        if (object_.contains(key)) return true;
        complain(key, "is missing");
        return false;
    }

    int integerIn(const char* key, const json& value, int lowest, int highest) {
        const bool inRange =
            value.is_number_integer() && value.get<double>() >= lowest && value.get<double>() <= highest;
        if (inRange) return value.get<int>();
        complain(key,
                 "must be a whole number from " + std::to_string(lowest) + " to " + std::to_string(highest));
        return lowest;
    }

    const json& object_;
    std::string problem_;
};

/// Parses, and finds a key given twice, of which the JSON library would silently keep the last.
json parseObject(const std::string& text, std::string& repeatedKey) {
    std::set<std::string> seen;
    const auto watchKeys = [&](int depth, json::parse_event_t event, json& parsed) {
        if (event == json::parse_event_t::key && depth == 1) {
            const auto key = parsed.get<std::string>();
            if (!seen.insert(key).second) repeatedKey = key;
        }
        return true;
    };
    return json::parse(text, watchKeys, false);
}

Preprocess readFields(FieldReader& reader) {
    Preprocess result;
    reader.refuseOtherKeys({"name", "resize", "crop", "channels", "interpolation", "mean", "std"});
    result.name = reader.text("name", "custom");
    result.resizeShorterSide = reader.integer("resize", 0, 0, kMaxSide);
    std::tie(result.cropHeight, result.cropWidth) = reader.heightAndWidth("crop");
    result.channels = reader.integer("channels", 3, 1, 3);
    if (result.channels == 2) reader.complain("channels", "must be 1 (grey) or 3 (RGB)");
    const auto interpolation = reader.text("interpolation", "bilinear");
    if (interpolation == "bicubic") {
        result.interpolation = Interpolation::Bicubic;
    } else if (interpolation != "bilinear") {
        reader.complain("interpolation", "must be \"bilinear\" or \"bicubic\"");
    }
    result.mean = reader.perChannel("mean", result.channels, result.mean, 0.0, 1.0);
    // The lowest deviation keeps every normalised value finite in float32.
    result.std = reader.perChannel("std", result.channels, result.std, 1e-6, 10.0);
    return result;
}

std::string listOfPresets() {
    std::string list;
    for (const auto& name : preprocessPresetNames()) list += name + ", ";
    return list;
}

}  // namespace

std::vector<std::string> preprocessPresetNames() {
    std::vector<std::string> names;
    for (const auto& preset : presets()) names.push_back(preset.name);
    return names;
}

Result<Preprocess> parsePreprocess(const std::string& text) {
    std::string repeatedKey;
    const json object = parseObject(text, repeatedKey);
    if (!object.is_object()) {
        return fail(ErrorCode::Corrupt,
                    "The preprocessing description is not a JSON object; see docs/preprocess.md.");
    }
    FieldReader reader(object);
    if (!repeatedKey.empty()) reader.complain(repeatedKey, "is given twice");
    Preprocess result = readFields(reader);
    if (!reader.problem().empty()) {
        return fail(ErrorCode::Corrupt, "The preprocessing description is wrong: " + reader.problem() +
                                            "; see docs/preprocess.md.");
    }
    return result;
}

Result<Preprocess> loadPreprocess(const std::string& nameOrPath) {
    for (const auto& preset : presets()) {
        if (preset.name == nameOrPath) return preset;
    }
    auto bytes = readFile(nameOrPath, kMaxFileBytes);
    if (!bytes && bytes.error().code == ErrorCode::NotFound) {
        return fail(ErrorCode::InvalidArgument, "'" + nameOrPath + "' is neither a preset nor a file; use " +
                                                    listOfPresets() + "or the path of a JSON file.");
    }
    if (!bytes) return forwardError(bytes);
    auto result = parsePreprocess(std::string(reinterpret_cast<const char*>(bytes->data()), bytes->size()));
    if (!result) return fail(result.error().code, "'" + nameOrPath + "': " + result.error().message);
    return result;
}

std::string toJson(const Preprocess& preprocess) {
    const auto channels = static_cast<std::ptrdiff_t>(preprocess.channels);
    const auto used = [channels](const std::array<double, 3>& values) {
        return std::vector<double>(values.begin(), values.begin() + channels);
    };
    return json{
        {"channels", preprocess.channels},
        {"crop", {preprocess.cropHeight, preprocess.cropWidth}},
        {"interpolation", preprocess.interpolation == Interpolation::Bicubic ? "bicubic" : "bilinear"},
        {"mean", used(preprocess.mean)},
        {"name", preprocess.name},
        {"resize", preprocess.resizeShorterSide},
        {"std", used(preprocess.std)}}
        .dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace dicescope
