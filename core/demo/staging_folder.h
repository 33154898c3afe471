#pragma once

#include <filesystem>

#include "core/base/error.h"

namespace dicescope {

/// A folder that appears under its final name complete or not at all: filled as a hidden sibling
/// (".NAME.partial-NUMBER"), flushed to disk, then renamed. Without commit() it is removed again. A sibling
/// that a killed process left is removed by the next create(); one that another process is still filling is
/// left alone.
class StagingFolder {
  public:
    /// `target` must not exist or be an empty folder. Creates missing parents. Errors: InvalidArgument
    /// (`target` is something else, or the current folder); WriteFailed.
    [[nodiscard]] static Result<StagingFolder> create(const std::filesystem::path& target);
    StagingFolder(StagingFolder&& other) noexcept;
    StagingFolder& operator=(StagingFolder&&) = delete;
    ~StagingFolder();

    /// Where to write until commit().
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    /// Errors: WriteFailed, also when another process has put something under the final name in the meantime.
    [[nodiscard]] Status commit();

  private:
    StagingFolder() = default;
    std::filesystem::path target_;
    std::filesystem::path path_;  // empty once committed or moved from
    int lock_ = -1;               // open descriptor of path_, holding an exclusive flock
};

}  // namespace dicescope
