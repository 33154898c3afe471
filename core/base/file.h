#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"

namespace dicescope {

/// Reads a whole file. Errors: NotFound, Unreadable, InvalidArgument when it is larger than maxBytes
/// (checked before anything is allocated).
[[nodiscard]] Result<std::vector<std::byte>> readFile(const std::filesystem::path& path,
                                                      std::uint64_t maxBytes = UINT64_MAX);

/// A file mapped read-only into memory; unmapped when the last copy goes. The view stays valid when the file
/// is replaced by rename, which is how every writer here works.
class MappedFile {
  public:
    /// Errors: NotFound, Unreadable. An empty file gives an empty view.
    [[nodiscard]] static Result<MappedFile> open(const std::filesystem::path& path);

    [[nodiscard]] std::span<const std::byte> bytes() const;

  private:
    struct Mapping;
    std::shared_ptr<const Mapping> mapping_;
};

/// Writes a file so that it appears under `path` complete or not at all: to a temporary name in the same
/// folder, flushed to disk, then renamed. Creates missing parent folders. Without commit() nothing is left
/// behind.
class AtomicFile {
  public:
    /// Errors: WriteFailed when the folder or the temporary file cannot be created.
    [[nodiscard]] static Result<AtomicFile> create(const std::filesystem::path& path);
    AtomicFile(AtomicFile&& other) noexcept;
    AtomicFile& operator=(AtomicFile&& other) noexcept;
    ~AtomicFile();

    /// Appends bytes (buffered). Errors: WriteFailed (a full disk among them).
    [[nodiscard]] Status write(std::span<const std::byte> bytes);
    [[nodiscard]] Status write(std::string_view text);
    /// Flushes, syncs and renames to the final name. Errors: WriteFailed; the temporary file is then removed.
    [[nodiscard]] Status commit();
    /// commit() without waiting for the disk, which takes milliseconds: after a power cut the file may be
    /// there and empty. For what is checked when it is read, and can be made again.
    [[nodiscard]] Status commitUnsynced();

  private:
    AtomicFile() = default;
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// Writes `text` to `path` atomically. Errors: WriteFailed.
[[nodiscard]] Status writeFileAtomically(const std::filesystem::path& path, std::string_view text);

/// Creates the folder and its parents, and makes sure that a file can be created in it. Errors: WriteFailed.
[[nodiscard]] Status ensureWritableFolder(const std::filesystem::path& folder);

}  // namespace dicescope
