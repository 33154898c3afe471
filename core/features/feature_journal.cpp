#include "core/features/feature_journal.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <stop_token>
#include <utility>
#include <vector>

namespace dicescope {
namespace {

constexpr std::array<char, 8> kMagic{'D', 'I', 'C', 'E', 'J', 'R', 'N', 'L'};
constexpr std::uint32_t kVersion = 1;
constexpr std::uint64_t kMaxValues = std::uint64_t{1} << 24;
constexpr std::size_t kChecksumSize = 8;
constexpr auto kSyncEvery = std::chrono::seconds(2);

// Laid out without padding; written and read as it lies in memory.
struct Header {
    std::array<char, 8> magic = kMagic;
    std::uint32_t version = kVersion;
    std::uint32_t headerSize = sizeof(Header);
    std::uint64_t featureSize = 0;
    std::uint64_t logitSize = 0;
    std::uint64_t batchSize = 0;
    ContentHash key;
    std::uint64_t checksum = 0;
};
static_assert(sizeof(Header) == 64);

std::uint64_t checksum(const void* bytes, std::size_t size) {
    return XXH3_64bits(bytes, size);
}

Header headerOf(const JournalShape& shape) {
    Header header;
    header.featureSize = shape.featureSize;
    header.logitSize = shape.logitSize;
    header.batchSize = shape.batchSize;
    header.key = shape.key;
    header.checksum = checksum(&header, sizeof(Header) - kChecksumSize);
    return header;
}

std::byte* put(std::byte* to, std::span<const std::byte> bytes) {
    if (!bytes.empty()) std::memcpy(to, bytes.data(), bytes.size());
    return to + bytes.size();
}

void copyFloats(const std::byte* from, std::span<float> to) {
    if (!to.empty()) std::memcpy(to.data(), from, to.size_bytes());
}

tl::unexpected<Error> writeError(const std::filesystem::path& path, int error) {
    const bool full = error == ENOSPC || error == EDQUOT || error == EFBIG;
    return fail(
        ErrorCode::WriteFailed,
        "Cannot write '" + path.string() + "' (" + std::strerror(error) + "); " +
            (full ? "free some space or choose another cache folder, and run again: what is done is kept."
                  : "choose a cache folder that you may write to."));
}

// Writes as much as it can at a position; returns the bytes written and the error that stopped it, 0 for
// none.
std::pair<std::size_t, int> writeMost(int descriptor, std::span<const std::byte> bytes,
                                      std::size_t position) {
    std::size_t done = 0;
    while (done < bytes.size()) {
        const ssize_t written = ::pwrite(descriptor, bytes.data() + done, bytes.size() - done,
                                         static_cast<off_t>(position + done));
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return {done, errno};
        done += static_cast<std::size_t>(written);
    }
    return {done, 0};
}

std::filesystem::path journalName(const std::filesystem::path& folder, const std::string& unique) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto nanoseconds = std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
    std::array<char, 32> time{};
    std::snprintf(time.data(), time.size(), "%020lld", static_cast<long long>(nanoseconds));
    return folder / (std::string(time.data()) + '-' + unique + JournalWriter::kSuffix);
}

}  // namespace

std::size_t JournalShape::recordSize() const {
    return sizeof(ContentHash) + sizeof(float) * static_cast<std::size_t>(featureSize + logitSize) +
           kChecksumSize;
}

Result<JournalView> JournalView::parse(std::span<const std::byte> bytes) {
    Header header;
    if (bytes.size() < sizeof(header)) return fail(ErrorCode::Corrupt, "it ends within its header");
    std::memcpy(&header, bytes.data(), sizeof(header));
    if (header.magic != kMagic) return fail(ErrorCode::Corrupt, "it is not a journal");
    if (header.version != kVersion || header.headerSize != sizeof(header)) {
        return fail(ErrorCode::Unsupported, "it has another version of the layout");
    }
    if (header.checksum != checksum(&header, sizeof(header) - kChecksumSize)) {
        return fail(ErrorCode::Corrupt, "its header is damaged");
    }
    if (header.featureSize == 0 || header.featureSize > kMaxValues || header.logitSize > kMaxValues) {
        return fail(ErrorCode::Corrupt, "its header speaks of impossible sizes");
    }
    JournalView view;
    view.shape_ = {header.featureSize, header.logitSize, header.batchSize, header.key};
    view.records_ = bytes.subspan(sizeof(header));
    return view;
}

bool JournalView::valid(std::size_t record) const {
    const std::size_t size = shape_.recordSize();
    const std::byte* bytes = records_.data() + record * size;
    std::uint64_t expected = 0;
    std::memcpy(&expected, bytes + size - kChecksumSize, kChecksumSize);
    return checksum(bytes, size - kChecksumSize) == expected;
}

ContentHash JournalView::hash(std::size_t record) const {
    ContentHash hash;
    std::memcpy(&hash, records_.data() + record * shape_.recordSize(), sizeof(hash));
    return hash;
}

void JournalView::copyFeatures(std::size_t record, std::span<float> features) const {
    copyFloats(records_.data() + record * shape_.recordSize() + sizeof(ContentHash), features);
}

void JournalView::copyLogits(std::size_t record, std::span<float> logits) const {
    const std::size_t position =
        sizeof(ContentHash) + sizeof(float) * static_cast<std::size_t>(shape_.featureSize);
    copyFloats(records_.data() + record * shape_.recordSize() + position, logits);
}

JournalWriter::JournalWriter(int descriptor, std::filesystem::path path, const JournalShape& shape)
    : descriptor_(descriptor),
      path_(std::move(path)),
      shape_(shape),
      syncer_([this](const std::stop_token& stop) { syncNowAndThen(stop); }) {}

JournalWriter::~JournalWriter() {
    syncer_.request_stop();
    if (syncer_.joinable()) syncer_.join();
    ::close(descriptor_);
}

Result<std::unique_ptr<JournalWriter>> JournalWriter::create(const std::filesystem::path& folder,
                                                             const JournalShape& shape) {
    // Under a temporary name until it is locked, so that nobody takes it for a dead process's in between.
    std::string name = (folder / ".journal.XXXXXX").string();
    const int descriptor = ::mkostemp(name.data(), O_CLOEXEC);
    if (descriptor < 0) return writeError(folder, errno);
    const auto path = journalName(folder, name.substr(name.size() - 6));
    ::flock(descriptor, LOCK_EX);
    const Header header = headerOf(shape);
    int error = writeMost(descriptor, std::as_bytes(std::span(&header, 1)), 0).second;
    if (error == 0 && ::rename(name.c_str(), path.c_str()) != 0) error = errno;
    if (error != 0) {
        ::unlink(name.c_str());
        ::close(descriptor);
        return writeError(path, error);
    }
    return std::unique_ptr<JournalWriter>(new JournalWriter(descriptor, path, shape));
}

Status JournalWriter::append(std::span<const ContentHash> hashes, std::span<const std::size_t> rows,
                             MatrixView<const float> features, MatrixView<const float> logits) {
    const std::size_t size = shape_.recordSize();
    buffer_.resize(rows.size() * size);
    for (std::size_t k = 0; k < rows.size(); ++k) {
        std::byte* record = buffer_.data() + k * size;
        std::byte* end = put(record, std::as_bytes(hashes.subspan(k, 1)));
        end = put(end, std::as_bytes(features.row(rows[k])));
        if (shape_.logitSize > 0) end = put(end, std::as_bytes(logits.row(rows[k])));
        const std::uint64_t sum = checksum(record, size - kChecksumSize);
        put(end, std::as_bytes(std::span(&sum, 1)));
    }
    return writeRecords(buffer_);
}

Status JournalWriter::writeRecords(std::span<const std::byte> bytes) {
    if (const int error = syncError_.exchange(0); error != 0) return writeError(path_, error);
    // Always behind the last complete record: what a failed call left there is overwritten by the next.
    const std::size_t end = sizeof(Header) + records_ * shape_.recordSize();
    const auto [done, error] = writeMost(descriptor_, bytes, end);
    records_ += done / shape_.recordSize();
    unsynced_ = true;
    if (error != 0) return writeError(path_, error);
    return {};
}

Status JournalWriter::readValues(std::size_t record, std::size_t skip, std::span<float> values) const {
    const auto bytes = std::as_writable_bytes(values);
    const std::size_t position = sizeof(Header) + record * shape_.recordSize() + sizeof(ContentHash) + skip;
    std::size_t done = 0;
    while (done < bytes.size()) {
        const ssize_t got = ::pread(descriptor_, bytes.data() + done, bytes.size() - done,
                                    static_cast<off_t>(position + done));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0)
            return fail(ErrorCode::Unreadable, "Cannot read '" + path_.string() + "'; check the disk.");
        done += static_cast<std::size_t>(got);
    }
    return {};
}

Status JournalWriter::copyFeatures(std::size_t record, std::span<float> features) const {
    return readValues(record, 0, features);
}

Status JournalWriter::copyLogits(std::size_t record, std::span<float> logits) const {
    return readValues(record, sizeof(float) * static_cast<std::size_t>(shape_.featureSize), logits);
}

void JournalWriter::syncNowAndThen(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        std::unique_lock lock(sleepMutex_);
        sleep_.wait_for(lock, stop, kSyncEvery, [] { return false; });
        lock.unlock();
        if (unsynced_.exchange(false) && ::fdatasync(descriptor_) != 0) syncError_ = errno;
    }
}

}  // namespace dicescope
