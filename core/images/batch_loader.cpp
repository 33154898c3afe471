#include "core/images/batch_loader.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <new>
#include <system_error>
#include <thread>
#include <utility>

#include "core/base/file.h"
#include "core/base/parallel.h"
#include "core/images/decode.h"

namespace dicescope {
namespace {

/// Reads one image into `pixels`, which is zero and stays so on an error.
std::optional<Error> loadInto(const std::filesystem::path& path, const LoaderOptions& options,
                              LoadedImage& loaded, std::span<std::uint8_t> pixels) {
    const auto bytes = readFile(path, kMaxImageFileBytes);
    if (!bytes) return bytes.error();
    loaded.hash = contentHash(*bytes);
    if (options.isKnown && options.isKnown(loaded.hash)) {
        loaded.known = true;
        return std::nullopt;
    }
    const auto image = decodeImage(*bytes);
    if (!image) return image.error();
    toModelPixels(*image, options.preprocess, pixels);
    return std::nullopt;
}

std::optional<Error> loadWithoutThrowing(const std::filesystem::path& path, const LoaderOptions& options,
                                         LoadedImage& loaded, std::span<std::uint8_t> pixels) {
    try {
        return loadInto(path, options, loaded, pixels);
    } catch (const std::bad_alloc&) {
        return Error{ErrorCode::OutOfMemory, "not enough memory for this image"};
    } catch (const std::exception& exception) {
        return Error{ErrorCode::Internal, std::string("loading failed (") + exception.what() + ")"};
    }
}

}  // namespace

struct BatchLoader::Impl {
    /// A batch on its way: the threads take its images one after the other.
    struct Pending {
        std::vector<LoadRequest> requests;
        std::size_t taken = 0;
        std::size_t unfinished = 0;
        ImageBatch batch;
    };

    Impl(LoaderOptions givenOptions, Source givenSource)
        : options(std::move(givenOptions)), source(std::move(givenSource)) {
        options.batchesAhead = std::max<std::size_t>(options.batchesAhead, 1);
        const unsigned count = options.threads == 0 ? defaultThreadCount() : options.threads;
        threads.reserve(count);
        for (unsigned i = 0; i < count && startThread(); ++i) {
        }
    }

    ~Impl() { stop(); }

    /// False where the system gives no more threads; fewer do the same work. Throws when there is none at
    /// all.
    bool startThread() {
        try {
            threads.emplace_back([this] { work(); });
        } catch (const std::system_error&) {
            if (threads.empty()) throw;
            return false;
        }
        return true;
    }

    void stop() {
        const std::scoped_lock lock(mutex);
        stopped = true;
        workChanged.notify_all();
        batchReady.notify_all();
    }

    [[nodiscard]] bool hasUntakenImage() const {
        return !pending.empty() && pending.back()->taken < pending.back()->requests.size();
    }
    [[nodiscard]] bool mayAskSource() const {
        return !asking && !exhausted && pending.size() < options.batchesAhead;
    }

    void work() {
        std::unique_lock lock(mutex);
        for (;;) {
            workChanged.wait(lock,
                             [this] { return stopped || exhausted || hasUntakenImage() || mayAskSource(); });
            if (stopped) return;
            if (hasUntakenImage()) {
                loadOne(lock);
            } else if (exhausted) {
                return;
            } else if (mayAskSource()) {
                askSource(lock);
            }
        }
    }

    void loadOne(std::unique_lock<std::mutex>& lock) {
        const std::shared_ptr<Pending> current = pending.back();
        const std::size_t index = current->taken++;
        const LoadRequest& request = current->requests[index];
        LoadedImage& loaded = current->batch.images[index];
        lock.unlock();

        loaded.slot = request.slot;
        loaded.image = request.image;
        if (request.slot < options.batchSize) {
            const std::size_t bytes = options.preprocess.pixelBytes();
            const std::span pixels(current->batch.pixels.data() + request.slot * bytes, bytes);
            loaded.error = loadWithoutThrowing(request.path, options, loaded, pixels);
        } else {
            loaded.error = Error{ErrorCode::Internal, "its place in the batch does not exist"};
        }

        lock.lock();
        if (--current->unfinished == 0) batchReady.notify_all();
    }

    void askSource(std::unique_lock<std::mutex>& lock) {
        asking = true;
        ImageBatch buffer = takeSpare();
        lock.unlock();
        std::shared_ptr<Pending> added;
        std::exception_ptr thrown;
        try {
            if (auto request = source()) added = prepare(std::move(*request), std::move(buffer));
        } catch (...) {
            thrown = std::current_exception();
        }
        lock.lock();
        asking = false;
        if (added) {
            pending.push_back(std::move(added));
        } else {
            exhausted = true;
            failure = thrown;
        }
        workChanged.notify_all();
        batchReady.notify_all();
    }

    [[nodiscard]] std::shared_ptr<Pending> prepare(BatchRequest request, ImageBatch buffer) const {
        auto added = std::make_shared<Pending>();
        added->batch = std::move(buffer);
        added->batch.number = request.number;
        added->batch.images.assign(request.images.size(), LoadedImage{});
        added->batch.pixels.assign(options.batchSize * options.preprocess.pixelBytes(), 0);
        added->unfinished = request.images.size();
        added->requests = std::move(request.images);
        return added;
    }

    [[nodiscard]] ImageBatch takeSpare() {
        if (spare.empty()) return {};
        ImageBatch batch = std::move(spare.back());
        spare.pop_back();
        return batch;
    }

    std::optional<ImageBatch> next() {
        std::unique_lock lock(mutex);
        batchReady.wait(lock, [this] {
            return stopped || (pending.empty() ? exhausted : pending.front()->unfinished == 0);
        });
        if (stopped) return std::nullopt;
        if (pending.empty()) {
            if (failure) std::rethrow_exception(failure);
            return std::nullopt;
        }
        ImageBatch batch = std::move(pending.front()->batch);
        pending.pop_front();
        workChanged.notify_all();
        // Another caller may wait for the end or for the batch that is now in front.
        batchReady.notify_all();
        return batch;
    }

    void recycle(ImageBatch batch) {
        const std::scoped_lock lock(mutex);
        if (spare.size() < options.batchesAhead) spare.push_back(std::move(batch));
    }

    LoaderOptions options;
    Source source;
    std::mutex mutex;
    std::condition_variable workChanged;
    std::condition_variable batchReady;
    std::deque<std::shared_ptr<Pending>> pending;  // in order; only the last one has images not yet taken
    std::vector<ImageBatch> spare;
    bool asking = false;
    bool exhausted = false;
    bool stopped = false;
    std::exception_ptr failure;
    std::vector<std::jthread> threads;  // last, so that they are joined before anything they use goes
};

BatchLoader::BatchLoader(LoaderOptions options, Source source)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(source))) {}

BatchLoader::~BatchLoader() = default;

std::optional<ImageBatch> BatchLoader::next() {
    return impl_->next();
}

void BatchLoader::recycle(ImageBatch batch) {
    impl_->recycle(std::move(batch));
}

void BatchLoader::stop() {
    impl_->stop();
}

}  // namespace dicescope
