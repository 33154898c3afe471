#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "core/features/cache_names.h"
#include "core/features/feature_cache.h"
#include "core/features/feature_journal.h"
#include "core/features/file_lock.h"

namespace dicescope {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kRandomPart = 7;  // ".XXXXXX"

bool endsOf(std::string_view& name, std::string_view suffix) {
    if (!name.ends_with(suffix)) return false;
    name.remove_suffix(suffix.size());
    return true;
}

bool isHex(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

std::vector<fs::path> entriesOf(const fs::path& folder) {
    std::vector<fs::path> entries;
    std::error_code error;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
        entries.push_back(it->path());
    }
    return entries;
}

bool isRootFile(std::string_view name) {
    return name == kMemoName || name == kTagName || isTemporaryName(name);
}

bool isKeyFile(std::string_view name) {
    return name == kLockName || isSetName(name) || isJournalName(name) || isTemporaryName(name);
}

bool isRealFile(const fs::path& path) {
    std::error_code error;
    return fs::is_regular_file(fs::symlink_status(path, error));
}

bool isRealFolder(const fs::path& path) {
    std::error_code error;
    return fs::is_directory(fs::symlink_status(path, error));
}

template <class Visit, class Done>
void walkThumbnails(const fs::path& folder, const Visit& visit, const Done& done) {
    if (!isRealFolder(folder)) return;
    for (const auto& part : entriesOf(folder)) {
        if (!isThumbnailFolderName(part.filename().string()) || !isRealFolder(part)) continue;
        for (const auto& file : entriesOf(part)) {
            const std::string name = file.filename().string();
            if ((isThumbnailName(name) || isTemporaryName(name)) && isRealFile(file)) visit(file);
        }
        done(part);
    }
    done(folder);
}

template <class Visit, class Done>
void walkFits(const fs::path& folder, const Visit& visit, const Done& done) {
    if (!isRealFolder(folder)) return;
    for (const auto& file : entriesOf(folder)) {
        const std::string name = file.filename().string();
        if ((isSetName(name) || isTemporaryName(name)) && isRealFile(file)) visit(file);
    }
    done(folder);
}

// Calls visit(path) for every file that a cache of this program consists of, and done(folder) after each
// key's folder.
template <class Visit, class Done>
void walk(const fs::path& root, const Visit& visit, const Done& done) {
    for (const auto& entry : entriesOf(root)) {
        const std::string name = entry.filename().string();
        if (isRootFile(name) && isRealFile(entry)) visit(entry);
        if (!isHashName(name) || !isRealFolder(entry)) continue;
        for (const auto& file : entriesOf(entry)) {
            if (isKeyFile(file.filename().string()) && isRealFile(file)) visit(file);
        }
        done(entry);
    }
    walkThumbnails(root / kThumbnailFolder, visit, done);
    walkFits(root / kFitFolder, visit, done);
}

Status checkRoot(const fs::path& root) {
    std::error_code error;
    const bool exists = fs::exists(root, error);
    if (!error && exists) fs::directory_iterator probe(root, error);
    if (error) {
        return fail(ErrorCode::Unreadable, "Cannot read the cache folder '" + root.string() + "' (" +
                                               error.message() + "); check that you may read it.");
    }
    return {};
}

void count(CacheUsage& usage, const fs::path& file) {
    std::error_code error;
    const auto size = fs::file_size(file, error);
    if (error) return;
    usage.bytes += size;
    ++usage.files;
}

// Another process writes the file now: a journal under its own lock, a temporary file under the folder's.
bool inUse(const fs::path& file) {
    const std::string name = file.filename().string();
    if (isJournalName(name)) return !FileLock::tryExisting(file, FileLock::Kind::Exclusive);
    const fs::path lock = file.parent_path() / kLockName;
    if (isTemporaryName(name) && fs::exists(lock))
        return !FileLock::tryExisting(lock, FileLock::Kind::Exclusive);
    return name == kLockName && !FileLock::tryExisting(file, FileLock::Kind::Exclusive);
}

}  // namespace

bool isHashName(std::string_view name) {
    return name.size() == 32 && isHex(name);
}

bool isThumbnailFolderName(std::string_view name) {
    return name.size() == 2 && isHex(name);
}

bool isThumbnailName(std::string_view name) {
    return endsOf(name, ".webp") && isHashName(name);
}

bool isSetName(std::string_view name) {
    return endsOf(name, kSetSuffix) && isHashName(name);
}

bool isJournalName(std::string_view name) {
    const auto isDigit = [](char c) { return c >= '0' && c <= '9'; };
    return endsOf(name, JournalWriter::kSuffix) && name.size() == 27 && name[20] == '-' &&
           std::all_of(name.begin(), name.begin() + 20, isDigit);
}

bool isTemporaryName(std::string_view name) {
    if (name.size() <= kRandomPart + 1 || name.front() != '.' || name[name.size() - kRandomPart] != '.')
        return false;
    name = name.substr(1, name.size() - 1 - kRandomPart);
    return name == "journal" || name == kMemoName || name == kTagName || name == "write-test" ||
           isSetName(name) || isThumbnailName(name);
}

fs::path defaultCacheRoot() {
    const auto variable = [](const char* name) {
        const char* value = std::getenv(name);
        return fs::path(value == nullptr ? "" : value);
    };
    // The XDG base directory specification has relative paths ignored.
    if (const fs::path xdg = variable("XDG_CACHE_HOME"); xdg.is_absolute()) return xdg / "dicescope";
    if (const fs::path home = variable("HOME"); home.is_absolute()) return home / ".cache" / "dicescope";
    return fs::path("/tmp") / ("dicescope-" + std::to_string(::getuid()));
}

Result<CacheUsage> cacheSize(const fs::path& root) {
    if (auto checked = checkRoot(root); !checked) return forwardError(checked);
    CacheUsage usage;
    walk(
        root, [&](const fs::path& file) { count(usage, file); }, [](const fs::path&) {});
    return usage;
}

Result<CacheUsage> clearCache(const fs::path& root) {
    if (auto checked = checkRoot(root); !checked) return forwardError(checked);
    CacheUsage removed;
    std::string failed;
    const auto removeFile = [&](const fs::path& file) {
        if (inUse(file)) return;
        CacheUsage one;
        count(one, file);
        std::error_code error;
        fs::remove(file, error);
        if (error) {
            failed = "Cannot remove '" + file.string() + "' (" + error.message() + "); check who owns it.";
        } else {
            removed.bytes += one.bytes;
            removed.files += one.files;
        }
    };
    const auto removeFolder = [](const fs::path& folder) {
        std::error_code error;  // a folder that still holds something stays
        fs::remove(folder, error);
    };
    walk(root, removeFile, removeFolder);
    if (!failed.empty()) return fail(ErrorCode::WriteFailed, failed);
    return removed;
}

}  // namespace dicescope
