#include "core/model/odin.h"

#include <torch/csrc/autograd/autograd.h>

#include <cmath>

#include "core/model/torch_internal.h"

namespace dicescope {
namespace {

using namespace torch_internal;

constexpr std::size_t kTableSize = 256;

/// 1 / std of each channel, as 1 x channels x 1 x 1: a table is linear in the pixel value and holds 1 / std
/// from its first entry to its last.
at::Tensor inverseDeviations(std::span<const float> tables, int channels, const at::Device& device) {
    at::Tensor values = at::empty({1, channels, 1, 1}, at::kFloat);
    for (std::size_t c = 0; c < static_cast<std::size_t>(channels); ++c) {
        values.data_ptr<float>()[c] = tables[c * kTableSize + kTableSize - 1] - tables[c * kTableSize];
    }
    return values.to(device);
}

/// x - noise * sign(-d log max softmax(f(x) / T) / dx) / std.
at::Tensor perturbed(const SplitModel& model, const at::Tensor& input, const at::Tensor& inverseDeviation,
                     const OdinOptions& options) {
    const at::AutoGradMode gradients(true);
    // A tensor of inference mode takes no part in gradients; its copy does.
    const at::Tensor x = input.clone().requires_grad_(true);
    // Another copy, because a model may change its input in place, which a leaf forbids.
    const at::Tensor logits = model.runForGradient(x.clone()).logits;
    const at::Tensor loss = -std::get<0>((logits / options.temperature).log_softmax(1).max(1)).sum();
    const at::Tensor gradient = torch::autograd::grad({loss}, {x})[0];
    const at::Tensor sign = gradient.ge(0).to(at::kFloat) * 2 - 1;
    return (x - options.noise * sign * inverseDeviation).detach();
}

void copyScores(const at::Tensor& logits, double temperature, std::span<double> out) {
    const c10::InferenceMode noGradients;
    const at::Tensor scores =
        std::get<0>((logits.to(at::kDouble) / temperature).softmax(1).max(1)).to(at::kCPU).contiguous();
    std::copy_n(scores.data_ptr<double>(), out.size(), out.begin());
}

Status checkGradient(const SplitModel& model, const at::Tensor& probe) {
    const at::Tensor ones = at::ones({1, probe.size(1), 1, 1}, probe.options());
    try {
        const at::Tensor moved = perturbed(model, probe, ones, {});
        if (std::isfinite(maxMagnitude(moved))) return {};
    } catch (const c10::OutOfMemoryError&) {
        throw;
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::exception& error) {
        Error failure = errorFromTorch("The model could not be run for its gradient", error.what());
        if (failure.code != ErrorCode::Internal) return tl::unexpected<Error>(std::move(failure));
        return fail(ErrorCode::Unsupported, "ODIN needs the gradient of the model, and it has none (" +
                                                reasonOf(error.what()) + ").");
    }
    return fail(ErrorCode::Unsupported,
                "ODIN needs the gradient of the model, and it is not finite on a trial batch.");
}

}  // namespace

struct OdinModel::Impl {
    SplitModel model;
    at::Device device;
    int channels = 3;
    int height = 0;
    int width = 0;

    [[nodiscard]] std::size_t image() const {
        return static_cast<std::size_t>(channels) * static_cast<std::size_t>(height) *
               static_cast<std::size_t>(width);
    }
};

OdinModel::OdinModel(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
OdinModel::OdinModel(OdinModel&&) noexcept = default;
OdinModel& OdinModel::operator=(OdinModel&&) noexcept = default;
OdinModel::~OdinModel() = default;

Result<OdinModel> OdinModel::load(const std::filesystem::path& path, const ClassifierOptions& options,
                                  const Job& job) {
    const auto opened = openModel(path, options, job);
    if (!opened) return forwardError(opened);
    auto impl = guarded("The model could not be prepared for ODIN", [&]() -> Result<std::unique_ptr<Impl>> {
        auto made =
            std::make_unique<Impl>(Impl{SplitModel(opened->frozen, opened->found.head.layer), opened->device,
                                        options.channels, options.height, options.width});
        if (auto checked = checkGradient(made->model, opened->probe); !checked) return forwardError(checked);
        return made;
    });
    if (!impl) return forwardError(impl);
    return OdinModel(std::move(*impl));
}

Status OdinModel::scores(std::span<const std::uint8_t> pixels, std::size_t batch,
                         std::span<const float> tables, const OdinOptions& options, std::span<double> out,
                         int intraOpThreads) const {
    const bool fits = pixels.size() == batch * impl_->image() && out.size() == batch &&
                      tables.size() == static_cast<std::size_t>(impl_->channels) * kTableSize;
    if (!fits)
        return fail(ErrorCode::InvalidArgument,
                    "A batch of pixels or its scores do not have the model's shape.");
    if (!(options.temperature > 0) || !(options.noise >= 0) || !std::isfinite(options.temperature) ||
        !std::isfinite(options.noise)) {
        return fail(ErrorCode::InvalidArgument,
                    "ODIN's temperature must be above zero and its noise zero or above.");
    }
    if (batch == 0) return {};
    return guarded("The model could not be run", [&]() -> Status {
        silenceWarnings();
        if (impl_->device.is_cpu()) useThreads(std::max(1, intraOpThreads));
        at::Tensor input = inputFromPixels(
            pixels, tables, {static_cast<std::int64_t>(batch), impl_->channels, impl_->height, impl_->width},
            impl_->device);
        if (options.noise > 0) {
            input = perturbed(impl_->model, input, inverseDeviations(tables, impl_->channels, impl_->device),
                              options);
        }
        copyScores(impl_->model.run(input).logits, options.temperature, out);
        return {};
    });
}

}  // namespace dicescope
