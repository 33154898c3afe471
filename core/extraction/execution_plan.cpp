#include "core/extraction/execution_plan.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <mutex>
#include <nlohmann/json.hpp>
#include <random>
#include <thread>
#include <utility>

#include "core/base/file.h"
#include "core/base/parallel.h"
#include "core/extraction/normalisation.h"

namespace dicescope {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kSecondsPerMeasurement = 0.3;
constexpr std::size_t kTooFewToMeasure = 128;
constexpr std::size_t kUnmeasuredBatch = 4;
constexpr double kGoodEnough = 0.97;
// Past a clear fall the larger batches only get slower (they leave the cache), so trying them wastes seconds.
constexpr double kClearFall = 0.75;

bool onGpu(const Classifier& classifier) {
    return classifier.info().device.rfind("cuda", 0) == 0;
}

ExecutionPlan planFor(const Classifier& classifier, unsigned threads, std::size_t batchSize) {
    ExecutionPlan plan;
    // Two streams on a GPU: one copies while the other computes.
    plan.streams = onGpu(classifier) ? 2 : (threads == 0 ? defaultThreadCount() : threads);
    plan.batchSize = batchSize;
    return plan;
}

std::vector<std::uint8_t> randomPixels(const Preprocess& preprocess, std::size_t batch) {
    std::mt19937 generator(1);
    std::vector<std::uint8_t> pixels(batch * static_cast<std::size_t>(preprocess.cropHeight) *
                                     static_cast<std::size_t>(preprocess.cropWidth) *
                                     static_cast<std::size_t>(preprocess.channels));
    for (auto& value : pixels) value = static_cast<std::uint8_t>(generator() & 255U);
    return pixels;
}

}  // namespace

std::vector<std::size_t> candidateBatchSizes(bool onGpu) {
    if (onGpu) return {16, 32, 64, 128, 256, 512};
    return {1, 2, 4, 8, 16, 32, 64};
}

std::size_t pickBatchSize(const std::vector<std::size_t>& sizes, const std::vector<double>& rates) {
    const double best = *std::max_element(rates.begin(), rates.end());
    for (std::size_t i = 0; i < rates.size(); ++i) {
        if (rates[i] >= kGoodEnough * best) return sizes[i];
    }
    return sizes.front();
}

Result<double> measureForwardRate(const Classifier& classifier, const Preprocess& preprocess,
                                  const ExecutionPlan& plan, double seconds, const Job& job) {
    const auto pixels = randomPixels(preprocess, plan.batchSize);
    const auto tables = normalisationTables(preprocess);
    const std::size_t featureCount = classifier.weight().cols;
    const std::size_t classCount = classifier.weight().rows;

    std::atomic<std::size_t> images{0};
    std::atomic<bool> measuring{false};
    std::atomic<bool> finished{false};
    std::atomic<unsigned> ready{0};
    std::mutex mutex;
    std::optional<Error> failure;
    const auto run = [&] {
        Matrix<float> features(plan.batchSize, featureCount);
        Matrix<float> logits(plan.batchSize, classCount);
        const auto forward = [&] {
            auto status = classifier.forward(pixels, plan.batchSize, tables, {features.view(), logits.view()},
                                             plan.intraOpThreads);
            if (status) return true;
            const std::scoped_lock lock(mutex);
            if (!failure) failure = status.error();
            finished = true;
            return false;
        };
        // The graph executor optimises on the first calls.
        constexpr int kWarmUpRuns = 2;
        bool warm = true;
        for (int i = 0; i < kWarmUpRuns && warm; ++i) warm = forward();
        ++ready;
        while (warm && !finished) {
            const bool counted = measuring;
            if (!forward()) return;
            if (counted) images += plan.batchSize;
        }
    };

    std::vector<std::jthread> streams;
    for (unsigned i = 0; i < plan.streams; ++i) streams.emplace_back(run);
    while (ready < plan.streams && !finished && !job.stopRequested()) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    measuring = true;
    const auto start = Clock::now();
    // Whole batches are counted, so a slow model needs a few of them before the rate means something.
    const auto enough = [&] {
        const double passed = std::chrono::duration<double>(Clock::now() - start).count();
        return passed >= seconds && images >= plan.batchSize * plan.streams * 2;
    };
    while (!enough() && !finished && !job.stopRequested())
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    const double passed = std::chrono::duration<double>(Clock::now() - start).count();
    const auto counted = static_cast<double>(images);
    finished = true;
    streams.clear();
    if (job.stopRequested()) return cancelled();
    if (failure) return tl::unexpected<Error>(*failure);
    return counted / passed;
}

Result<ExecutionPlan> measureExecutionPlan(const Classifier& classifier, const Preprocess& preprocess,
                                           unsigned threads, const Job& job) {
    const auto candidates = candidateBatchSizes(onGpu(classifier));
    std::vector<double> rates;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        job.report({"Measuring the best batch size", i, candidates.size(), 0, -1});
        const auto rate = measureForwardRate(
            classifier, preprocess, planFor(classifier, threads, candidates[i]), kSecondsPerMeasurement, job);
        if (!rate && rate.error().code == ErrorCode::OutOfMemory && !rates.empty()) break;
        if (!rate) return forwardError(rate);
        rates.push_back(*rate);
        if (*rate < kClearFall * *std::max_element(rates.begin(), rates.end())) break;
    }
    const std::vector<std::size_t> tried(candidates.begin(),
                                         candidates.begin() + static_cast<std::ptrdiff_t>(rates.size()));
    ExecutionPlan plan = planFor(classifier, threads, pickBatchSize(tried, rates));
    const auto chosen = std::find(tried.begin(), tried.end(), plan.batchSize);
    plan.imagesPerSecond = rates[static_cast<std::size_t>(chosen - tried.begin())];
    return plan;
}

BatchSizeMemory::BatchSizeMemory(std::filesystem::path file) : file_(std::move(file)) {}

std::filesystem::path BatchSizeMemory::defaultFile() {
    const char* state = std::getenv("XDG_STATE_HOME");
    const char* home = std::getenv("HOME");
    std::filesystem::path base;
    if (state != nullptr && *state == '/') {
        base = state;
    } else {
        base = std::filesystem::path(home != nullptr && *home != '\0' ? home : "/tmp") / ".local" / "state";
    }
    return base / "dicescope" / "batch-sizes.json";
}

namespace {

nlohmann::json readMemory(const std::filesystem::path& file) {
    constexpr std::uint64_t kMaxBytes = 1 << 20;
    const auto bytes = readFile(file, kMaxBytes);
    if (!bytes) return nlohmann::json::object();
    const auto* text = reinterpret_cast<const char*>(bytes->data());
    auto json = nlohmann::json::parse(text, text + bytes->size(), nullptr, false);
    return json.is_object() ? json : nlohmann::json::object();
}

}  // namespace

std::optional<std::size_t> BatchSizeMemory::recall(const std::string& key) const {
    const auto json = readMemory(file_);
    const auto found = json.find(key);
    if (found == json.end() || !found->is_number_unsigned()) return std::nullopt;
    const auto size = found->get<std::size_t>();
    constexpr std::size_t kLargest = 4096;
    if (size < 1 || size > kLargest) return std::nullopt;
    return size;
}

void BatchSizeMemory::remember(const std::string& key, std::size_t batchSize) const {
    auto json = readMemory(file_);
    json[key] = batchSize;
    // Not being able to remember costs a measurement next time, nothing else.
    static_cast<void>(writeFileAtomically(file_, json.dump(1)));
}

std::string batchSizeKey(const ClassifierInfo& info, const Preprocess& preprocess) {
    // Not the number of threads: each stream computes on one, and a run resumed with other threads must find
    // its size.
    return info.sha256 + ' ' + info.head.name + ' ' + info.device + " libtorch " + info.libtorch + ' ' +
           std::to_string(preprocess.channels) + 'x' + std::to_string(preprocess.cropHeight) + 'x' +
           std::to_string(preprocess.cropWidth);
}

Result<ExecutionPlan> chooseExecutionPlan(const Classifier& classifier, const Preprocess& preprocess,
                                          unsigned threads, std::size_t batchSize, std::size_t images,
                                          const BatchSizeMemory& memory, const Job& job) {
    if (batchSize > 0) return planFor(classifier, threads, batchSize);
    const std::string key = batchSizeKey(classifier.info(), preprocess);
    if (const auto remembered = memory.recall(key)) return planFor(classifier, threads, *remembered);
    if (images < kTooFewToMeasure) return planFor(classifier, threads, kUnmeasuredBatch);
    auto plan = measureExecutionPlan(classifier, preprocess, threads, job);
    if (plan) memory.remember(key, plan->batchSize);
    return plan;
}

}  // namespace dicescope
