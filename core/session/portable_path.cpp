#include "core/session/portable_path.h"

#include <algorithm>
#include <iterator>
#include <system_error>

#include "core/images/preprocess.h"

namespace dicescope {

namespace fs = std::filesystem;

fs::path plainPath(const fs::path& path) {
    if (path.empty()) return path;
    std::error_code error;
    const fs::path absolute = fs::absolute(path, error);
    const fs::path plain = (error ? path : absolute).lexically_normal();
    return plain.has_filename() ? plain : plain.parent_path();
}

std::ptrdiff_t foldersUp(const fs::path& relative) {
    return std::count(relative.begin(), relative.end(), fs::path(".."));
}

std::ptrdiff_t depth(const fs::path& path) {
    const fs::path parts = path.relative_path();
    return std::distance(parts.begin(), parts.end());
}

std::string portablePath(const fs::path& path, const fs::path& base) {
    constexpr std::ptrdiff_t kMostUps = 2;
    const fs::path full = plainPath(path);
    const fs::path from = plainPath(base);
    const fs::path relative = full.lexically_relative(from);
    const std::ptrdiff_t ups = foldersUp(relative);
    const bool isNear = !relative.empty() && ups <= kMostUps && (ups == 0 || ups < depth(from));
    return isNear ? relative.generic_string() : full.generic_string();
}

fs::path resolvedPath(const std::string& text, const fs::path& base) {
    return text.empty() ? fs::path() : plainPath(base / text);
}

bool isPreset(const std::string& text) {
    const auto names = preprocessPresetNames();
    return std::ranges::find(names, text) != names.end();
}

}  // namespace dicescope
