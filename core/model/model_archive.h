#pragma once

#include <filesystem>
#include <string>

#include "core/base/error.h"

namespace dicescope::torch_internal {

/// Makes sure that `path` is a TorchScript archive before LibTorch is asked to read it. Returns what the
/// archive says about its producer ("TorchScript archive version 10, PyTorch 2.1 or newer"). Errors, each
/// saying what the file is instead and how to export a model: NotFound, Unreadable (a folder among them),
/// Corrupt (empty, truncated, a checkpoint of torch.save, another format).
[[nodiscard]] Result<std::string> inspectArchive(const std::filesystem::path& path);

}  // namespace dicescope::torch_internal
