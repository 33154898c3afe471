#include "core/features/file_hash_memo.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <mutex>
#include <new>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "core/base/file.h"
#include "core/features/cache_names.h"
#include "core/features/file_lock.h"

namespace dicescope {
namespace {

namespace fs = std::filesystem;

constexpr std::array<char, 16> kMagic{'D', 'I', 'C', 'E', 'M', 'E', 'M', 'O', '0', '0', '0', '1', 0, 0, 0, 0};
constexpr std::int64_t kRacyNs = 2'000'000'000;
constexpr std::size_t kMaxFile = std::size_t{1} << 32;
constexpr std::size_t kSlack =
    1024;  // records beyond which a file of mostly outdated ones is worth rewriting

struct PathHash {
    std::size_t operator()(const ContentHash& hash) const { return hash.low; }
};

// Written and read as it lies in memory; every record stands for itself.
struct Record {
    ContentHash path;
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::uint64_t size = 0;
    std::int64_t modifiedNs = 0;
    std::int64_t changedNs = 0;
    ContentHash content;
    std::uint64_t checksum = 0;

    [[nodiscard]] std::uint64_t sum() const { return XXH3_64bits(this, sizeof(Record) - sizeof(checksum)); }
};
static_assert(sizeof(Record) == 80);

ContentHash hashOfPath(const fs::path& path) {
    const std::string& text = path.native();
    return contentHash(std::as_bytes(std::span(text)));
}

bool matches(const Record& record, const FileStamp& stamp) {
    return record.device == stamp.device && record.inode == stamp.inode && record.size == stamp.size &&
           record.modifiedNs == stamp.modifiedNs && record.changedNs == stamp.changedNs;
}

std::int64_t nanoseconds(const timespec& time) {
    return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

// All undamaged records in the order of the file; none when it is not a memo of this version.
std::vector<Record> readRecords(const fs::path& path) {
    const auto bytes = readFile(path, kMaxFile);
    if (!bytes || bytes->size() < kMagic.size() ||
        std::memcmp(bytes->data(), kMagic.data(), kMagic.size()) != 0)
        return {};
    std::vector<Record> records((bytes->size() - kMagic.size()) / sizeof(Record));
    if (!records.empty())
        std::memcpy(records.data(), bytes->data() + kMagic.size(), records.size() * sizeof(Record));
    std::erase_if(records, [](const Record& record) { return record.sum() != record.checksum; });
    return records;
}

// The newest record of every path, at most `limit` of them, in the order of the file.
std::vector<Record> newest(const std::vector<Record>& records, std::size_t limit) {
    std::vector<Record> kept;
    std::unordered_set<ContentHash, PathHash> seen;
    for (auto it = records.rbegin(); it != records.rend() && kept.size() < limit; ++it) {
        if (seen.insert(it->path).second) kept.push_back(*it);
    }
    std::reverse(kept.begin(), kept.end());
    return kept;
}

tl::unexpected<Error> writeError(const fs::path& path) {
    return fail(ErrorCode::WriteFailed, "Cannot write '" + path.string() + "' (" + std::strerror(errno) +
                                            "); images are then read again in the next run.");
}

bool writeAt(int descriptor, std::span<const std::byte> bytes, std::size_t position) {
    while (!bytes.empty()) {
        const ssize_t written =
            ::pwrite(descriptor, bytes.data(), bytes.size(), static_cast<off_t>(position));
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return false;
        bytes = bytes.subspan(static_cast<std::size_t>(written));
        position += static_cast<std::size_t>(written);
    }
    return true;
}

// The lock of the file that has the name now: a rewrite by another process may have replaced the one that was
// waited for.
std::optional<FileLock> lockCurrent(const fs::path& path) {
    for (int attempt = 0; attempt < 100; ++attempt) {
        auto lock = FileLock::wait(path, FileLock::Kind::Exclusive);
        if (!lock) return std::nullopt;
        struct stat held {};
        struct stat named {};
        const bool known = ::fstat(lock->descriptor(), &held) == 0 && ::stat(path.c_str(), &named) == 0;
        if (known && held.st_ino == named.st_ino && held.st_dev == named.st_dev) return lock;
    }
    return std::nullopt;
}

// Where the next record belongs: behind the last complete one, or behind a new header when the file is not a
// memo.
std::optional<std::size_t> endOfRecords(int descriptor) {
    struct stat info {};
    if (::fstat(descriptor, &info) != 0) return std::nullopt;
    std::array<char, kMagic.size()> magic{};
    const bool isMemo =
        ::pread(descriptor, magic.data(), magic.size(), 0) == static_cast<ssize_t>(magic.size()) &&
        magic == kMagic;
    if (isMemo) {
        const std::size_t whole = (static_cast<std::size_t>(info.st_size) - kMagic.size()) / sizeof(Record);
        return kMagic.size() + whole * sizeof(Record);
    }
    if (::ftruncate(descriptor, 0) != 0 || !writeAt(descriptor, std::as_bytes(std::span(kMagic)), 0))
        return std::nullopt;
    return kMagic.size();
}

}  // namespace

Result<FileStamp> FileStamp::of(const fs::path& path) {
    // Taken before stat(): a stamp may look older than it is, never younger.
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    struct stat info {};
    if (::stat(path.c_str(), &info) != 0) {
        const bool missing = errno == ENOENT || errno == ENOTDIR;
        return fail(missing ? ErrorCode::NotFound : ErrorCode::Unreadable,
                    "Cannot open '" + path.string() + "' (" + std::strerror(errno) + "); check the path.");
    }
    if (!S_ISREG(info.st_mode)) {
        return fail(ErrorCode::Unreadable, "'" + path.string() + "' is not a regular file; name a file.");
    }
    return FileStamp{static_cast<std::uint64_t>(info.st_dev),
                     static_cast<std::uint64_t>(info.st_ino),
                     static_cast<std::uint64_t>(info.st_size),
                     nanoseconds(info.st_mtim),
                     nanoseconds(info.st_ctim),
                     nanoseconds(now)};
}

struct FileHashMemo::Impl {
    fs::path path;
    mutable std::mutex guard;
    std::unordered_map<ContentHash, Record, PathHash> records;
    std::vector<Record> pending;

    void load(std::size_t maxEntries) {
        const auto found = readRecords(path);
        records.reserve(found.size());
        for (const auto& record : found) records.insert_or_assign(record.path, record);
        if (found.size() > maxEntries || found.size() > 2 * records.size() + kSlack) rewrite(maxEntries);
    }

    // Room is made for a quarter, so that a full memo is not rewritten by every run.
    void rewrite(std::size_t maxEntries) {
        const auto lock = lockCurrent(path);
        if (!lock) return;
        const auto kept = newest(readRecords(path), std::max<std::size_t>(1, maxEntries / 4 * 3));
        auto file = AtomicFile::create(path);
        const bool done = file && file->write(std::as_bytes(std::span(kMagic))) &&
                          file->write(std::as_bytes(std::span(kept))) && file->commit();
        if (!done) return;
        records.clear();
        for (const auto& record : kept) records.emplace(record.path, record);
    }

    Status flush() {
        const std::scoped_lock guarded(guard);
        if (pending.empty()) return {};
        const auto lock = lockCurrent(path);
        if (!lock) return writeError(path);
        const auto end = endOfRecords(lock->descriptor());
        if (!end || !writeAt(lock->descriptor(), std::as_bytes(std::span(pending)), *end))
            return writeError(path);
        pending.clear();
        return {};
    }
};

FileHashMemo::FileHashMemo(FileHashMemo&& other) noexcept = default;

FileHashMemo& FileHashMemo::operator=(FileHashMemo&& other) noexcept {
    std::swap(impl_, other.impl_);
    return *this;
}

FileHashMemo::~FileHashMemo() {
    if (impl_) (void)impl_->flush();
}

Result<FileHashMemo> FileHashMemo::open(const fs::path& root, std::size_t maxEntries) {
    if (auto made = ensureWritableFolder(root); !made) return forwardError(made);
    FileHashMemo memo;
    memo.impl_ = std::make_unique<Impl>();
    memo.impl_->path = root / kMemoName;
    try {
        memo.impl_->load(maxEntries);
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::OutOfMemory, "There is not enough memory for '" + memo.impl_->path.string() +
                                                "'; clear the cache or choose another folder.");
    }
    return memo;
}

std::optional<ContentHash> FileHashMemo::lookup(const fs::path& path, const FileStamp& stamp) const {
    const auto key = hashOfPath(path);
    const std::scoped_lock guarded(impl_->guard);
    const auto found = impl_->records.find(key);
    if (found == impl_->records.end() || !matches(found->second, stamp)) return std::nullopt;
    return found->second.content;
}

void FileHashMemo::store(const fs::path& path, const FileStamp& stamp, const ContentHash& hash) {
    if (stamp.changedNs + kRacyNs >= stamp.takenNs) return;
    Record record{hashOfPath(path), stamp.device,    stamp.inode, stamp.size,
                  stamp.modifiedNs, stamp.changedNs, hash,        0};
    record.checksum = record.sum();
    const std::scoped_lock guarded(impl_->guard);
    const auto found = impl_->records.find(record.path);
    const bool known =
        found != impl_->records.end() && matches(found->second, stamp) && found->second.content == hash;
    if (known) return;
    impl_->records.insert_or_assign(record.path, record);
    impl_->pending.push_back(record);
}

Status FileHashMemo::flush() {
    return impl_->flush();
}

std::size_t FileHashMemo::size() const {
    const std::scoped_lock guarded(impl_->guard);
    return impl_->records.size();
}

Result<ContentHash> contentHashOfFile(const fs::path& path) {
    const auto bytes = readFile(path);
    if (!bytes) return forwardError(bytes);
    return contentHash(*bytes);
}

}  // namespace dicescope
