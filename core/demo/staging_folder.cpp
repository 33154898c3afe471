#include "core/demo/staging_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <random>
#include <string>
#include <system_error>
#include <utility>

namespace dicescope {
namespace {

namespace fs = std::filesystem;

tl::unexpected<Error> writeError(const fs::path& path, int error) {
    return fail(ErrorCode::WriteFailed, "Cannot write the folder '" + path.string() + "' (" +
                                            std::strerror(error) +
                                            "); choose a folder you may write to, with free space.");
}

/// Opens a folder and takes its lock without waiting; -1 with errno where that fails.
int openLocked(const fs::path& folder) {
    const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || ::flock(fd, LOCK_EX | LOCK_NB) == 0) return fd;
    const int error = errno;
    ::close(fd);
    errno = error;
    return -1;
}

std::string siblingPrefix(const fs::path& target) {
    return "." + target.filename().string() + ".partial-";
}

/// The kernel drops a killed process's lock, so a sibling whose lock can be had belongs to nobody.
void removeAbandonedSiblings(const fs::path& target) {
    std::error_code ignored;
    for (fs::directory_iterator it(target.parent_path(), ignored), end; !ignored && it != end;
         it.increment(ignored)) {
        if (!it->path().filename().string().starts_with(siblingPrefix(target))) continue;
        const int fd = openLocked(it->path());
        if (fd < 0) continue;
        std::error_code leftBehind;
        fs::remove_all(it->path(), leftBehind);
        ::close(fd);
    }
}

Status checkTarget(const fs::path& target) {
    std::error_code error;
    if (!target.has_filename() || fs::equivalent(target, fs::current_path(error), error)) {
        return fail(ErrorCode::InvalidArgument,
                    "'" + target.string() + "' cannot be replaced; name a new folder.");
    }
    error.clear();
    const auto status = fs::symlink_status(target, error);
    if (!fs::exists(status)) return {};
    if (!fs::is_directory(status) || !fs::is_empty(target, error)) {
        return fail(
            ErrorCode::InvalidArgument,
            "'" + target.string() + "' holds something else already; name a new folder, or remove it first.");
    }
    return {};
}

}  // namespace

Result<StagingFolder> StagingFolder::create(const fs::path& target) {
    if (target.empty())
        return fail(ErrorCode::InvalidArgument, "The name of the folder is empty; name a new folder.");
    std::error_code error;
    StagingFolder staging;
    staging.target_ = fs::weakly_canonical(fs::absolute(target), error);
    if (error) return writeError(target, error.value());
    // "demo/" is the folder "demo"; its sibling must not end up inside it.
    if (!staging.target_.has_filename()) staging.target_ = staging.target_.parent_path();
    if (const auto usable = checkTarget(staging.target_); !usable) return forwardError(usable);

    fs::create_directories(staging.target_.parent_path(), error);
    if (error) return writeError(target, error.value());
    removeAbandonedSiblings(staging.target_);
    const std::string name = siblingPrefix(staging.target_) + std::to_string(std::random_device{}());
    // Not mkdtemp, whose folder nobody else may enter.
    if (!fs::create_directory(staging.target_.parent_path() / name, error))
        return writeError(target, error ? error.value() : EEXIST);
    staging.path_ = staging.target_.parent_path() / name;
    staging.lock_ = openLocked(staging.path_);
    if (staging.lock_ < 0) return writeError(target, errno);
    return staging;
}

StagingFolder::StagingFolder(StagingFolder&& other) noexcept
    : target_(std::move(other.target_)),
      path_(std::exchange(other.path_, {})),
      lock_(std::exchange(other.lock_, -1)) {}

StagingFolder::~StagingFolder() {
    if (!path_.empty()) {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    if (lock_ >= 0) ::close(lock_);
}

Status StagingFolder::commit() {
    if (::syncfs(lock_) != 0) return writeError(target_, errno);
    // rename() itself refuses a target that is not an empty folder, so nothing of another process is
    // overwritten.
    if (::rename(path_.c_str(), target_.c_str()) != 0) return writeError(target_, errno);
    path_.clear();
    return {};
}

}  // namespace dicescope
