#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/base/hash.h"
#include "core/base/job.h"
#include "core/base/matrix.h"
#include "core/features/feature_set.h"

namespace dicescope {

/// Raised whenever decoding, resizing, normalising or the forward pass changes its results: it is part of
/// every key, so features of an older pipeline are not met again.
inline constexpr int kPipelineVersion = 1;

/// Everything besides the image that decides a feature. Any difference leads to another folder of the cache.
struct FeatureCacheKey {
    std::string modelSha256;
    std::string head;
    std::string preprocess;  ///< canonical JSON
    std::string deviceKind;  ///< "cpu" or "cuda": their results differ in the last bits
    std::string engine;      ///< LibTorch's version, for the same reason; may be empty

    /// Name of the key's folder: 32 hexadecimal digits over all fields and kPipelineVersion.
    [[nodiscard]] std::string folderName() const;
};

/// One image of a set that is to be put together, in the set's order.
struct CachedImage {
    std::string path;  ///< relative to the folder
    int label = -1;
    ContentHash hash;  ///< of the file's bytes
};

/// A set that is to be put together from cached rows.
struct FeatureSetRequest {
    std::vector<CachedImage> images;  ///< only those with features; the others belong into `skipped`
    std::vector<std::string> classes;
    std::vector<SkippedFile> skipped;
    std::string device;  ///< the three informative fields of FeatureProvenance;
    std::string folder;  ///< the others come from the key
    std::string producer;
};

/// Features by the content of the image they were computed from, for one key: finished sets (feature files)
/// and journals of runs that were interrupted, all in ROOT/<key>/. Nothing is looked up by path or time, so a
/// changed image, model or setting cannot meet a stale feature.
///
/// An extraction asks contains() for every image, hands new rows to append() as batches complete, and calls
/// finish() for the set. A kill at any moment loses only rows that were not yet appended; the next open()
/// finds the others. Several processes may use one root: each writes a journal of its own under a lock, and
/// files appear by rename.
///
/// Thread-safe; append() and finish() take turns.
class FeatureCache {
  public:
    /// Opens (and creates) the cache of a key and indexes what it holds: finished sets, and journals of any
    /// process dead or alive. Files that are damaged or belong to another key are ignored. 1.28 million rows
    /// take about a second. Errors: WriteFailed when the folder cannot be made or written to.
    [[nodiscard]] static Result<FeatureCache> open(const std::filesystem::path& root,
                                                   const FeatureCacheKey& key);
    FeatureCache(FeatureCache&& other) noexcept;
    FeatureCache& operator=(FeatureCache&& other) noexcept;
    ~FeatureCache();

    /// Whether the features of this content are there, rows appended just now included.
    [[nodiscard]] bool contains(const ContentHash& hash) const;

    /// Copies the row of this content: features has D values, logits C. Returns false when it is not there or
    /// the sizes do not fit.
    [[nodiscard]] bool copyRow(const ContentHash& hash, std::span<float> features,
                               std::span<float> logits) const;

    [[nodiscard]] std::size_t rowCount() const;     ///< different contents
    [[nodiscard]] std::size_t featureSize() const;  ///< D; 0 while there is no row
    [[nodiscard]] std::size_t logitSize() const;  ///< C; 0 while there is no row or where logits are not kept

    /// Batch size of the newest interrupted run; nothing where none was interrupted. A run that goes on with
    /// it and fixed batches computes what the interrupted one would have, to the bit.
    [[nodiscard]] std::optional<std::size_t> interruptedBatchSize() const;
    /// The batch size that append() records for such a case. To be set before the first append().
    void setBatchSize(std::size_t batchSize);

    /// Adds rows: hashes.size() x D features and x C logits (C may be 0). When it returns, a killed process
    /// keeps them; a power cut may lose the last 2 seconds. Rows of a content that is already there are
    /// passed over. Errors: Mismatch when D or C differ from the rows in the cache; WriteFailed (full disk):
    /// what was appended before stays valid; OutOfMemory.
    [[nodiscard]] Status append(std::span<const ContentHash> hashes, MatrixView<const float> features,
                                MatrixView<const float> logits);

    /// Puts the set together, rows bit for bit as appended, writes it as a feature file into the cache,
    /// removes journals all of whose rows are now in finished sets, and returns it mapped. A set of the same
    /// paths, contents and labels in the same order that is already there is returned at once. A finished set
    /// of the same folder is removed when every path of it is in the new one. Errors: InvalidArgument when
    /// there is no image or the cache lacks one of them; WriteFailed; OutOfMemory; Cancelled. The journal
    /// stays valid after an error, so that nothing need be computed again.
    [[nodiscard]] Result<FeatureSetPtr> finish(const FeatureSetRequest& request, const Job& job = {});

    /// ROOT/<key>.
    [[nodiscard]] const std::filesystem::path& folder() const;

  private:
    FeatureCache() = default;
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// $XDG_CACHE_HOME/dicescope, or ~/.cache/dicescope where that is not set; /tmp/dicescope-<uid> without a
/// home.
[[nodiscard]] std::filesystem::path defaultCacheRoot();

/// What a cache root holds.
struct CacheUsage {
    std::uint64_t bytes = 0;
    std::uint64_t files = 0;
};

/// Counts the files of this program below `root`, thumbnails and fits among them; zero for a folder that does
/// not exist. Errors: Unreadable.
[[nodiscard]] Result<CacheUsage> cacheSize(const std::filesystem::path& root);

/// Removes the files of this program below `root`, and folders of its own that become empty; other files
/// stay, and so do journals that a running program writes. Returns what was removed. Errors: WriteFailed.
[[nodiscard]] Result<CacheUsage> clearCache(const std::filesystem::path& root);

}  // namespace dicescope
