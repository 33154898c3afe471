#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

namespace dicescope {

/// Absolute, without "." and "..", and without a slash at the end; not resolved on disk. Empty stays empty.
[[nodiscard]] std::filesystem::path plainPath(const std::filesystem::path& path);

/// Number of ".." in a relative path.
[[nodiscard]] std::ptrdiff_t foldersUp(const std::filesystem::path& relative);
/// Number of parts of an absolute path below the root.
[[nodiscard]] std::ptrdiff_t depth(const std::filesystem::path& path);

/// How a file in the folder `base` names `path`: relative where it lies below base or beside it (at most two
/// "..", and not through the root, so that another disk stays absolute), with '/' between the parts.
[[nodiscard]] std::string portablePath(const std::filesystem::path& path, const std::filesystem::path& base);

/// The path that portablePath() wrote: absolute, with relative ones taken from `base`. Empty stays empty.
[[nodiscard]] std::filesystem::path resolvedPath(const std::string& text, const std::filesystem::path& base);

/// Whether a text that names a preprocessing is the name of a preset and not a path.
[[nodiscard]] bool isPreset(const std::string& text);

}  // namespace dicescope
