#include <cstring>

#include "core/model/torch_internal.h"

namespace dicescope::torch_internal {
namespace {

constexpr std::int64_t kTableSize = 256;

at::Tensor onCpu(std::span<const std::uint8_t> pixels, std::span<const float> tables, at::IntArrayRef shape) {
    at::Tensor input = at::empty({shape[0], shape[2], shape[3], shape[1]}, at::kFloat);
    float* out = input.data_ptr<float>();
    const auto channels = static_cast<std::size_t>(shape[1]);
    const float* table = tables.data();
    for (std::size_t at = 0; at < pixels.size(); at += channels) {
        for (std::size_t c = 0; c < channels; ++c) {
            out[at + c] = table[c * kTableSize + pixels[at + c]];
        }
    }
    return input.permute({0, 3, 1, 2});
}

at::Tensor onDevice(std::span<const std::uint8_t> pixels, std::span<const float> tables,
                    at::IntArrayRef shape, const at::Device& device) {
    at::Tensor staged =
        at::empty({shape[0], shape[2], shape[3], shape[1]}, at::TensorOptions(at::kByte).pinned_memory(true));
    std::memcpy(staged.data_ptr<std::uint8_t>(), pixels.data(), pixels.size());
    at::Tensor table = at::empty({kTableSize * shape[1]}, at::TensorOptions(at::kFloat).pinned_memory(true));
    std::memcpy(table.data_ptr<float>(), tables.data(), tables.size_bytes());
    const at::Tensor offsets =
        at::arange(0, kTableSize * shape[1], kTableSize, at::TensorOptions(at::kInt).device(device));
    const at::Tensor positions = staged.to(device, /*non_blocking=*/true).to(at::kInt) + offsets;
    const at::Tensor values = table.to(device, /*non_blocking=*/true).index_select(0, positions.flatten());
    return values.reshape(staged.sizes()).permute({0, 3, 1, 2});
}

}  // namespace

at::Tensor inputFromPixels(std::span<const std::uint8_t> pixels, std::span<const float> tables,
                           at::IntArrayRef shape, const at::Device& device) {
    const c10::InferenceMode noGradients;
    return device.is_cpu() ? onCpu(pixels, tables, shape) : onDevice(pixels, tables, shape, device);
}

}  // namespace dicescope::torch_internal
