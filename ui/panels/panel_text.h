#pragma once

#include <QString>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

#include "core/base/job.h"

namespace dicescope {

// Wording that panels share. Numbers are written the English way ("1,240"), as everywhere in the program's
// results.

[[nodiscard]] QString fromPath(const std::filesystem::path& path);
[[nodiscard]] std::filesystem::path toPath(const QString& text);
/// The last part of a path, also of one that ends in '/'; the path itself where there is none ("/").
[[nodiscard]] QString fileNameOf(const std::filesystem::path& path);
/// Whether a path's name is that of a feature file (.safetensors). Does not look at the disk.
[[nodiscard]] bool isFeatureFileName(const QString& path);

[[nodiscard]] QString countText(std::uint64_t count);   ///< "1,240"
[[nodiscard]] QString imagesText(std::uint64_t count);  ///< "1 image", "1,240 images"
/// A number with three significant digits: "0.0012", "1.9e-06", "23.4".
[[nodiscard]] QString shortNumber(double value);

/// "33 s left", "4 min left", "2 h 5 min left"; empty where not known (negative).
[[nodiscard]] QString timeLeftText(double seconds);
/// "1,240 of 8,600 images, 223/s, 33 s left" without the parts that are not known; `images`: what is counted
/// are images.
[[nodiscard]] QString progressText(const Progress& progress, bool images);
/// How long ago: "just now", "5 minutes ago", "yesterday", "3 weeks ago". seconds >= 0.
[[nodiscard]] QString ageText(std::int64_t seconds);

/// A tool tip that wraps and shows `plain` as it is, whatever characters it holds.
[[nodiscard]] QString wrappedTip(const QString& plain);

}  // namespace dicescope
