#include "core/extraction/extractor.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "core/base/parallel.h"
#include "core/base/progress_meter.h"
#include "core/extraction/halved_batch.h"
#include "core/extraction/normalisation.h"
#include "core/images/batch_loader.h"

namespace dicescope {
namespace {

/// One run over one folder. The streams share it; what they change is guarded by mutex_.
class Extraction {
  public:
    Extraction(const Classifier& classifier, const ImageFolder& folder, const Preprocess& preprocess,
               FeatureCache& cache, FileHashMemo& memo, const ExtractionOptions& options, const Job& job)
        : classifier_(classifier),
          folder_(folder),
          preprocess_(preprocess),
          cache_(cache),
          memo_(memo),
          options_(options),
          job_(job),
          tables_(normalisationTables(preprocess)),
          hashes_(folder.images.size()),
          skipReason_(folder.images.size()) {}

    /// Finds what the memo knows of the files; returns how many images are still to be decoded or hashed.
    std::size_t lookUp();
    Status run(const ExecutionPlan& plan);
    Result<ExtractedSet> finish(const ExecutionPlan& plan);

  private:
    [[nodiscard]] std::filesystem::path pathOf(std::size_t image) const {
        return folder_.root / folder_.images[image].path;
    }
    [[nodiscard]] bool isCached(std::size_t image) const {
        return hashes_[image] && cache_.contains(*hashes_[image]);
    }
    std::optional<BatchLoader::BatchRequest> nextRequest();
    void stream(BatchLoader& loader, const ExecutionPlan& plan);
    Status forward(const ImageBatch& batch, Matrix<float>& features, Matrix<float>& logits);
    Status keep(const ImageBatch& batch, const Matrix<float>& features, const Matrix<float>& logits);
    void fail(const Error& error, BatchLoader& loader);

    const Classifier& classifier_;
    const ImageFolder& folder_;
    const Preprocess& preprocess_;
    FeatureCache& cache_;
    FileHashMemo& memo_;
    const ExtractionOptions& options_;
    const Job& job_;
    const std::vector<float> tables_;

    std::size_t batchSize_ = 1;
    std::atomic<std::size_t> chunk_{
        1};  // images a forward takes; below the batch size after CUDA memory ran out
    std::size_t nextBatch_ = 0;
    std::optional<ProgressMeter> meter_;

    std::mutex mutex_;
    std::map<std::size_t, std::vector<FileStamp>> stamps_;  // of the batches under way, taken before reading
    std::vector<std::optional<ContentHash>> hashes_;
    std::vector<std::string> skipReason_;
    std::size_t decoded_ = 0;
    std::optional<Error> failure_;
};

std::size_t Extraction::lookUp() {
    constexpr std::size_t kGrain = 256;
    std::atomic<std::size_t> missing{0};
    parallelFor(hashes_.size(), kGrain, options_.threads, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end && !job_.stopRequested(); ++i) {
            if (!options_.rereadFiles) {
                const auto path = pathOf(i);
                if (const auto stamp = FileStamp::of(path)) hashes_[i] = memo_.lookup(path, *stamp);
            }
            if (!isCached(i)) ++missing;
        }
    });
    return missing;
}

std::optional<BatchLoader::BatchRequest> Extraction::nextRequest() {
    const std::scoped_lock lock(mutex_);
    while (nextBatch_ * batchSize_ < hashes_.size()) {
        BatchLoader::BatchRequest request;
        request.number = nextBatch_++;
        const std::size_t first = request.number * batchSize_;
        const std::size_t last = std::min(first + batchSize_, hashes_.size());
        for (std::size_t image = first; image < last; ++image) {
            if (!isCached(image)) request.images.push_back({image - first, image, pathOf(image)});
        }
        if (last - first > request.images.size()) meter_->add(last - first - request.images.size(), true);
        if (request.images.empty()) continue;
        auto& stamps = stamps_[request.number];
        for (const LoadRequest& load : request.images)
            stamps.push_back(FileStamp::of(load.path).value_or(FileStamp{}));
        return request;
    }
    return std::nullopt;
}

Status Extraction::forward(const ImageBatch& batch, Matrix<float>& features, Matrix<float>& logits) {
    const std::size_t imageBytes = batch.pixels.size() / batchSize_;
    return runInHalves(chunk_, batchSize_, [&](std::size_t begin, std::size_t count) {
        const MatrixView<float> featureRows{features.data() + begin * features.cols(), count,
                                            features.cols()};
        const MatrixView<float> logitRows{logits.data() + begin * logits.cols(), count, logits.cols()};
        const auto pixels = std::span(batch.pixels).subspan(begin * imageBytes, count * imageBytes);
        return classifier_.forward(pixels, count, tables_, {featureRows, logitRows}, 1);
    });
}

Status Extraction::keep(const ImageBatch& batch, const Matrix<float>& features, const Matrix<float>& logits) {
    const std::size_t featureCount = features.cols();
    const std::size_t classCount = logits.cols();
    std::vector<ContentHash> hashes;
    std::vector<float> featureRows;
    std::vector<float> logitRows;

    const std::scoped_lock lock(mutex_);
    const auto stamps = stamps_.extract(batch.number);
    for (std::size_t k = 0; k < batch.images.size(); ++k) {
        const LoadedImage& loaded = batch.images[k];
        if (loaded.error) {
            skipReason_[loaded.image] = loaded.error->message;
            continue;
        }
        hashes_[loaded.image] = loaded.hash;
        memo_.store(pathOf(loaded.image), stamps.mapped()[k], loaded.hash);
        if (loaded.known) continue;
        ++decoded_;
        hashes.push_back(loaded.hash);
        const float* feature = features.data() + loaded.slot * featureCount;
        const float* logit = logits.data() + loaded.slot * classCount;
        featureRows.insert(featureRows.end(), feature, feature + featureCount);
        logitRows.insert(logitRows.end(), logit, logit + classCount);
    }
    // The memo only saves time, so a failure to write it must not end a run that can go on.
    static_cast<void>(memo_.flush());
    auto status = cache_.append(hashes, {featureRows.data(), hashes.size(), featureCount},
                                {logitRows.data(), hashes.size(), classCount});
    meter_->add(batch.images.size());
    return status;
}

void Extraction::fail(const Error& error, BatchLoader& loader) {
    {
        const std::scoped_lock lock(mutex_);
        if (!failure_) failure_ = error;
    }
    loader.stop();
}

void Extraction::stream(BatchLoader& loader, const ExecutionPlan& plan) {
    try {
        Matrix<float> features(plan.batchSize, classifier_.weight().cols);
        Matrix<float> logits(plan.batchSize, classifier_.weight().rows);
        while (auto batch = loader.next()) {
            const bool anyPixels =
                std::any_of(batch->images.begin(), batch->images.end(),
                            [](const LoadedImage& image) { return !image.error && !image.known; });
            if (anyPixels) {
                if (auto status = forward(*batch, features, logits); !status)
                    return fail(status.error(), loader);
            }
            if (auto status = keep(*batch, features, logits); !status) return fail(status.error(), loader);
            loader.recycle(std::move(*batch));
        }
    } catch (const std::bad_alloc&) {
        fail({ErrorCode::OutOfMemory,
              "Memory ran out while extracting features; choose a smaller --batch-size."},
             loader);
    } catch (const std::exception& error) {
        fail({ErrorCode::Internal,
              std::string("Extracting features failed (") + error.what() + "); please report this."},
             loader);
    }
}

Status Extraction::run(const ExecutionPlan& plan) {
    batchSize_ = plan.batchSize;
    chunk_ = plan.batchSize;
    cache_.setBatchSize(plan.batchSize);
    meter_.emplace(job_, "Extracting features: " + options_.name, hashes_.size());

    LoaderOptions loaderOptions;
    loaderOptions.preprocess = preprocess_;
    loaderOptions.batchSize = plan.batchSize;
    loaderOptions.threads = options_.threads;
    loaderOptions.batchesAhead = std::size_t{2} * plan.streams;
    loaderOptions.isKnown = [this](const ContentHash& hash) { return cache_.contains(hash); };
    {
        BatchLoader loader(loaderOptions, [this] { return nextRequest(); });
        const std::stop_callback onStop(job_.stop, [&loader] { loader.stop(); });
        std::vector<std::jthread> streams;
        for (unsigned i = 0; i < plan.streams; ++i) streams.emplace_back([&] { stream(loader, plan); });
    }
    if (failure_) return tl::unexpected<Error>(*failure_);
    if (job_.stopRequested()) return cancelled();
    return {};
}

Result<ExtractedSet> Extraction::finish(const ExecutionPlan& plan) {
    FeatureSetRequest request;
    request.classes = folder_.classes;
    request.device = classifier_.info().device;
    request.folder = std::filesystem::absolute(folder_.root).lexically_normal().string();
    request.producer = "DiceScope " DICESCOPE_VERSION ", LibTorch " + classifier_.info().libtorch;
    for (std::size_t i = 0; i < hashes_.size(); ++i) {
        const ImageEntry& entry = folder_.images[i];
        if (isCached(i)) {
            request.images.push_back({entry.path, entry.classIndex, *hashes_[i]});
        } else {
            request.skipped.push_back({entry.path, skipReason_[i]});
        }
    }
    if (request.images.empty()) {
        return dicescope::fail(ErrorCode::NotFound, "Not one image in '" + folder_.root.string() +
                                                        "' could be read (" + request.skipped.front().path +
                                                        ": " + request.skipped.front().reason +
                                                        "); name a folder with images.");
    }
    ExtractedSet set;
    set.counts = {hashes_.size(), request.images.size() - std::min(decoded_, request.images.size()), decoded_,
                  request.skipped.size(), plan.batchSize};
    auto features = cache_.finish(request, job_);
    if (!features) return forwardError(features);
    set.features = std::move(*features);
    return set;
}

}  // namespace

FeatureCacheKey featureCacheKey(const ClassifierInfo& info, const Preprocess& preprocess) {
    FeatureCacheKey key;
    key.modelSha256 = info.sha256;
    key.head = info.head.name;
    key.preprocess = toJson(preprocess);
    key.deviceKind = info.device.substr(0, info.device.find(':'));
    key.engine = info.libtorch;
    return key;
}

Result<ExtractedSet> extractFeatures(const Classifier& classifier, const ImageFolder& folder,
                                     const Preprocess& preprocess, FeatureCache& cache, FileHashMemo& memo,
                                     const BatchSizeMemory& batchSizes, const ExtractionOptions& options,
                                     const Job& job) {
    Extraction extraction(classifier, folder, preprocess, cache, memo, options, job);
    const std::size_t missing = extraction.lookUp();
    if (job.stopRequested()) return cancelled();
    ExecutionPlan plan;
    if (missing > 0) {
        // A run that goes on must form the batches of the one before it, or the last bits would differ.
        const std::size_t wanted =
            options.batchSize > 0 ? options.batchSize : cache.interruptedBatchSize().value_or(0);
        auto chosen =
            chooseExecutionPlan(classifier, preprocess, options.threads, wanted, missing, batchSizes, job);
        if (!chosen) return forwardError(chosen);
        plan = *chosen;
        if (auto status = extraction.run(plan); !status) return forwardError(status);
    }
    return extraction.finish(plan);
}

}  // namespace dicescope
