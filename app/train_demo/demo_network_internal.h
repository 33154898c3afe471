#pragma once

// Internal to this program: the only header here that includes LibTorch.

// ir.h first: clang 14 does not compile torch.h by itself as C++20.
#include <torch/csrc/jit/ir/ir.h>
#include <torch/script.h>
#include <torch/torch.h>

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/error.h"

namespace dicescope {

/// A convolution with padding that keeps the size, a ReLU, and 2 x 2 maximum pooling where asked.
struct DemoStage {
    std::int64_t channels;
    std::int64_t kernel;
    bool pool;
};

/// The stages of the demo network: 1 x 28 x 28 in, 512 features of 3 x 3 out. Global average pooling and a
/// linear layer of eight classes follow.
[[nodiscard]] const std::vector<DemoStage>& demoStages();

/// The network that is trained. forward(): N x 1 x 28 x 28 normalised images to N x 8 logits.
class DemoNetworkImpl : public torch::nn::Module {
  public:
    DemoNetworkImpl();
    /// N x 1 x 28 x 28 to the N x 512 penultimate features.
    torch::Tensor features(torch::Tensor images);
    torch::Tensor forward(const torch::Tensor& images);

    std::vector<torch::nn::Conv2d> convolutions;
    torch::nn::Linear head{nullptr};
};
TORCH_MODULE(DemoNetwork);

/// The same network as a TorchScript archive, in memory. Parameters are named conv1.weight ... fc.bias; the
/// head is `fc`.
[[nodiscard]] std::string toTorchScript(const DemoNetwork& network);

/// Logits of a TorchScript archive on a batch of images, on one thread of the caller.
[[nodiscard]] torch::Tensor runTorchScript(const std::string& archive, const torch::Tensor& images);

}  // namespace dicescope
