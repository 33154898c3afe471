#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>

namespace dicescope {

/// A JSON text, and the first key that is given twice in one object (the library would keep the last
/// silently).
struct ParsedJson {
    nlohmann::json value;  ///< discarded where the text is not JSON
    std::string repeatedKey;
};

[[nodiscard]] ParsedJson parseJson(const std::string& text);

/// Reads one JSON object key by key. A key that is missing has its fallback; the first thing wrong is kept as
/// a sentence that names the key ("inputs.ood[1].path"), shared with the objects inside.
class JsonObject {
  public:
    explicit JsonObject(const nlohmann::json& object);

    /// Empty while nothing is wrong.
    [[nodiscard]] const std::string& problem() const { return *problem_; }
    void complain(const std::string& key, const std::string& what);

    /// `kind` of file, for the complaint.
    void refuseOtherKeys(const std::set<std::string>& known, const char* kind = "session file");

    [[nodiscard]] bool has(const char* key) const { return object_->contains(key); }
    [[nodiscard]] std::string text(const char* key, const std::string& fallback = {});
    [[nodiscard]] bool boolean(const char* key, bool fallback);
    [[nodiscard]] std::uint64_t integer(const char* key, std::uint64_t fallback, std::uint64_t highest,
                                        std::uint64_t lowest = 0);
    [[nodiscard]] double number(const char* key, double fallback, double lowest, double highest);
    /// Nothing where the key is missing or null.
    [[nodiscard]] std::optional<double> optionalNumber(const char* key, double lowest, double highest);
    /// The value of a key, or null where it is missing or null.
    [[nodiscard]] const nlohmann::json* find(const char* key) const;
    /// The object of a key; one without keys where it is missing.
    [[nodiscard]] JsonObject object(const char* key);

    /// Calls visit(element) for each object of an array.
    template <class Visit>
    void forEachObject(const char* key, Visit visit) {
        forEach(key, "objects", [&](const nlohmann::json& value, const std::string& path) {
            if (!value.is_object()) return false;
            JsonObject element(value, path, problem_);
            visit(element);
            return true;
        });
    }
    /// Calls visit(text) for each text of an array.
    template <class Visit>
    void forEachText(const char* key, Visit visit) {
        forEach(key, "texts", [&](const nlohmann::json& value, const std::string&) {
            if (!value.is_string()) return false;
            visit(value.get<std::string>());
            return true;
        });
    }

  private:
    JsonObject(const nlohmann::json& object, std::string path, std::shared_ptr<std::string> problem);

    template <class Visit>
    void forEach(const char* key, const char* kind, Visit visit) {
        const nlohmann::json* list = find(key);
        if (list == nullptr) return;
        bool isRight = list->is_array();
        for (std::size_t i = 0; isRight && i < list->size(); ++i) {
            isRight = visit((*list)[i], path_ + key + '[' + std::to_string(i) + "].");
        }
        if (!isRight) complain(key, std::string("must be a list of ") + kind);
    }

    const nlohmann::json* object_;
    std::string path_;  ///< with a dot at the end, or empty
    std::shared_ptr<std::string> problem_;
};

}  // namespace dicescope
