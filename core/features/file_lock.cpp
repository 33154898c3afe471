#include "core/features/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

namespace dicescope {
namespace {

int lockOperation(FileLock::Kind kind) {
    return kind == FileLock::Kind::Shared ? LOCK_SH : LOCK_EX;
}

int flockRetrying(int descriptor, int operation) {
    int result = 0;
    do {
        result = ::flock(descriptor, operation);
    } while (result != 0 && errno == EINTR);
    return result;
}

}  // namespace

std::optional<FileLock> FileLock::wait(const std::filesystem::path& path, Kind kind) {
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (descriptor < 0) return std::nullopt;
    FileLock lock(descriptor);
    if (flockRetrying(descriptor, lockOperation(kind)) != 0) return std::nullopt;
    return lock;
}

std::optional<FileLock> FileLock::tryExisting(const std::filesystem::path& path, Kind kind) {
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    if (descriptor < 0) return std::nullopt;
    FileLock lock(descriptor);
    if (flockRetrying(descriptor, lockOperation(kind) | LOCK_NB) != 0) return std::nullopt;
    return lock;
}

FileLock::~FileLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace dicescope
