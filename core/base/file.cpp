#include "core/base/file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <mutex>
#include <utility>

namespace dicescope {
namespace {

constexpr std::size_t kWriteBuffer = std::size_t{1} << 20;

std::string reason(int error) {
    return std::strerror(error);
}

class Descriptor {
  public:
    explicit Descriptor(int fd = -1) : fd_(fd) {}
    Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    ~Descriptor() { close(); }
    [[nodiscard]] int get() const { return fd_; }
    int close() { return fd_ >= 0 ? ::close(std::exchange(fd_, -1)) : 0; }

  private:
    int fd_;
};

struct OpenFile {
    Descriptor descriptor;
    std::uint64_t size = 0;
};

Result<OpenFile> openForReading(const std::filesystem::path& path) {
    Descriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (fd.get() < 0) {
        if (errno == ENOENT || errno == ENOTDIR) {
            return fail(ErrorCode::NotFound, "There is no file '" + path.string() + "'; check the path.");
        }
        return fail(ErrorCode::Unreadable, "Cannot open '" + path.string() + "' (" + reason(errno) +
                                               "); check that you may read it.");
    }
    struct stat info {};
    if (::fstat(fd.get(), &info) != 0 || !S_ISREG(info.st_mode)) {
        return fail(ErrorCode::Unreadable, "'" + path.string() + "' is not a regular file; name a file.");
    }
    return OpenFile{std::move(fd), static_cast<std::uint64_t>(info.st_size)};
}

tl::unexpected<Error> writeError(const std::filesystem::path& path, int error) {
    const bool full = error == ENOSPC || error == EDQUOT;
    return fail(ErrorCode::WriteFailed, "Cannot write '" + path.string() + "' (" + reason(error) + "); " +
                                            (full ? "free some space or choose another place."
                                                  : "choose a folder that you may write to."));
}

Status writeAll(int fd, std::span<const std::byte> bytes, const std::filesystem::path& path) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(fd, bytes.data(), bytes.size());
        if (written < 0) {
            if (errno == EINTR) continue;
            return writeError(path, errno);
        }
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return {};
}

void syncFolder(const std::filesystem::path& folder) {
    // Without this a power cut may keep the old folder entry although the file's data is on disk.
    const Descriptor fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (fd.get() >= 0) ::fsync(fd.get());
}

std::filesystem::path folderOf(const std::filesystem::path& path) {
    return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

}  // namespace

Result<std::vector<std::byte>> readFile(const std::filesystem::path& path, std::uint64_t maxBytes) {
    auto file = openForReading(path);
    if (!file) return forwardError(file);
    if (file->size > maxBytes) {
        return fail(ErrorCode::InvalidArgument, "'" + path.string() + "' has " + std::to_string(file->size) +
                                                    " bytes, more than the limit of " +
                                                    std::to_string(maxBytes) + "; it was not read.");
    }
    std::vector<std::byte> bytes(file->size);
    std::size_t done = 0;
    while (done < bytes.size()) {
        const ssize_t got = ::read(file->descriptor.get(), bytes.data() + done, bytes.size() - done);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) {
            return fail(ErrorCode::Unreadable,
                        "Cannot read '" + path.string() + "' (" + reason(errno) + "); check the disk.");
        }
        if (got == 0) break;
        done += static_cast<std::size_t>(got);
    }
    bytes.resize(done);
    return bytes;
}

struct MappedFile::Mapping {
    void* address = nullptr;
    std::size_t size = 0;

    Mapping() = default;
    Mapping(const Mapping&) = delete;
    Mapping& operator=(const Mapping&) = delete;
    ~Mapping() {
        if (address != nullptr) ::munmap(address, size);
    }
};

Result<MappedFile> MappedFile::open(const std::filesystem::path& path) {
    auto file = openForReading(path);
    if (!file) return forwardError(file);
    auto mapping = std::make_shared<Mapping>();
    if (file->size > 0) {
        void* address = ::mmap(nullptr, file->size, PROT_READ, MAP_SHARED, file->descriptor.get(), 0);
        if (address == MAP_FAILED) {
            return fail(ErrorCode::Unreadable,
                        "Cannot map '" + path.string() + "' (" + reason(errno) + "); check the disk.");
        }
        mapping->address = address;
        mapping->size = file->size;
    }
    MappedFile result;
    result.mapping_ = std::move(mapping);
    return result;
}

std::span<const std::byte> MappedFile::bytes() const {
    if (!mapping_) return {};
    return {static_cast<const std::byte*>(mapping_->address), mapping_->size};
}

namespace {

/// The process's umask. It can only be read by setting it, so two threads must not do so at once.
mode_t fileMask() {
    static std::mutex mutex;
    const std::lock_guard lock(mutex);
    const mode_t mask = ::umask(0);
    ::umask(mask);
    return mask;
}

}  // namespace

struct AtomicFile::Impl {
    std::filesystem::path finalPath;
    std::filesystem::path temporaryPath;
    Descriptor descriptor;
    std::vector<std::byte> buffer;

    ~Impl() {
        if (!temporaryPath.empty()) ::unlink(temporaryPath.c_str());
    }

    bool failed = false;  // a file with a hole must never get the final name

    Status put(std::span<const std::byte> bytes) {
        auto written = writeAll(descriptor.get(), bytes, finalPath);
        if (!written) failed = true;
        return written;
    }
    Status flush() {
        auto written = put(buffer);
        buffer.clear();
        return written;
    }
    Status finish(bool sync) {
        if (failed) {
            return fail(
                ErrorCode::WriteFailed,
                "'" + finalPath.string() + "' was not written completely and is left out; free some space.");
        }
        if (auto flushed = flush(); !flushed) return flushed;
        if (sync && ::fsync(descriptor.get()) != 0) return writeError(finalPath, errno);
        if (descriptor.close() != 0) return writeError(finalPath, errno);
        if (::rename(temporaryPath.c_str(), finalPath.c_str()) != 0) return writeError(finalPath, errno);
        temporaryPath.clear();
        return {};
    }
};

AtomicFile::AtomicFile(AtomicFile&& other) noexcept = default;
AtomicFile& AtomicFile::operator=(AtomicFile&& other) noexcept = default;
AtomicFile::~AtomicFile() = default;

Result<AtomicFile> AtomicFile::create(const std::filesystem::path& path) {
    const auto folder = folderOf(path);
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) return writeError(path, error.value());

    std::string name = (folder / ("." + path.filename().string() + ".XXXXXX")).string();
    Descriptor fd(::mkostemp(name.data(), O_CLOEXEC));
    if (fd.get() < 0) return writeError(path, errno);
    // mkostemp makes the file private; a result is meant to be as readable as any other file of the user's.
    ::fchmod(fd.get(), 0666 & ~fileMask());

    AtomicFile file;
    file.impl_ = std::make_unique<Impl>();
    file.impl_->finalPath = path;
    file.impl_->temporaryPath = name;
    file.impl_->descriptor = std::move(fd);
    return file;
}

Status AtomicFile::write(std::span<const std::byte> bytes) {
    if (bytes.size() >= kWriteBuffer) {
        if (auto flushed = impl_->flush(); !flushed) return flushed;
        return impl_->put(bytes);
    }
    impl_->buffer.insert(impl_->buffer.end(), bytes.begin(), bytes.end());
    if (impl_->buffer.size() >= kWriteBuffer) return impl_->flush();
    return {};
}

Status AtomicFile::write(std::string_view text) {
    return write(std::as_bytes(std::span(text.data(), text.size())));
}

Status AtomicFile::commit() {
    if (auto finished = impl_->finish(/*sync=*/true); !finished) return finished;
    syncFolder(folderOf(impl_->finalPath));
    return {};
}

Status AtomicFile::commitUnsynced() {
    return impl_->finish(/*sync=*/false);
}

Status writeFileAtomically(const std::filesystem::path& path, std::string_view text) {
    auto file = AtomicFile::create(path);
    if (!file) return forwardError(file);
    if (auto written = file->write(text); !written) return written;
    return file->commit();
}

Status ensureWritableFolder(const std::filesystem::path& folder) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) return writeError(folder, error.value());
    std::string probe = (folder / ".write-test.XXXXXX").string();
    const Descriptor fd(::mkostemp(probe.data(), O_CLOEXEC));
    if (fd.get() < 0) return writeError(folder, errno);
    ::unlink(probe.c_str());
    return {};
}

}  // namespace dicescope
