#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>

#include "core/base/error.h"
#include "core/base/hash.h"

namespace dicescope {

/// What the file system says about a file, and when it was asked.
struct FileStamp {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::uint64_t size = 0;
    std::int64_t modifiedNs = 0;  ///< mtime, nanoseconds since 1970
    std::int64_t changedNs = 0;   ///< ctime, nanoseconds since 1970; cannot be set back by programs
    std::int64_t takenNs = 0;     ///< when the stamp was taken

    /// One stat() of the file (links followed). Errors: NotFound, Unreadable (no access, or not a regular
    /// file).
    [[nodiscard]] static Result<FileStamp> of(const std::filesystem::path& path);
};

/// Remembers the content hash of files, so that a folder seen before needs one stat() a file instead of
/// reading it. One memo a cache root (ROOT/file-hashes.memo), shared by all processes. An entry is believed
/// only when device, inode, size, mtime and ctime are all unchanged, and is made only when the ctime lay more
/// than 2 seconds before the stamp was taken: a later change then always shows in the ctime, whatever the
/// clock's granularity.
///
/// Losing it costs time, never correctness: damaged entries are ignored, write errors are returned and may be
/// ignored. From one run to the next at most kMaxEntries are kept, the newest. Thread-safe.
class FileHashMemo {
  public:
    static constexpr std::size_t kMaxEntries = 4'000'000;

    /// Opens (or starts) the memo of a cache root; one with more than `maxEntries` is cut to three quarters
    /// of that. Errors: WriteFailed when the root cannot be made or written to, OutOfMemory.
    [[nodiscard]] static Result<FileHashMemo> open(const std::filesystem::path& root,
                                                   std::size_t maxEntries = kMaxEntries);
    FileHashMemo(FileHashMemo&& other) noexcept;
    FileHashMemo& operator=(FileHashMemo&& other) noexcept;
    /// Flushes.
    ~FileHashMemo();

    /// The hash of the file's content, if it is certain. `path` is the absolute path.
    [[nodiscard]] std::optional<ContentHash> lookup(const std::filesystem::path& path,
                                                    const FileStamp& stamp) const;

    /// Remembers the hash of bytes that were read AFTER the stamp was taken; passed over when the file
    /// changed less than 2 seconds before the stamp. Kept in memory until flush().
    void store(const std::filesystem::path& path, const FileStamp& stamp, const ContentHash& hash);

    /// Appends what was stored to the file; a killed process keeps it from here on. Call it once a batch,
    /// before FeatureCache::append(), so that a resumed run knows the hash of every image it already has.
    /// Errors: WriteFailed; the entries stay in memory.
    [[nodiscard]] Status flush();

    [[nodiscard]] std::size_t size() const;  ///< entries known

  private:
    FileHashMemo() = default;
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// Reads a file and hashes its bytes: contentHash() without decoding. Errors: NotFound, Unreadable.
[[nodiscard]] Result<ContentHash> contentHashOfFile(const std::filesystem::path& path);

}  // namespace dicescope
