#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/session/comparison_json.h"
#include "core/session/json_object.h"
#include "core/session/portable_path.h"
#include "core/session/session.h"
#include "core/sparsity/levels.h"

namespace dicescope {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr std::uint64_t kMostImages = 1'000'000;
constexpr std::uint64_t kMostBins = 10'000;
constexpr std::uint64_t kMostThreads = 4096;
constexpr std::uint64_t kLargestBatch = 4096;
constexpr double kLowestTprLevel = 1e-6;

/// Every single path of the inputs, by its key in the file.
template <class Inputs>
auto pathsOf(Inputs& inputs) {
    return std::array{std::pair{"model", &inputs.model},
                      std::pair{"weight", &inputs.weight},
                      std::pair{"bias", &inputs.bias},
                      std::pair{"id_train", &inputs.idTrain},
                      std::pair{"feature_mean", &inputs.featureMean},
                      std::pair{"id", &inputs.id},
                      std::pair{"classes", &inputs.classes}};
}

/// A name of a preset as it is, else a path that is not mistaken for one.
std::string portablePreprocess(const std::string& preprocess, const fs::path& base) {
    if (preprocess.empty() || isPreset(preprocess)) return preprocess;
    const std::string path = portablePath(preprocess, base);
    return isPreset(path) ? "./" + path : path;
}

std::string resolvedPreprocess(const std::string& text, const fs::path& base) {
    return text.empty() || isPreset(text) ? text : resolvedPath(text, base).string();
}

template <class Number>
std::string decimal(Number value) {
    std::array<char, 64> text{};
    return {text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr};
}

/// The double that is written with the digits of the float.
double shortest(float value) {
    const std::string text = decimal(value);
    double result = 0;
    std::from_chars(text.data(), text.data() + text.size(), result);
    return result;
}

/// "FROM:TO:STEP" where that gives exactly these levels, else the list of them.
Json levelsJson(const std::vector<double>& levels) {
    if (levels.size() < 3) return levels;
    constexpr double kDigits = 1e9;
    const double step = std::round((levels[1] - levels[0]) * kDigits) / kDigits;
    const std::string range = decimal(levels.front()) + ':' + decimal(levels.back()) + ':' + decimal(step);
    const auto same = parseLevels(range);
    return same && *same == levels ? Json(range) : Json(levels);
}

Json sourcesJson(const std::vector<NamedSource>& sources, const fs::path& base) {
    Json list = Json::array();
    for (const NamedSource& source : sources)
        list.push_back({{"name", source.name}, {"path", portablePath(source.path, base)}});
    return list;
}

Json inputsJson(const InputsConfig& inputs, const fs::path& base) {
    Json json = Json::object();
    for (const auto& [key, path] : pathsOf(inputs)) {
        if (!path->empty()) json[key] = portablePath(*path, base);
    }
    if (!inputs.head.empty()) json["head"] = inputs.head;
    if (!inputs.preprocess.empty()) json["preprocess"] = portablePreprocess(inputs.preprocess, base);
    json["ood"] = sourcesJson(inputs.ood, base);
    json["validation"] = sourcesJson(inputs.validation, base);
    json["noise_images"] = inputs.noiseImages;
    const ExtractionSettings& extraction = inputs.extraction;
    json["extraction"] = {{"device", extraction.device},
                          {"threads", extraction.threads},
                          {"batch_size", extraction.batchSize},
                          {"use_cache", extraction.useCache},
                          {"reread_files", extraction.rereadFiles}};
    return json;
}

Json viewJson(const ExplorationView& view) {
    Json json{{"score", name(view.score)},
              {"tpr_level", view.tprLevel},
              {"bins", view.bins},
              {"bin_range", view.binRange == BinRange::AllRows ? "all-levels" : "each-level"},
              {"choice", nullptr}};
    if (view.choice) {
        json["choice"] = {{"on", view.choice->on},
                          {"criterion", name(view.choice->criterion)},
                          {"allow_reported", view.choice->allowReported}};
    }
    return json;
}

Json editsJson(const std::vector<MaskEdit>& edits) {
    Json list = Json::array();
    for (const MaskEdit& edit : edits) {
        list.push_back({{"name", edit.name},
                        {"p", edit.p ? Json(*edit.p) : Json(nullptr)},
                        {"units_off", edit.unitsOff}});
    }
    return list;
}

/// The value of a word that `parse` knows; the complaint names those there are.
template <class Parse, class Value>
Value word(JsonObject& object, const char* key, Parse parse, Value fallback) {
    const std::string text = object.text(key, std::string(name(fallback)));
    const auto value = parse(text);
    if (!value) object.complain(key, "is wrong: " + value.error().message);
    return value.value_or(fallback);
}

std::vector<NamedSource> readSources(JsonObject& inputs, const char* key, const fs::path& base) {
    std::vector<NamedSource> sources;
    inputs.forEachObject(key, [&](JsonObject& source) {
        source.refuseOtherKeys({"name", "path"});
        NamedSource read{source.text("name"), resolvedPath(source.text("path"), base)};
        if (read.name.empty()) source.complain("name", "is missing");
        if (read.path.empty()) source.complain("path", "is missing");
        sources.push_back(std::move(read));
    });
    return sources;
}

ExtractionSettings readExtraction(JsonObject object) {
    object.refuseOtherKeys({"device", "threads", "batch_size", "use_cache", "reread_files"});
    ExtractionSettings settings;
    settings.device = object.text("device", settings.device);
    settings.threads = static_cast<unsigned>(object.integer("threads", settings.threads, kMostThreads));
    settings.batchSize = object.integer("batch_size", settings.batchSize, kLargestBatch);
    settings.useCache = object.boolean("use_cache", settings.useCache);
    settings.rereadFiles = object.boolean("reread_files", settings.rereadFiles);
    return settings;
}

InputsConfig readInputs(JsonObject object, const fs::path& base) {
    InputsConfig inputs;
    std::set<std::string> known{"head", "preprocess", "ood", "validation", "noise_images", "extraction"};
    for (const auto& [key, path] : pathsOf(inputs)) {
        known.insert(key);
        *path = resolvedPath(object.text(key), base);
    }
    object.refuseOtherKeys(known);
    inputs.head = object.text("head");
    inputs.preprocess = resolvedPreprocess(object.text("preprocess"), base);
    inputs.ood = readSources(object, "ood", base);
    inputs.validation = readSources(object, "validation", base);
    inputs.noiseImages = object.integer("noise_images", 0, kMostImages);
    inputs.extraction = readExtraction(object.object("extraction"));
    return inputs;
}

std::vector<double> readLevels(JsonObject& object, std::vector<double> fallback) {
    const nlohmann::json* value = object.find("levels");
    if (value == nullptr) return fallback;
    std::vector<double> levels;
    if (value->is_string()) {
        auto parsed = parseLevels(value->get<std::string>());
        if (parsed) return std::move(*parsed);
        object.complain("levels", "is wrong: " + parsed.error().message);
        return fallback;
    }
    const auto isNumber = [](const nlohmann::json& level) { return level.is_number(); };
    if (!value->is_array() || !std::ranges::all_of(*value, isNumber)) {
        object.complain("levels", "must be a list of numbers or a text FROM:TO:STEP");
        return fallback;
    }
    for (const auto& level : *value) levels.push_back(level.get<double>());
    if (const auto checked = checkLevels(levels); !checked) {
        object.complain("levels", "is wrong: " + checked.error().message);
        return fallback;
    }
    return levels;
}

ExplorationSweep readSweep(JsonObject object, ExplorationSweep sweep) {
    object.refuseOtherKeys({"rule", "seed", "levels", "react_clip"});
    sweep.rule = word(object, "rule", parseRankingRule, sweep.rule);
    sweep.seed = object.integer("seed", sweep.seed, std::numeric_limits<std::uint64_t>::max());
    sweep.levels = readLevels(object, std::move(sweep.levels));
    const auto clip = object.optionalNumber("react_clip", std::numeric_limits<float>::min(),
                                            std::numeric_limits<float>::max());
    if (clip) sweep.reactClip = static_cast<float>(*clip);
    return sweep;
}

std::optional<LevelChoiceRequest> readChoice(JsonObject& view) {
    if (view.find("choice") == nullptr) return std::nullopt;
    JsonObject object = view.object("choice");
    object.refuseOtherKeys({"on", "criterion", "allow_reported"});
    LevelChoiceRequest choice;
    choice.on = object.text("on");
    if (choice.on.empty()) object.complain("on", "is missing");
    choice.criterion = word(object, "criterion", parseLevelCriterion, choice.criterion);
    choice.allowReported = object.boolean("allow_reported", false);
    return choice;
}

ExplorationView readView(JsonObject object) {
    object.refuseOtherKeys({"score", "tpr_level", "bins", "bin_range", "choice"});
    ExplorationView view;
    view.score = word(object, "score", parseScoreKind, view.score);
    view.tprLevel = object.number("tpr_level", view.tprLevel, kLowestTprLevel, 1);
    view.bins = object.integer("bins", view.bins, kMostBins, 1);
    const std::string range = object.text("bin_range", "all-levels");
    if (range == "each-level") {
        view.binRange = BinRange::EachRow;
    } else if (range != "all-levels") {
        object.complain("bin_range", "must be \"all-levels\" or \"each-level\"");
    }
    view.choice = readChoice(object);
    return view;
}

std::vector<std::size_t> readUnits(JsonObject& edit) {
    const nlohmann::json* value = edit.find("units_off");
    const auto isUnit = [](const nlohmann::json& unit) { return unit.is_number_unsigned(); };
    if (value == nullptr || !value->is_array() || !std::ranges::all_of(*value, isUnit)) {
        edit.complain("units_off", "must be a list of units, counted from 0");
        return {};
    }
    auto units = value->get<std::vector<std::size_t>>();
    std::ranges::sort(units);
    units.erase(std::unique(units.begin(), units.end()), units.end());
    return units;
}

std::vector<MaskEdit> readEdits(JsonObject& session) {
    std::vector<MaskEdit> edits;
    session.forEachObject("edits", [&](JsonObject& object) {
        object.refuseOtherKeys({"name", "p", "units_off"});
        MaskEdit edit{object.text("name"), object.optionalNumber("p", 0, 100), readUnits(object)};
        if (edit.name.empty()) object.complain("name", "is missing");
        edits.push_back(std::move(edit));
    });
    return edits;
}

Session readAll(JsonObject& object, const fs::path& base) {
    object.refuseOtherKeys({"schema", "program", "inputs", "sweep", "view", "p", "bootstrap",
                            "logarithmic_fpr", "hidden_sets", "benchmark", "edits", "comparison"});
    Session session = defaultSession();
    (void)object.text("program");
    session.inputs = readInputs(object.object("inputs"), base);
    session.sweep = readSweep(object.object("sweep"), session.sweep);
    session.view = readView(object.object("view"));
    // A missing p is the default, null the dense head.
    session.p = object.has("p") ? object.optionalNumber("p", 0, 100) : session.p;
    session.bootstrap = object.integer("bootstrap", session.bootstrap, kMostResamples);
    session.logarithmicFpr = object.boolean("logarithmic_fpr", false);
    object.forEachText("hidden_sets", [&](std::string set) { session.hiddenSets.push_back(std::move(set)); });
    session.benchmark = object.text("benchmark");
    session.edits = readEdits(object);
    session.comparison = readChoices(object.object("comparison"));
    return session;
}

tl::unexpected<Error> wrong(std::string what) {
    if (what.ends_with('.')) what.pop_back();
    return fail(ErrorCode::Corrupt, "The session is wrong: " + what + "; see docs/session.md.");
}

}  // namespace

std::string toJson(const Session& session, const fs::path& base) {
    Json json;
    json["schema"] = kSessionSchema;
    json["program"] = "DiceScope " DICESCOPE_VERSION;
    json["inputs"] = inputsJson(session.inputs, base);
    const auto& clip = session.sweep.reactClip;
    json["sweep"] = {{"rule", name(session.sweep.rule)},
                     {"seed", session.sweep.seed},
                     {"levels", levelsJson(session.sweep.levels)},
                     {"react_clip", clip ? Json(shortest(*clip)) : Json(nullptr)}};
    json["view"] = viewJson(session.view);
    json["p"] = session.p ? Json(*session.p) : Json(nullptr);
    json["bootstrap"] = session.bootstrap;
    json["logarithmic_fpr"] = session.logarithmicFpr;
    json["hidden_sets"] = session.hiddenSets;
    if (!session.edits.empty()) json["edits"] = editsJson(session.edits);
    if (!session.benchmark.empty()) json["benchmark"] = session.benchmark;
    if (session.comparison != ComparisonChoices()) json["comparison"] = choicesJson(session.comparison);
    return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<Session> parseSession(const std::string& text, const fs::path& base) {
    const ParsedJson parsed = parseJson(text);
    if (!parsed.value.is_object()) {
        return fail(ErrorCode::Corrupt,
                    "The session is not a complete JSON object; it was cut off or is another kind of file.");
    }
    JsonObject object(parsed.value);
    const nlohmann::json* schema = object.find("schema");
    if (schema == nullptr || !schema->is_number_unsigned() || schema->get<std::uint64_t>() == 0)
        return wrong("'schema' must say the version of the file");
    if (schema->get<std::uint64_t>() > kSessionSchema) {
        return fail(ErrorCode::Unsupported,
                    "The session has version " + schema->dump() + " and this program reads up to " +
                        std::to_string(kSessionSchema) + "; open it with a newer one.");
    }
    if (!parsed.repeatedKey.empty()) return wrong("'" + parsed.repeatedKey + "' is given twice");
    Session session = readAll(object, base);
    if (!object.problem().empty()) return wrong(object.problem());
    return session;
}

}  // namespace dicescope
