#include <ATen/CPUGeneratorImpl.h>

#include <cmath>
#include <limits>

#include "core/model/torch_internal.h"

namespace dicescope::torch_internal {

at::Tensor probeBatch(std::int64_t channels, std::int64_t height, std::int64_t width) {
    constexpr std::uint64_t kSeed = 20220710;
    constexpr std::int64_t kCoarse = 7;
    constexpr double kRange = 2.0;
    const c10::InferenceMode noGradients;
    const at::Generator generator = at::detail::createCPUGenerator(kSeed);
    const at::Tensor flat = at::full({1, channels, height, width}, 0.6, at::kFloat);
    const at::Tensor noise = at::rand({1, channels, height, width}, generator, at::kFloat);
    const at::Tensor coarse = at::rand({1, channels, kCoarse, kCoarse}, generator, at::kFloat);
    const at::Tensor smooth = at::upsample_bilinear2d(coarse, {height, width}, /*align_corners=*/false);
    const at::Tensor batch = (at::cat({flat, noise, smooth}) * 2 - 1) * kRange;
    return batch.contiguous(at::MemoryFormat::ChannelsLast);
}

Result<at::Tensor> outputTensor(const c10::IValue& output) {
    if (output.isTensor()) return output.toTensor();
    if (output.isTensorList() && !output.toTensorList().empty()) return output.toTensorList().get(0);
    if (output.isTuple() && !output.toTupleRef().elements().empty() &&
        output.toTupleRef().elements()[0].isTensor()) {
        return output.toTupleRef().elements()[0].toTensor();
    }
    if (output.isGenericDict()) {
        const auto entries = output.toGenericDict();
        for (const char* key : {"logits", "out"}) {
            const auto found = entries.find(key);
            if (found != entries.end() && found->value().isTensor()) return found->value().toTensor();
        }
    }
    return fail(ErrorCode::Unsupported, "The model returns no tensor of logits (but a " + output.tagKind() +
                                            "); export a model that returns its logits as one tensor.");
}

bool looksLikeProbabilities(const at::Tensor& output) {
    constexpr double kTolerance = 1e-4;
    if (output.dim() != 2 || output.numel() == 0) return false;
    const at::Tensor values = output.to(at::kDouble);
    if (values.min().item<double>() < 0 || values.max().item<double>() > 1 + kTolerance) return false;
    return (values.sum(1) - 1).abs().max().item<double>() < kTolerance;
}

at::Tensor headOutput(const at::Tensor& features, const LinearLayer& layer, Ending ending) {
    const c10::InferenceMode noGradients;
    at::Tensor output = at::matmul(features, layer.weight.to(at::kFloat).t());
    if (layer.bias.defined()) output = output + layer.bias.to(at::kFloat);
    switch (ending) {
        case Ending::Logits:
            return output;
        case Ending::Softmax:
            return output.softmax(1);
        case Ending::LogSoftmax:
            return output.log_softmax(1);
        case Ending::Sigmoid:
            return output.sigmoid();
    }
    return output;
}

double maxDifference(const at::Tensor& a, const at::Tensor& b) {
    const c10::InferenceMode noGradients;
    const at::Tensor isSame = (a == b) | (a.isnan() & b.isnan());
    const double worst = (a - b).abs().masked_fill(isSame, 0).max().item<double>();
    return std::isnan(worst) ? std::numeric_limits<double>::infinity() : worst;
}

double maxMagnitude(const at::Tensor& values) {
    return values.abs().max().item<double>();
}

}  // namespace dicescope::torch_internal
