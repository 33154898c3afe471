#pragma once

#include <filesystem>
#include <optional>
#include <utility>

namespace dicescope {

/// An advisory lock (flock) on a file, held until the object goes or the process ends, however it ends.
class FileLock {
  public:
    enum class Kind { Shared, Exclusive };

    /// Waits for the lock, creating the file where it is missing. Nothing when the file cannot be opened or
    /// the file system has no locks.
    [[nodiscard]] static std::optional<FileLock> wait(const std::filesystem::path& path, Kind kind);
    /// The lock of an existing file, if nobody holds it in a conflicting way now.
    [[nodiscard]] static std::optional<FileLock> tryExisting(const std::filesystem::path& path, Kind kind);

    FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    FileLock& operator=(FileLock&& other) noexcept {
        std::swap(descriptor_, other.descriptor_);
        return *this;
    }
    ~FileLock();

    /// The locked file, open for reading and writing.
    [[nodiscard]] int descriptor() const { return descriptor_; }

  private:
    explicit FileLock(int descriptor) : descriptor_(descriptor) {}
    int descriptor_ = -1;
};

}  // namespace dicescope
