#include "app/train_demo/demo_training.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <exception>
#include <nlohmann/json.hpp>
#include <numbers>
#include <span>

#include "app/train_demo/demo_network_internal.h"
#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/demo/fashion_mnist.h"

namespace dicescope {
namespace {

constexpr std::int64_t kBatch = 128;
constexpr std::int64_t kEvaluationBatch = 500;
constexpr double kLearningRate = 0.04;
constexpr double kMomentum = 0.9;
constexpr double kWeightDecay = 5e-4;  // of the convolutions; the head has none
// Times the sum of an image's features: an L1 penalty, so that many contributions to the logits are near zero
// and a mask has something to drop.
constexpr double kFeaturePenalty = 1e-3;
constexpr double kWarmUpSteps = 200;
// Of the preset "fashion", by which the program that uses the model normalises.
constexpr float kMean = 0.2860F;
constexpr float kDeviation = 0.3530F;

/// Images N x 1 x 28 x 28, normalised, and class indices N (int64).
struct Examples {
    torch::Tensor images;
    torch::Tensor classes;
};

Examples idExamples(const FashionImages& source) {
    std::array<std::int64_t, kFashionClasses> classOf{};
    classOf.fill(-1);
    for (std::size_t c = 0; c < demoIdClasses().size(); ++c) {
        classOf[demoIdClasses()[c].label] = static_cast<std::int64_t>(c);
    }
    std::vector<std::uint8_t> pixels;
    std::vector<std::int64_t> classes;
    for (std::size_t i = 0; i < source.count(); ++i) {
        const std::int64_t one = classOf[source.labels[i]];
        if (one < 0) continue;
        const auto image = source.image(i);
        pixels.insert(pixels.end(), image.begin(), image.end());
        classes.push_back(one);
    }
    const auto count = static_cast<std::int64_t>(classes.size());
    const torch::Tensor bytes =
        torch::from_blob(pixels.data(), {count, 1, kFashionSide, kFashionSide}, torch::kUInt8);
    return {bytes.to(torch::kFloat32).div_(255).sub_(kMean).div_(kDeviation),
            torch::tensor(classes, torch::kInt64)};
}

/// Linear warm-up, then half a cosine down to zero.
double learningRateAt(std::int64_t step, std::int64_t steps) {
    const double warmUp = std::min(1.0, static_cast<double>(step + 1) / kWarmUpSteps);
    const double done = static_cast<double>(step) / static_cast<double>(steps);
    return kLearningRate * warmUp * 0.5 * (1 + std::cos(std::numbers::pi * done));
}

void setLearningRate(torch::optim::SGD& optimizer, double rate) {
    for (auto& group : optimizer.param_groups())
        static_cast<torch::optim::SGDOptions&>(group.options()).lr(rate);
}

torch::optim::SGD makeOptimizer(const DemoNetwork& network) {
    const auto options = torch::optim::SGDOptions(kLearningRate).momentum(kMomentum).nesterov(true);
    std::vector<torch::Tensor> convolutions;
    for (const auto& convolution : network->convolutions) {
        for (const torch::Tensor& parameter : convolution->parameters()) convolutions.push_back(parameter);
    }
    const auto decaying = torch::optim::SGDOptions(options).weight_decay(kWeightDecay);
    std::vector<torch::optim::OptimizerParamGroup> groups;
    groups.emplace_back(convolutions, std::make_unique<torch::optim::SGDOptions>(decaying));
    groups.emplace_back(network->head->parameters(), std::make_unique<torch::optim::SGDOptions>(options));
    return torch::optim::SGD(groups, options);
}

torch::Tensor logitsOf(DemoNetwork& network, const torch::Tensor& images) {
    const torch::NoGradGuard noGradient;
    std::vector<torch::Tensor> parts;
    for (const torch::Tensor& batch : images.split(kEvaluationBatch))
        parts.push_back(network->forward(batch));
    return torch::cat(parts);
}

double accuracyOf(const torch::Tensor& logits, const torch::Tensor& classes) {
    return logits.argmax(1).eq(classes).to(torch::kFloat64).mean().item<double>();
}

class Trainer {
  public:
    Trainer(DemoNetwork network, const Examples& examples, int epochs)
        : network_(std::move(network)),
          examples_(examples),
          batches_(examples.images.size(0) / kBatch),
          steps_(batches_ * epochs),
          optimizer_(makeOptimizer(network_)) {}

    /// One pass over the training images; returns the mean loss.
    double runEpoch() {
        const torch::Tensor order = torch::randperm(examples_.images.size(0));
        double loss = 0;
        for (std::int64_t b = 0; b < batches_; ++b) loss += runStep(order.narrow(0, b * kBatch, kBatch));
        return loss / static_cast<double>(batches_);
    }

  private:
    double runStep(const torch::Tensor& rows) {
        setLearningRate(optimizer_, learningRateAt(step_++, steps_));
        torch::Tensor images = examples_.images.index_select(0, rows);
        if (torch::rand({1}).item<float>() < 0.5F) images = images.flip(3);
        const torch::Tensor features = network_->features(images);
        const torch::Tensor crossEntropy = torch::nn::functional::cross_entropy(
            network_->head->forward(features), examples_.classes.index_select(0, rows));
        const torch::Tensor loss = crossEntropy + kFeaturePenalty * features.sum(1).mean();
        optimizer_.zero_grad();
        loss.backward();
        optimizer_.step();
        return loss.item<double>();
    }

    DemoNetwork network_;
    const Examples& examples_;
    std::int64_t batches_;
    std::int64_t steps_;
    std::int64_t step_ = 0;
    torch::optim::SGD optimizer_;
};

std::string epochLine(int epoch, int epochs, double loss, double seconds) {
    char line[96];
    std::snprintf(line, sizeof(line), "epoch %d of %d: mean loss %.4f, %.0f s", epoch, epochs, loss, seconds);
    return line;
}

/// The same for two models with the same weights, whatever the archives around them look like.
std::string sha256OfWeights(const DemoNetwork& network) {
    std::vector<torch::Tensor> parts;
    for (const torch::Tensor& parameter : network->parameters())
        parts.push_back(parameter.detach().flatten());
    const torch::Tensor all = torch::cat(parts).contiguous();
    return sha256(std::as_bytes(std::span(all.data_ptr<float>(), static_cast<std::size_t>(all.numel()))));
}

Status writeFacts(const DemoTrainingOptions& options, const DemoTrainingResult& result) {
    nlohmann::ordered_json facts{{"schema", 1},
                                 {"model", options.output.filename().string()},
                                 {"program", "dicescope-train-demo"},
                                 {"seed", options.seed},
                                 {"epochs", options.epochs},
                                 {"threads", options.threads},
                                 {"libtorch", TORCH_VERSION},
                                 {"preset", "fashion"},
                                 {"parameters", result.parameters},
                                 {"trainAccuracy", result.trainAccuracy},
                                 {"testAccuracy", result.testAccuracy},
                                 {"sha256OfWeights", result.sha256OfWeights}};
    for (const DemoClass& one : demoIdClasses()) facts["classes"].push_back(one.folder);
    for (const DemoClass& one : demoNearOodClasses()) facts["heldOut"].push_back(one.folder);
    std::filesystem::path path = options.output;
    return writeFileAtomically(path.replace_extension(".json"), facts.dump(2) + "\n");
}

Result<DemoTrainingResult> trainAndExport(const DemoTrainingOptions& options, const Examples& train,
                                          const Examples& test,
                                          const std::function<void(const std::string&)>& log) {
    using Clock = std::chrono::steady_clock;
    torch::set_num_threads(options.threads);
    torch::manual_seed(options.seed);
    DemoNetwork network;
    Trainer trainer(network, train, options.epochs);
    DemoTrainingResult result;
    const auto start = Clock::now();
    for (int epoch = 1; epoch <= options.epochs; ++epoch) {
        const double loss = trainer.runEpoch();
        result.seconds = std::chrono::duration<double>(Clock::now() - start).count();
        log(epochLine(epoch, options.epochs, loss, result.seconds));
        if (!std::isfinite(loss))
            return fail(ErrorCode::Internal, "The training diverged; choose another seed.");
    }

    const std::string archive = toTorchScript(network);
    const torch::Tensor logits = logitsOf(network, test.images);
    result.trainAccuracy = accuracyOf(logitsOf(network, train.images), train.classes);
    result.testAccuracy = accuracyOf(logits, test.classes);
    result.exportDifference = (runTorchScript(archive, test.images) - logits).abs().max().item<double>();
    for (const torch::Tensor& parameter : network->parameters()) {
        result.parameters += static_cast<std::size_t>(parameter.numel());
    }
    result.sha256OfWeights = sha256OfWeights(network);
    if (!(result.exportDifference < 1e-4)) {
        return fail(ErrorCode::Internal,
                    "The exported model does not repeat the trained network; nothing was written.");
    }
    return writeFileAtomically(options.output, archive)
        .and_then([&] { return writeFacts(options, result); })
        .map([&] { return result; });
}

}  // namespace

Result<DemoTrainingResult> trainDemoNetwork(const DemoTrainingOptions& options,
                                            const std::function<void(const std::string&)>& log) try {
    // Training takes minutes; a folder that cannot be written to should be known before.
    const auto folder = std::filesystem::absolute(options.output).parent_path();
    if (const auto writable = ensureWritableFolder(folder); !writable) return forwardError(writable);
    const auto train = loadFashionMnist(options.source, FashionSplit::Train);
    if (!train) return forwardError(train);
    const auto test = loadFashionMnist(options.source, FashionSplit::Test);
    if (!test) return forwardError(test);
    const Examples trainExamples = idExamples(*train);
    const Examples testExamples = idExamples(*test);
    if (trainExamples.images.size(0) < kBatch || testExamples.images.size(0) == 0) {
        return fail(ErrorCode::Corrupt, "There are too few images of the eight classes in '" +
                                            options.source.string() +
                                            "' to train with; install the complete data set.");
    }
    return trainAndExport(options, trainExamples, testExamples, log);
} catch (const std::exception& error) {
    return fail(ErrorCode::Internal, std::string("Training the demo network failed: ") + error.what());
}

}  // namespace dicescope
