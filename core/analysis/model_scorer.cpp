#include "core/analysis/model_scorer.h"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <utility>

#include "core/base/exceptions.h"
#include "core/base/hash.h"
#include "core/base/parallel.h"
#include "core/base/progress_meter.h"
#include "core/extraction/halved_batch.h"
#include "core/extraction/normalisation.h"
#include "core/images/batch_loader.h"
#include "core/model/odin.h"

namespace dicescope {
namespace {

namespace fs = std::filesystem;

constexpr auto kOutOfMemory =
    "There is not enough memory to run the model for its gradient; close other programs or use fewer "
    "threads.";

/// How the images of every set are run. Each stream computes on one CPU thread, as the extraction does.
struct Plan {
    unsigned threads = 1;  ///< that decode
    unsigned streams = 1;
    std::size_t batchSize = 1;
};

/// The gradient keeps every activation of the network, in each stream, so the input's size bounds the batch.
/// On a CPU four images of 32 x 32 run as fast as more, which only take more memory.
std::size_t batchSizeFor(const Preprocess& preprocess, bool onGpu) {
    const std::size_t pixels = onGpu ? std::size_t{1} << 20U : std::size_t{1} << 12U;
    const std::size_t most = onGpu ? 64 : 16;
    const std::size_t image =
        static_cast<std::size_t>(preprocess.cropHeight) * static_cast<std::size_t>(preprocess.cropWidth);
    return std::clamp<std::size_t>(pixels / std::max<std::size_t>(image, 1), 1, most);
}

Plan planFor(const ModelScorerOptions& options, const ClassifierInfo& model, const Preprocess& preprocess) {
    const bool onGpu = model.device.starts_with("cuda");
    Plan plan;
    plan.threads = options.threads == 0 ? defaultThreadCount() : options.threads;
    plan.streams = onGpu ? 1 : plan.threads;
    plan.batchSize = options.batchSize == 0 ? batchSizeFor(preprocess, onGpu) : options.batchSize;
    return plan;
}

/// Scores the images of one set, batch after batch; the streams share it.
class SetScoring {
  public:
    SetScoring(const OdinModel& model, const Preprocess& preprocess, const InputSet& set,
               const OdinOptions& odin, const Plan& plan, std::atomic<std::size_t>& mostImages,
               const Job& job)
        : model_(model),
          preprocess_(preprocess),
          set_(set),
          odin_(odin),
          plan_(plan),
          mostImages_(mostImages),
          job_(job),
          tables_(normalisationTables(preprocess)),
          scores_(set.features->size()) {}

    Result<std::vector<double>> run(const std::string& stage);

  private:
    std::optional<BatchLoader::BatchRequest> nextRequest();
    void stream(BatchLoader& loader);
    [[nodiscard]] Status drain(BatchLoader& loader);
    [[nodiscard]] Status check(const LoadedImage& image) const;
    [[nodiscard]] Status score(const ImageBatch& batch);

    const OdinModel& model_;
    const Preprocess& preprocess_;
    const InputSet& set_;
    const OdinOptions& odin_;
    const Plan& plan_;
    std::atomic<std::size_t>& mostImages_;
    const Job& job_;
    const std::vector<float> tables_;
    std::vector<double> scores_;  // each batch has rows of its own
    std::size_t nextBatch_ = 0;   // of the loader, which asks one call at a time
    std::optional<ProgressMeter> meter_;
    std::mutex mutex_;
    std::optional<Error> failure_;
};

std::optional<BatchLoader::BatchRequest> SetScoring::nextRequest() {
    const std::size_t first = nextBatch_ * plan_.batchSize;
    if (first >= scores_.size()) return std::nullopt;
    BatchLoader::BatchRequest request;
    request.number = nextBatch_++;
    const std::size_t last = std::min(first + plan_.batchSize, scores_.size());
    for (std::size_t row = first; row < last; ++row) {
        const auto path = fs::path(set_.features->provenance.folder) / set_.features->paths[row];
        request.images.push_back({row - first, row, path});
    }
    return request;
}

/// A sentence as part of another.
std::string withoutFullStop(std::string sentence) {
    if (sentence.ends_with('.')) sentence.pop_back();
    return sentence;
}

Status SetScoring::check(const LoadedImage& image) const {
    const FeatureSet& features = *set_.features;
    const bool wasRead = image.hash != ContentHash{};
    const bool changed = wasRead && !features.hashes.empty() && image.hash != features.hashes[image.image];
    if (!image.error && !changed) return {};
    const std::string which = "The image '" + features.paths[image.image] + "' of the set '" + set_.name +
                              "' in '" + features.provenance.folder + "' ";
    const std::string remedy = " since its features were computed; put it back or extract the set again.";
    if (image.error && image.error->code == ErrorCode::OutOfMemory)
        return fail(image.error->code, "There is not enough memory to decode '" +
                                           features.paths[image.image] + "' of the set '" + set_.name +
                                           "'; close other programs or use fewer threads.");
    if (changed) return fail(ErrorCode::Mismatch, which + "has changed" + remedy);
    if (image.error->code == ErrorCode::NotFound) return fail(image.error->code, which + "is gone" + remedy);
    return fail(image.error->code, which + "cannot be read (" + withoutFullStop(image.error->message) +
                                       "); make it readable or extract the set again.");
}

Status SetScoring::score(const ImageBatch& batch) {
    for (const LoadedImage& image : batch.images) {
        if (auto status = check(image); !status) return status;
    }
    const std::size_t bytes = preprocess_.pixelBytes();
    const std::size_t row = batch.number * plan_.batchSize;
    auto status = runInHalves(mostImages_, batch.images.size(), [&](std::size_t first, std::size_t images) {
        if (job_.stopRequested()) return Status(cancelled());
        return model_.scores(std::span(batch.pixels).subspan(first * bytes, images * bytes), images, tables_,
                             odin_, std::span(scores_).subspan(row + first, images));
    });
    if (status) meter_->add(batch.images.size());
    return status;
}

Status SetScoring::drain(BatchLoader& loader) {
    while (auto batch = loader.next()) {
        if (auto status = score(*batch); !status) return status;
        loader.recycle(std::move(*batch));
    }
    return {};
}

void SetScoring::stream(BatchLoader& loader) {
    const Status status = withoutExceptions("Scoring images", kOutOfMemory, [&] { return drain(loader); });
    if (status) return;
    {
        const std::scoped_lock lock(mutex_);
        if (!failure_) failure_ = status.error();
    }
    loader.stop();
}

Result<std::vector<double>> SetScoring::run(const std::string& stage) {
    meter_.emplace(job_, stage, scores_.size());
    LoaderOptions options;
    options.preprocess = preprocess_;
    options.batchSize = std::min(plan_.batchSize, std::max<std::size_t>(scores_.size(), 1));
    options.threads = plan_.threads;
    options.batchesAhead = std::size_t{2} * plan_.streams;
    {
        BatchLoader loader(options, [this] { return nextRequest(); });
        const std::stop_callback onStop(job_.stop, [&loader] { loader.stop(); });
        std::vector<std::jthread> streams;
        // Streams that run already would end with the loader only, and are waited for while unwinding.
        try {
            for (unsigned i = 0; i < plan_.streams; ++i) streams.emplace_back([&] { stream(loader); });
        } catch (...) {
            loader.stop();
            throw;
        }
    }
    if (job_.stopRequested()) return cancelled();
    if (failure_) return tl::unexpected<Error>(*failure_);
    return std::move(scores_);
}

Status checkFolder(const InputSet& set) {
    const std::string& folder = set.features->provenance.folder;
    const std::string needed = "ODIN runs the model on the images, and those of the set '" + set.name +
                               "' ('" + set.source.string() + "') ";
    if (folder.empty()) {
        return fail(ErrorCode::InvalidArgument,
                    needed + "are not known; name their folder in place of the feature file.");
    }
    std::error_code ignored;
    if (fs::is_directory(folder, ignored)) return {};
    return fail(ErrorCode::NotFound, needed + "are no longer in '" + folder +
                                         "'; put them back or name the folder where they are.");
}

/// The model, loaded when it is first needed, and what all sets have in common.
class Scorer {
  public:
    Scorer(std::shared_ptr<const AnalysisInputs> inputs, const ModelScorerOptions& options)
        : inputs_(std::move(inputs)), options_(options) {}

    Result<std::vector<double>> score(const DetectorSpec& spec, const InputSet& set, const Job& job);

  private:
    [[nodiscard]] Status check(const DetectorSpec& spec, const InputSet& set) const;
    [[nodiscard]] Status load(const Job& job);

    std::shared_ptr<const AnalysisInputs> inputs_;
    ModelScorerOptions options_;
    std::mutex loading_;
    std::optional<OdinModel> model_;
    Plan plan_;
    std::atomic<std::size_t> mostImages_{1};  // a pass takes; below the batch size after memory ran out
};

Status Scorer::check(const DetectorSpec& spec, const InputSet& set) const {
    if (auto status = checkDetectorSpec(spec); !status) return status;
    if (spec.id != "odin")
        return fail(ErrorCode::InvalidArgument, specLabel(spec) + " is scored by features, not by images.");
    if (!inputs_->model) {
        return fail(ErrorCode::InvalidArgument,
                    "ODIN needs the model itself, and there is only the weight of its head; name the model "
                    "file in place of it.");
    }
    if (!inputs_->preprocess) {
        return fail(ErrorCode::InvalidArgument,
                    "ODIN runs the model on the images, and it is not known how these are prepared; name the "
                    "preprocessing that the features were extracted with.");
    }
    for (const InputSet* one : {&set, &inputs_->id}) {
        if (auto status = checkFolder(*one); !status) return status;
    }
    for (const InputSet& ood : inputs_->ood) {
        if (auto status = checkFolder(ood); !status) return status;
    }
    return {};
}

Status Scorer::load(const Job& job) {
    const std::scoped_lock lock(loading_);
    if (model_) return {};
    const ClassifierInfo& info = *inputs_->model;
    const auto hash = sha256OfFile(info.path);
    if (!hash) return forwardError(hash);
    if (*hash != info.sha256) {
        return fail(ErrorCode::Mismatch, "The model file '" + info.path.string() +
                                             "' has changed since the analysis; analyze again with it.");
    }
    ClassifierOptions options;
    options.head = info.head.name;
    options.device = info.device;
    options.channels = info.channels;
    options.height = info.height;
    options.width = info.width;
    auto model = OdinModel::load(info.path, options, job);
    if (!model) return forwardError(model);
    plan_ = planFor(options_, info, *inputs_->preprocess);
    mostImages_ = plan_.batchSize;
    model_.emplace(std::move(*model));
    return {};
}

Result<std::vector<double>> Scorer::score(const DetectorSpec& spec, const InputSet& set, const Job& job) {
    if (auto status = check(spec, set); !status) return forwardError(status);
    const std::string stage = "Scoring " + set.name + " by " + specLabel(spec);
    job.report({stage, 0, 0, 0, -1});
    if (auto status = load(job); !status) return forwardError(status);
    if (job.stopRequested()) return cancelled();
    const OdinOptions odin{parameterValue(spec, "t"), parameterValue(spec, "noise")};
    return SetScoring(*model_, *inputs_->preprocess, set, odin, plan_, mostImages_, job).run(stage);
}

}  // namespace

ModelScorer modelScorer(std::shared_ptr<const AnalysisInputs> inputs, const ModelScorerOptions& options) {
    return [scorer = std::make_shared<Scorer>(std::move(inputs), options)](
               const DetectorSpec& spec, const InputSet& set, const Job& job) {
        return withoutExceptions("Scoring images", kOutOfMemory,
                                 [&] { return scorer->score(spec, set, job); });
    };
}

}  // namespace dicescope
