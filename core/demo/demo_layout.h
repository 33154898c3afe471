#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/demo/demo_data.h"

namespace dicescope {

/// Raised when the same options give other files than before, so that an older layout is not taken for a
/// current one.
inline constexpr int kDemoContentVersion = 1;

/// The sets that a layout of these options consists of, with the number of images in each.
[[nodiscard]] std::vector<DemoSet> plannedDemoSets(const std::filesystem::path& folder,
                                                   const DemoDataOptions& options);

/// Errors: InvalidArgument, naming the option that is out of range.
[[nodiscard]] Status checkDemoOptions(const DemoDataOptions& options);

/// Writes demo-data.json, the last file of a layout. Errors: WriteFailed.
[[nodiscard]] Status writeDemoMarker(const std::filesystem::path& folder, const DemoDataOptions& options);

/// Whether `folder` holds a complete layout of exactly these options: its demo-data.json says so, and each
/// set has as many files as it should. File contents are not read.
[[nodiscard]] bool isCompleteDemoLayout(const std::filesystem::path& folder, const DemoDataOptions& options);

}  // namespace dicescope
