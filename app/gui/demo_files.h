#pragma once

#include <filesystem>

#include "core/analysis/inputs.h"
#include "core/base/error.h"
#include "core/base/job.h"

namespace dicescope {

/// Lays out the demo's images and its network in $XDG_DATA_HOME/dicescope/demo (or ~/.local/share/...), or
/// finds them there. Progress counts images. Returns the folder. Errors: those of writeDemoData(),
/// WriteFailed. Any thread.
[[nodiscard]] Result<std::filesystem::path> writeDemoFiles(const Job& job);

/// The inputs of the demo in a folder made by writeDemoFiles().
[[nodiscard]] InputsConfig demoInputs(const std::filesystem::path& folder);

}  // namespace dicescope
