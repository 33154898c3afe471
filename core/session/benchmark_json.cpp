#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "core/images/preprocess.h"
#include "core/session/benchmark.h"
#include "core/session/benchmark_files.h"
#include "core/session/json_object.h"

namespace dicescope {
namespace {

constexpr std::uint64_t kMostImages = 1'000'000'000;
constexpr std::uint64_t kMostClasses = 1'000'000;
constexpr double kPercent = 100;
constexpr const char* kAverage = "average";
constexpr const char* kReadInATable = "table";

using Sources = std::map<std::string, std::string>;

void onlyKeys(JsonObject& object, const std::set<std::string>& known) {
    object.refuseOtherKeys(known, "benchmark preset");
}

std::string neededText(JsonObject& object, const char* key) {
    std::string text = object.text(key);
    if (text.empty()) object.complain(key, "is missing or empty");
    return text;
}

std::uint64_t neededCount(JsonObject& object, const char* key, std::uint64_t highest) {
    if (!object.has(key)) object.complain(key, "is missing");
    return object.integer(key, 1, highest, 1);
}

double neededNumber(JsonObject& object, const char* key, double highest) {
    const auto value = object.optionalNumber(key, 0, highest);
    if (!value) object.complain(key, "is missing");
    return value.value_or(0);
}

/// The value that a word stands for among `words`.
template <class Value>
Value oneOf(JsonObject& object, const char* key, const std::map<std::string, Value>& words) {
    const auto found = words.find(object.text(key));
    if (found != words.end()) return found->second;
    std::string known;
    for (const auto& [word, value] : words) known += (known.empty() ? "" : ", ") + word;
    object.complain(key, "must be one of " + known);
    return words.begin()->second;
}

BenchmarkGroup readGroup(JsonObject& object) {
    if (!object.has("group")) return BenchmarkGroup::None;
    return oneOf<BenchmarkGroup>(object, "group",
                                 {{"near", BenchmarkGroup::Near}, {"far", BenchmarkGroup::Far}});
}

std::string readMethod(JsonObject& object) {
    return oneOf<std::string>(object, "method",
                              {{"msp", "msp"},
                               {"odin", "odin"},
                               {"mahalanobis", "mahalanobis"},
                               {"energy", "energy"},
                               {"react", "react"},
                               {"dice", "dice"},
                               {"dice+react", "dice+react"}});
}

std::string readSource(JsonObject& object, const Sources& sources) {
    const auto found = sources.find(neededText(object, "source"));
    if (found != sources.end()) return found->second;
    object.complain("source", "is none of 'sources'");
    return {};
}

/// Folders stay below the root that the user names.
bool isInside(const std::string& folder) {
    const std::filesystem::path path(folder);
    return path.is_relative() && std::ranges::none_of(path, [](const auto& part) { return part == ".."; });
}

std::vector<std::string> readFolders(JsonObject& object, const char* key) {
    std::vector<std::string> folders;
    object.forEachText(key, [&](std::string folder) {
        if (!isInside(folder)) object.complain(key, "must hold relative paths without '..'");
        folders.push_back(std::move(folder));
    });
    if (folders.empty()) object.complain(key, "must name at least one folder");
    return folders;
}

BenchmarkSet readSet(JsonObject& object) {
    onlyKeys(object, {"name", "role", "group", "folders", "images", "note"});
    BenchmarkSet set;
    set.name = neededText(object, "name");
    if (set.name == kAverage) object.complain("name", "is the name of the average");
    set.role = oneOf<SetRole>(object, "role",
                              {{"id-train", SetRole::IdTrain}, {"id", SetRole::Id}, {"ood", SetRole::Ood}});
    set.group = readGroup(object);
    set.folders = readFolders(object, "folders");
    set.images = neededCount(object, "images", kMostImages);
    set.note = object.text("note");
    return set;
}

BenchmarkModel readModel(JsonObject object) {
    onlyKeys(object, {"description", "classes", "features"});
    return {neededText(object, "description"), neededCount(object, "classes", kMostClasses),
            neededCount(object, "features", kMostClasses)};
}

/// Only what was read in a table may be shown as published.
Sources readSources(JsonObject& preset) {
    JsonObject object = preset.object("sources");
    Sources sources;
    const nlohmann::json* all = preset.find("sources");
    if (all == nullptr || !all->is_object()) return sources;
    for (const auto& [key, value] : all->items()) {
        JsonObject source = object.object(key.c_str());
        onlyKeys(source, {"tag", "text"});
        if (source.text("tag") != kReadInATable) source.complain("tag", "must be \"table\"");
        sources[key] = neededText(source, "text");
    }
    return sources;
}

std::optional<double> fraction(JsonObject& object, const char* key) {
    const auto percent = object.optionalNumber(key, 0, kPercent);
    return percent ? std::optional(*percent / kPercent) : std::nullopt;
}

PublishedNumbers readPublished(JsonObject& object, const Sources& sources) {
    onlyKeys(object, {"method", "set", "fpr95", "auroc", "source"});
    PublishedNumbers numbers{readMethod(object), neededText(object, "set"), fraction(object, "fpr95"),
                             fraction(object, "auroc"), readSource(object, sources)};
    if (!numbers.fpr95 && !numbers.auroc) object.complain("fpr95", "is missing, and so is auroc");
    if (numbers.set == kAverage) numbers.set.clear();
    return numbers;
}

PublishedElsewhere readElsewhere(JsonObject& object, const Sources& sources) {
    onlyKeys(object, {"model", "method", "group", "auroc", "source"});
    return {neededText(object, "model"), readMethod(object), readGroup(object),
            neededNumber(object, "auroc", kPercent) / kPercent, readSource(object, sources)};
}

BenchmarkReact readReact(JsonObject& object) {
    onlyKeys(object, {"clip", "p"});
    const BenchmarkReact react{static_cast<float>(neededNumber(object, "clip", 1e6)),
                               neededNumber(object, "p", kPercent)};
    if (!(react.clip > 0)) object.complain("clip", "must be above zero");
    return react;
}

void checkSets(JsonObject& object, const BenchmarkPreset& preset) {
    std::set<std::string> names;
    std::size_t roles[] = {0, 0, 0};
    for (const BenchmarkSet& set : preset.sets) {
        if (!names.insert(set.name).second) object.complain("sets", "has '" + set.name + "' twice");
        ++roles[set.role == SetRole::IdTrain ? 0 : set.role == SetRole::Id ? 1 : 2];
    }
    if (roles[0] != 1 || roles[1] != 1 || roles[2] == 0)
        object.complain("sets", "must hold one id-train set, one id set and at least one ood set");
}

void checkPublished(JsonObject& object, const BenchmarkPreset& preset) {
    std::set<std::pair<std::string, std::string>> seen;
    for (std::size_t i = 0; i < preset.published.size(); ++i) {
        const PublishedNumbers& numbers = preset.published[i];
        const std::string key = "published[" + std::to_string(i) + "].set";
        const bool isKnown = std::ranges::any_of(preset.sets, [&](const BenchmarkSet& set) {
            return set.role == SetRole::Ood && set.name == numbers.set;
        });
        if (!numbers.set.empty() && !isKnown) object.complain(key, "names no OOD set of the preset");
        if (!seen.emplace(numbers.method, numbers.set).second)
            object.complain(key, "is given twice for one method");
    }
}

BenchmarkPreset readAll(JsonObject& object) {
    onlyKeys(object, {"schema", "name", "title", "model", "preprocess", "p", "react", "parents", "sets",
                      "sources", "published", "elsewhere"});
    BenchmarkPreset preset;
    preset.name = neededText(object, "name");
    preset.title = neededText(object, "title");
    preset.model = readModel(object.object("model"));
    preset.preprocess = neededText(object, "preprocess");
    if (std::ranges::count(preprocessPresetNames(), preset.preprocess) == 0)
        object.complain("preprocess", "is not the name of a preset");
    preset.p = neededNumber(object, "p", kPercent);
    object.forEachObject("react", [&](JsonObject& react) { preset.react.push_back(readReact(react)); });
    preset.parents = readFolders(object, "parents");
    object.forEachObject("sets", [&](JsonObject& set) { preset.sets.push_back(readSet(set)); });
    checkSets(object, preset);
    const Sources sources = readSources(object);
    object.forEachObject("published", [&](JsonObject& numbers) {
        preset.published.push_back(readPublished(numbers, sources));
    });
    checkPublished(object, preset);
    object.forEachObject("elsewhere", [&](JsonObject& numbers) {
        preset.elsewhere.push_back(readElsewhere(numbers, sources));
    });
    return preset;
}

tl::unexpected<Error> wrong(const std::string& what) {
    return fail(ErrorCode::Corrupt, "The benchmark preset is wrong: " + what + "; see docs/benchmarks.md.");
}

std::vector<BenchmarkPreset> readEmbedded() {
    std::vector<BenchmarkPreset> presets;
    for (const std::string_view text : benchmarkFiles()) {
        // Each is parsed by a test, so that one that is wrong never leaves the house.
        if (auto preset = parseBenchmark(std::string(text))) presets.push_back(std::move(*preset));
    }
    return presets;
}

}  // namespace

Result<BenchmarkPreset> parseBenchmark(const std::string& text) {
    const ParsedJson parsed = parseJson(text);
    if (!parsed.value.is_object()) return wrong("it is not a complete JSON object");
    JsonObject object(parsed.value);
    const nlohmann::json* schema = object.find("schema");
    if (schema == nullptr || !schema->is_number_unsigned() || schema->get<std::uint64_t>() == 0)
        return wrong("'schema' must say the version of the file");
    if (schema->get<std::uint64_t>() > kBenchmarkSchema) {
        return fail(ErrorCode::Unsupported, "The benchmark preset has version " + schema->dump() +
                                                " and this program reads up to " +
                                                std::to_string(kBenchmarkSchema) + "; use a newer one.");
    }
    if (!parsed.repeatedKey.empty()) return wrong("'" + parsed.repeatedKey + "' is given twice");
    BenchmarkPreset preset = readAll(object);
    if (!object.problem().empty()) return wrong(object.problem());
    return preset;
}

const std::vector<BenchmarkPreset>& benchmarkPresets() {
    static const std::vector<BenchmarkPreset> kPresets = readEmbedded();
    return kPresets;
}

Result<const BenchmarkPreset*> findBenchmark(std::string_view name) {
    std::string known;
    for (const BenchmarkPreset& preset : benchmarkPresets()) {
        if (preset.name == name) return &preset;
        known += (known.empty() ? "" : ", ") + preset.name;
    }
    return fail(ErrorCode::InvalidArgument,
                "There is no benchmark '" + std::string(name) + "'; there are " + known + ".");
}

}  // namespace dicescope
