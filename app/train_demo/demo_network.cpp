#include <sstream>

#include "app/train_demo/demo_network_internal.h"

namespace dicescope {
namespace {

constexpr std::int64_t kClasses = 8;

std::string nameOf(std::size_t stage) {
    return "conv" + std::to_string(stage + 1);
}

torch::jit::Module makeLayer(const std::string& type, const torch::Tensor& weight, const torch::Tensor& bias,
                             const std::string& forward) {
    torch::jit::Module layer(type);
    layer.register_parameter("weight", weight.detach().clone(), false);
    layer.register_parameter("bias", bias.detach().clone(), false);
    layer.define(forward);
    return layer;
}

/// The forward of the whole network as TorchScript source.
std::string forwardSource() {
    std::ostringstream source;
    source << "def forward(self, x: Tensor) -> Tensor:\n";
    for (std::size_t i = 0; i < demoStages().size(); ++i) {
        source << "    x = torch.relu(self." << nameOf(i) << ".forward(x))\n";
        if (demoStages()[i].pool)
            source << "    x = torch.max_pool2d(x, [2, 2], [2, 2], [0, 0], [1, 1], False)\n";
    }
    source << "    h = torch.flatten(torch.adaptive_avg_pool2d(x, [1, 1]), 1)\n"
              "    return self.fc.forward(h)\n";
    return source.str();
}

}  // namespace

const std::vector<DemoStage>& demoStages() {
    static const std::vector<DemoStage> stages{
        {16, 3, true}, {32, 3, true}, {64, 3, true}, {128, 3, false}, {512, 1, false}};
    return stages;
}

DemoNetworkImpl::DemoNetworkImpl() {
    std::int64_t channels = 1;
    for (const DemoStage& stage : demoStages()) {
        torch::nn::Conv2d convolution(
            torch::nn::Conv2dOptions(channels, stage.channels, stage.kernel).padding(stage.kernel / 2));
        torch::nn::init::kaiming_normal_(convolution->weight, 0.0, torch::kFanIn, torch::kReLU);
        torch::nn::init::zeros_(convolution->bias);
        convolutions.push_back(register_module(nameOf(convolutions.size()), convolution));
        channels = stage.channels;
    }
    head = register_module("fc", torch::nn::Linear(channels, kClasses));
}

torch::Tensor DemoNetworkImpl::features(torch::Tensor images) {
    for (std::size_t i = 0; i < convolutions.size(); ++i) {
        images = torch::relu(convolutions[i]->forward(images));
        if (demoStages()[i].pool) images = torch::max_pool2d(images, 2);
    }
    return torch::flatten(torch::adaptive_avg_pool2d(images, {1, 1}), 1);
}

torch::Tensor DemoNetworkImpl::forward(const torch::Tensor& images) {
    return head->forward(features(images));
}

std::string toTorchScript(const DemoNetwork& network) {
    torch::jit::Module module("DemoNetwork");
    for (std::size_t i = 0; i < network->convolutions.size(); ++i) {
        const auto& convolution = network->convolutions[i];
        const std::string padding = std::to_string(demoStages()[i].kernel / 2);
        std::string source =
            "def forward(self, x: Tensor) -> Tensor:\n"
            "    return torch.conv2d(x, self.weight, self.bias, [1, 1], [";
        source.append(padding).append(", ").append(padding).append("])\n");
        module.register_module(nameOf(i), makeLayer("Convolution" + std::to_string(i + 1),
                                                    convolution->weight, convolution->bias, source));
    }
    module.register_module("fc", makeLayer("Linear", network->head->weight, network->head->bias,
                                           "def forward(self, x: Tensor) -> Tensor:\n"
                                           "    return torch.linear(x, self.weight, self.bias)\n"));
    module.define(forwardSource());
    module.eval();
    std::ostringstream archive;
    module.save(archive);
    return archive.str();
}

torch::Tensor runTorchScript(const std::string& archive, const torch::Tensor& images) {
    std::istringstream stream(archive);
    torch::jit::Module module = torch::jit::load(stream);
    const torch::NoGradGuard noGradient;
    return module.forward({images}).toTensor();
}

}  // namespace dicescope
