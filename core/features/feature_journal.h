#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <span>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "core/base/error.h"
#include "core/base/hash.h"
#include "core/base/matrix.h"

namespace dicescope {

/// What all records of a journal have in common.
struct JournalShape {
    std::uint64_t featureSize = 0;  ///< D, 1 to 2^24
    std::uint64_t logitSize = 0;    ///< C, 0 to 2^24
    std::uint64_t batchSize = 0;    ///< of the run that wrote it; 0 where it was not told
    ContentHash key;                ///< of the cache key the rows belong to

    [[nodiscard]] std::size_t recordSize() const;  ///< bytes
};

/// A journal's bytes: a header of 64 bytes (magic "DICEJRNL", u32 version 1, u32 header size, u64 D, C and
/// batch size, key, XXH3-64 of the 56 bytes before), then records of one size: content hash (low, high), D
/// floats, C floats, XXH3-64 of all before it in the record. All little-endian. Every record stands for
/// itself, so a torn tail and a damaged middle cost only the records they touch.
class JournalView {
  public:
    /// `bytes` must outlive the view. Errors (messages are a part of a sentence): Corrupt, Unsupported.
    [[nodiscard]] static Result<JournalView> parse(std::span<const std::byte> bytes);

    [[nodiscard]] const JournalShape& shape() const { return shape_; }
    /// Complete records; each may still be damaged.
    [[nodiscard]] std::size_t records() const { return records_.size() / shape_.recordSize(); }
    /// Whether a record is as it was written. The other accessors need a valid record's index.
    [[nodiscard]] bool valid(std::size_t record) const;
    [[nodiscard]] ContentHash hash(std::size_t record) const;
    /// The spans have D and C values.
    void copyFeatures(std::size_t record, std::span<float> features) const;
    void copyLogits(std::size_t record, std::span<float> logits) const;

  private:
    JournalShape shape_;
    std::span<const std::byte> records_;
};

/// Appends records to a journal of this process's own. The file is locked while the writer lives: a journal
/// whose lock is free was left by a process that ended. Data reach the kernel before append() returns (a
/// killed process loses nothing) and the disk within 2 seconds, from a thread of the writer's.
class JournalWriter {
  public:
    static constexpr const char* kSuffix = ".journal";

    /// Creates FOLDER/<time>-<random>.journal, names ascending with time. Errors: WriteFailed.
    [[nodiscard]] static Result<std::unique_ptr<JournalWriter>> create(const std::filesystem::path& folder,
                                                                       const JournalShape& shape);
    JournalWriter(const JournalWriter&) = delete;
    JournalWriter& operator=(const JournalWriter&) = delete;
    ~JournalWriter();

    /// Adds one record a hash: rows `rows` of the two matrices, hashes[k] belonging to rows[k]. One thread at
    /// a time. Errors: WriteFailed; records() tells how many went in, and more may be appended later.
    [[nodiscard]] Status append(std::span<const ContentHash> hashes, std::span<const std::size_t> rows,
                                MatrixView<const float> features, MatrixView<const float> logits);

    [[nodiscard]] std::size_t records() const { return records_; }
    [[nodiscard]] const JournalShape& shape() const { return shape_; }
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    /// Read a record back: D features, C logits. Safe beside append(). Errors: Unreadable.
    [[nodiscard]] Status copyFeatures(std::size_t record, std::span<float> features) const;
    [[nodiscard]] Status copyLogits(std::size_t record, std::span<float> logits) const;

  private:
    JournalWriter(int descriptor, std::filesystem::path path, const JournalShape& shape);
    [[nodiscard]] Status readValues(std::size_t record, std::size_t skip, std::span<float> values) const;
    Status writeRecords(std::span<const std::byte> bytes);
    void syncNowAndThen(const std::stop_token& stop);

    int descriptor_ = -1;
    std::filesystem::path path_;
    JournalShape shape_;
    std::size_t records_ = 0;
    std::vector<std::byte> buffer_;
    std::atomic<bool> unsynced_{false};
    std::atomic<int> syncError_{0};
    std::mutex sleepMutex_;
    std::condition_variable_any sleep_;
    std::jthread syncer_;  ///< last: joined before anything it uses goes
};

}  // namespace dicescope
