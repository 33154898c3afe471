#include "core/model/classifier.h"

#include <c10/core/StreamGuard.h>
#include <c10/core/impl/VirtualGuardImpl.h>

#include <cstring>

#include "core/model/torch_internal.h"

namespace dicescope {

using torch_internal::LoadedModel;
using torch_internal::SplitOutput;

struct Classifier::Impl {
    LoadedModel loaded;
};

namespace {

constexpr std::size_t kTableSize = 256;

Status checkBatch(const ClassifierInfo& info, std::span<const std::uint8_t> pixels, std::size_t batch,
                  std::span<const float> tables, const ForwardOutput& output) {
    const auto channels = static_cast<std::size_t>(info.channels);
    const std::size_t image =
        channels * static_cast<std::size_t>(info.height) * static_cast<std::size_t>(info.width);
    const bool fits = pixels.size() == batch * image && tables.size() == channels * kTableSize &&
                      output.features.rows == batch && output.features.cols == info.head.features &&
                      output.logits.rows == batch && output.logits.cols == info.head.classes;
    if (fits) return {};
    return fail(ErrorCode::InvalidArgument,
                "A batch of pixels or its result buffers do not have the model's shape.");
}

void copyRows(const at::Tensor& from, const MatrixView<float>& to) {
    const at::Tensor rows = from.to(at::kCPU).contiguous();
    std::memcpy(to.data, rows.data_ptr<float>(), to.size() * sizeof(float));
}

Status runBatch(const LoadedModel& loaded, std::span<const std::uint8_t> pixels, std::size_t batch,
                std::span<const float> tables, const ForwardOutput& output) {
    const ClassifierInfo& info = loaded.info;
    const at::Tensor input = torch_internal::inputFromPixels(
        pixels, tables, {static_cast<std::int64_t>(batch), info.channels, info.height, info.width},
        loaded.device);
    const SplitOutput result = loaded.model.run(input);
    copyRows(result.features, output.features);
    copyRows(result.logits, output.logits);
    return {};
}

// Each calling thread has a stream of its own, so that one batch is copied while another is computed.
Status runOnStream(const LoadedModel& loaded, std::span<const std::uint8_t> pixels, std::size_t batch,
                   std::span<const float> tables, const ForwardOutput& output) {
    thread_local std::optional<c10::Stream> stream;
    if (!stream || stream->device() != loaded.device) {
        const c10::impl::VirtualGuardImpl devices(loaded.device.type());
        stream = devices.getStreamFromGlobalPool(loaded.device);
    }
    const c10::StreamGuard guard(*stream);
    return runBatch(loaded, pixels, batch, tables, output);
}

}  // namespace

Classifier::Classifier(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Classifier::Classifier(Classifier&&) noexcept = default;
Classifier& Classifier::operator=(Classifier&&) noexcept = default;
Classifier::~Classifier() = default;

Result<Classifier> Classifier::load(const std::filesystem::path& path, const ClassifierOptions& options,
                                    const Job& job) {
    if (const auto checked = torch_internal::checkOptions(options); !checked) return forwardError(checked);
    const auto device = torch_internal::chooseDevice(options.device);
    if (!device) return forwardError(device);
    auto loaded = torch_internal::loadModel(path, options, *device, job);
    const bool mayTryCpu = options.device == "auto" && !device->is_cpu();
    if (!loaded && mayTryCpu &&
        (loaded.error().code == ErrorCode::Device || loaded.error().code == ErrorCode::OutOfMemory)) {
        const std::string reason = loaded.error().message;
        loaded = torch_internal::loadModel(path, options, at::Device(at::kCPU), job);
        if (loaded)
            loaded->info.note += (loaded->info.note.empty() ? "" : " ") + ("The CPU is used: " + reason);
    }
    if (!loaded) return forwardError(loaded);
    return Classifier(std::make_unique<Impl>(Impl{std::move(*loaded)}));
}

const ClassifierInfo& Classifier::info() const {
    return impl_->loaded.info;
}

MatrixView<const float> Classifier::weight() const {
    const at::Tensor& weight = impl_->loaded.weight;
    return {weight.data_ptr<float>(), static_cast<std::size_t>(weight.size(0)),
            static_cast<std::size_t>(weight.size(1))};
}

std::vector<float> Classifier::bias() const {
    return impl_->loaded.bias;
}

Status Classifier::forward(std::span<const std::uint8_t> pixels, std::size_t batch,
                           std::span<const float> tables, const ForwardOutput& output,
                           int intraOpThreads) const {
    const LoadedModel& loaded = impl_->loaded;
    if (auto checked = checkBatch(loaded.info, pixels, batch, tables, output); !checked) return checked;
    if (batch == 0) return {};
    return torch_internal::guarded("The model could not be run", [&]() -> Status {
        torch_internal::silenceWarnings();
        if (!loaded.device.is_cpu()) return runOnStream(loaded, pixels, batch, tables, output);
        torch_internal::useThreads(std::max(1, intraOpThreads));
        return runBatch(loaded, pixels, batch, tables, output);
    });
}

}  // namespace dicescope
