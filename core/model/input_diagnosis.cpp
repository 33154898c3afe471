#include <array>

#include "core/model/torch_internal.h"

namespace dicescope::torch_internal {
namespace {

bool runs(jit::Module& module, const at::Tensor& input) {
    const c10::InferenceMode noGradients;
    try {
        module.get_method("forward")({input});
        return true;
    } catch (const std::exception&) {
        return false;
    }
}

std::string shapeText(std::int64_t channels, std::int64_t height, std::int64_t width) {
    return std::to_string(channels) + " x " + std::to_string(height) + " x " + std::to_string(width);
}

// The batch size other than the probe's that the model runs on, or 0.
std::int64_t fixedBatch(jit::Module& module, const at::Tensor& probe) {
    for (const std::int64_t batch : {1, 2, 4, 8, 16, 32}) {
        const at::Tensor image = probe.narrow(0, 0, 1);
        if (runs(module, image.repeat({batch, 1, 1, 1}))) return batch;
    }
    return 0;
}

struct Shape {
    std::int64_t channels, height, width;
};

// The channels and input sizes of common classifiers; the asked-for size with other channels first.
std::vector<Shape> alternatives(const at::Tensor& probe) {
    constexpr std::array<std::int64_t, 18> kSizes{224, 32,  28,  64,  96,  299, 256, 384, 128,
                                                  160, 192, 240, 288, 300, 320, 336, 448, 512};
    const std::int64_t channels = probe.size(1);
    const std::int64_t otherChannels = channels == 1 ? 3 : 1;
    std::vector<Shape> shapes{{otherChannels, probe.size(2), probe.size(3)}};
    for (const std::int64_t c : {channels, otherChannels}) {
        for (const std::int64_t size : kSizes) shapes.push_back({c, size, size});
    }
    return shapes;
}

}  // namespace

Error diagnoseInput(jit::Module& module, const at::Tensor& probe, const std::string& what) {
    Error error = errorFromTorch("The model could not be run on a trial batch", what);
    if (error.code != ErrorCode::Internal) return error;
    if (const std::int64_t batch = fixedBatch(module, probe); batch > 0) {
        return {ErrorCode::Unsupported,
                "The model runs only on batches of " + std::to_string(batch) +
                    ", the batch it was traced with; export it again with resources/export_model.py, "
                    "with reshapes that keep the first dimension free."};
    }
    const std::string given = shapeText(probe.size(1), probe.size(2), probe.size(3));
    for (const Shape& shape : alternatives(probe)) {
        const at::Tensor input = at::zeros({1, shape.channels, shape.height, shape.width}, probe.options());
        if (!runs(module, input)) continue;
        return {ErrorCode::Mismatch,
                "The model takes images of " + shapeText(shape.channels, shape.height, shape.width) +
                    " (channels x height x width) and the preprocessing gives " + given +
                    "; choose the preset or preprocessing file that the model was trained with."};
    }
    return {ErrorCode::Mismatch, "The model refuses images of " + given + " (channels x height x width): " +
                                     reasonOf(what) + "; choose the preprocessing that it was trained with."};
}

}  // namespace dicescope::torch_internal
