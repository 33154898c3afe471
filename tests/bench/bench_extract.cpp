// Images/s of the whole extraction against the bare forward and against a plain loop, in turn so that a
// machine whose speed drifts treats all three alike. Usage: bench_extract [MODEL PRESET FOLDER]

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "core/base/file.h"
#include "core/base/parallel.h"
#include "core/extraction/extractor.h"
#include "core/extraction/normalisation.h"
#include "core/images/decode.h"
#include "core/images/image_folder.h"

namespace {

using namespace dicescope;
using Clock = std::chrono::steady_clock;

constexpr int kRounds = 5;
constexpr std::size_t kPipelineImages = 1500;
constexpr std::size_t kPlainImages = 512;
constexpr std::size_t kPlainBatch = 128;
constexpr double kForwardSeconds = 4;

template <class T>
T orExit(Result<T> result) {
    if (result) return std::move(*result);
    std::fprintf(stderr, "bench_extract: %s\n", result.error().message.c_str());
    std::exit(1);
}

double secondsSince(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

struct Case {
    std::filesystem::path model;
    std::string preset;
    std::filesystem::path images;
};

Case caseFrom(int argc, char** argv) {
    if (argc == 4) return {argv[1], argv[2], argv[3]};
    const std::filesystem::path shared = DICESCOPE_SHARED_DIR;
    if (std::filesystem::exists(shared)) {
        return {shared / "models/cifar10-densenet100.pt", "cifar", shared / "data/cifar10-train4k"};
    }
    return {"resources/demo/fashion8.pt", "fashion", "demo-data/id-test"};
}

/// A cache of its own for each round, so that every image is decoded and run.
double pipelineRate(const Classifier& classifier, const Preprocess& preprocess, const ImageFolder& folder,
                    std::size_t batchSize) {
    std::string name = (std::filesystem::temp_directory_path() / "bench-extract.XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) std::exit(1);
    double seconds = 0;
    {
        auto cache = orExit(FeatureCache::open(name, featureCacheKey(classifier.info(), preprocess)));
        auto memo = orExit(FileHashMemo::open(name));
        ExtractionOptions options;
        options.batchSize = batchSize;
        const auto start = Clock::now();
        const auto set = orExit(
            extractFeatures(classifier, folder, preprocess, cache, memo,
                            BatchSizeMemory(std::filesystem::path(name) / "batch-sizes.json"), options));
        seconds = secondsSince(start);
        if (set.counts.decoded == 0) std::exit(1);
    }
    std::filesystem::remove_all(name);
    return static_cast<double>(folder.images.size()) / seconds;
}

/// What a script does: decode a batch on one thread, run it on all cores, go on.
double plainRate(const Classifier& classifier, const Preprocess& preprocess, const ImageFolder& folder) {
    const auto tables = normalisationTables(preprocess);
    const std::size_t images = std::min(kPlainImages, folder.images.size()) / kPlainBatch * kPlainBatch;
    std::vector<std::uint8_t> pixels(kPlainBatch * preprocess.pixelBytes());
    Matrix<float> features(kPlainBatch, classifier.weight().cols);
    Matrix<float> logits(kPlainBatch, classifier.weight().rows);
    double seconds = 0;
    std::jthread([&] {
        const auto intraOp = static_cast<int>(defaultThreadCount());
        const auto forward = [&] {
            const auto status =
                classifier.forward(pixels, kPlainBatch, tables, {features.view(), logits.view()}, intraOp);
            if (!status) std::exit(1);
        };
        forward();
        const auto start = Clock::now();
        for (std::size_t begin = 0; begin < images; begin += kPlainBatch) {
            for (std::size_t i = 0; i < kPlainBatch; ++i) {
                const auto bytes = orExit(readFile(folder.root / folder.images[begin + i].path));
                const auto image = orExit(decodeImage(bytes));
                toModelPixels(
                    image, preprocess,
                    std::span(pixels).subspan(i * preprocess.pixelBytes(), preprocess.pixelBytes()));
            }
            forward();
        }
        seconds = secondsSince(start);
    }).join();
    return static_cast<double>(images) / seconds;
}

}  // namespace

int main(int argc, char** argv) {
    const Case chosen = caseFrom(argc, argv);
    const auto preprocess = orExit(loadPreprocess(chosen.preset));
    auto folder = orExit(listImageFolder(chosen.images));
    if (folder.images.size() > kPipelineImages) folder.images.resize(kPipelineImages);
    ClassifierOptions options;
    options.channels = preprocess.channels;
    options.height = preprocess.cropHeight;
    options.width = preprocess.cropWidth;
    const auto classifier = orExit(Classifier::load(chosen.model, options));
    const ExecutionPlan plan = orExit(measureExecutionPlan(classifier, preprocess, 0));
    std::printf("%s, %zu images of %s on %s: %u streams, batch %zu\n", chosen.model.filename().c_str(),
                folder.images.size(), chosen.images.filename().c_str(), classifier.info().device.c_str(),
                plan.streams, plan.batchSize);

    std::vector<double> forwards;
    std::vector<double> pipelines;
    std::vector<double> plains;
    std::vector<double> toForward;
    std::vector<double> toPlain;
    for (int round = 0; round < kRounds; ++round) {
        forwards.push_back(orExit(measureForwardRate(classifier, preprocess, plan, kForwardSeconds)));
        pipelines.push_back(pipelineRate(classifier, preprocess, folder, plan.batchSize));
        plains.push_back(plainRate(classifier, preprocess, folder));
        toForward.push_back(pipelines.back() / forwards.back());
        toPlain.push_back(pipelines.back() / plains.back());
        std::printf("round %d: forward %.1f, pipeline %.1f, plain loop %.1f images/s\n", round + 1,
                    forwards.back(), pipelines.back(), plains.back());
    }
    std::printf("images/s, medians: forward %.1f, pipeline %.1f, plain loop %.1f\n", median(forwards),
                median(pipelines), median(plains));
    std::printf("ratio pipeline/forward: %.3f\n", median(toForward));
    std::printf("ratio pipeline/plain128: %.3f\n", median(toPlain));
    return 0;
}
