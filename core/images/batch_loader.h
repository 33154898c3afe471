#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/base/hash.h"
#include "core/images/preprocess.h"

namespace dicescope {

/// The largest image file that is read; a larger one is an error of that image.
inline constexpr std::uint64_t kMaxImageFileBytes = std::uint64_t{1} << 30U;

/// One image to be loaded.
struct LoadRequest {
    std::size_t slot = 0;        ///< place in the batch, < LoaderOptions::batchSize, used once a batch
    std::size_t image = 0;       ///< the caller's number of the image, handed back
    std::filesystem::path path;  ///< absolute
};

/// What became of one request.
struct LoadedImage {
    std::size_t slot = 0;
    std::size_t image = 0;
    ContentHash hash;    ///< of the file's bytes; zero when the file could not be read
    bool known = false;  ///< LoaderOptions::isKnown said so: read and hashed, not decoded; its slot is zero
    std::optional<Error> error;  ///< why there are no pixels
};

/// A batch of preprocessed images; slots that were not requested, failed or are known are zero.
struct ImageBatch {
    std::size_t number = 0;           ///< as in the request
    std::vector<LoadedImage> images;  ///< in the order of the requests
    /// batchSize x cropHeight x cropWidth x channels, interleaved (N H W C)
    std::vector<std::uint8_t> pixels;
};

struct LoaderOptions {
    Preprocess preprocess;
    std::size_t batchSize = 1;
    unsigned threads = 0;  ///< decoding threads; 0: one a processor
    /// Batches that are being filled or wait to be taken, at the most; at least 1. With the batch handed out
    /// last they are all the memory for pixels.
    std::size_t batchesAhead = 4;
    /// Whether an image of this content need not be decoded; may be empty. Called from the decoding threads,
    /// several calls at a time.
    std::function<bool(const ContentHash&)> isKnown;
};

/// Reads, decodes and preprocesses images on its own threads, which take image after image, and hands the
/// batches out in order. Bounded: decoding waits when `batchesAhead` batches are not yet taken. The
/// destructor stops and joins the threads, finished or not; a file that is being read or decoded then is
/// finished first.
class BatchLoader {
  public:
    struct BatchRequest {
        std::size_t number = 0;
        std::vector<LoadRequest> images;
    };
    /// Gives the next batch to load, or nothing at the end. Called from the loader's threads, one call at a
    /// time. What it throws ends the run and is thrown again by next().
    using Source = std::function<std::optional<BatchRequest>()>;

    BatchLoader(LoaderOptions options, Source source);
    ~BatchLoader();
    BatchLoader(const BatchLoader&) = delete;
    BatchLoader& operator=(const BatchLoader&) = delete;

    /// The next batch in order; nothing after the last one or after stop(). Waits. Safe from several threads.
    /// A buffer handed back with recycle() is used again, so that a steady run allocates no batch.
    [[nodiscard]] std::optional<ImageBatch> next();
    void recycle(ImageBatch batch);

    /// Makes next() return nothing from now on and the threads end soon. From any thread.
    void stop();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace dicescope
