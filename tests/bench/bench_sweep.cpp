// The whole sparsity axis against one dense evaluation by LibTorch: tables of scaling, then ratios of medians
// of interleaved runs, so that a load on the machine meets both sides alike.
#include <ATen/Parallel.h>
#include <benchmark/benchmark.h>
#include <torch/torch.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <functional>
#include <random>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "core/base/parallel.h"
#include "core/sparsity/ranking.h"
#include "core/sparsity/sweep.h"

namespace dicescope {
namespace {

constexpr std::size_t kSamples = 4096;
constexpr std::size_t kManySamples = 90'000;
constexpr int kRounds = 9;

struct Shape {
    std::size_t units;
    std::size_t classes;
};
constexpr Shape kImageNet{2048, 1000};
constexpr Shape kCifar{342, 10};

/// Half-normal features of about the mean of a ResNet-50's; values repeat after 2^20, which no cache notices.
Matrix<float> makeFeatures(std::size_t samples, std::size_t units) {
    std::mt19937 random(1);
    std::normal_distribution<float> normal(0.0f, 0.45f);
    std::vector<float> pool((std::size_t{1} << 20) + 1);
    for (float& value : pool) value = std::abs(normal(random));
    Matrix<float> features(samples, units);
    for (std::size_t i = 0; i < features.size(); ++i) features.data()[i] = pool[i % pool.size()];
    return features;
}

/// A random head, its mean features and its plans.
class Head {
  public:
    explicit Head(Shape shape)
        : weight_(shape.classes, shape.units), bias_(shape.classes), mean_(shape.units) {
        std::mt19937 random(2);
        std::normal_distribution<float> normal(0.0f, 0.04f);
        for (float& w : weight_.view().flat()) w = normal(random);
        for (float& b : bias_) b = normal(random);
        for (double& m : mean_) m = 0.36 * std::exp(10.0 * double{normal(random)});
    }

    [[nodiscard]] LevelPlan levels(std::size_t count) const {
        std::vector<double> levels(count);
        for (std::size_t i = 0; i < count; ++i) {
            levels[i] = 100.0 * static_cast<double>(i) / static_cast<double>(count - 1);
        }
        const auto values = rankingValues(RankingRule::Contribution, weight_.view(), mean_, 0);
        return planLevels(values.value().view(), levels).value();
    }
    [[nodiscard]] Sweep sweep(std::size_t count) const {
        return Sweep::plan(weight_.view(), bias_, levels(count), Sweep::Dense::Without).value();
    }
    [[nodiscard]] const Matrix<float>& weight() const { return weight_; }
    [[nodiscard]] const std::vector<float>& bias() const { return bias_; }

  private:
    Matrix<float> weight_;
    std::vector<float> bias_;
    std::vector<double> mean_;
};

torch::Tensor tensorOf(const float* data, std::size_t rows, std::size_t cols) {
    return torch::from_blob(const_cast<float*>(data), {static_cast<long>(rows), static_cast<long>(cols)});
}

/// One dense evaluation as anybody would write it.
class TorchDense {
  public:
    TorchDense(const Head& head, const Matrix<float>& features)
        : features_(tensorOf(features.data(), features.rows(), features.cols())),
          weight_(tensorOf(head.weight().data(), head.weight().rows(), head.weight().cols())),
          bias_(tensorOf(head.bias().data(), 1, head.bias().size()).flatten()),
          mask_(weight_ > 0) {}

    void dense() const { evaluate(weight_); }
    /// The same at one level: what a loop over levels repeats.
    void masked() const { evaluate(weight_ * mask_); }

  private:
    void evaluate(const torch::Tensor& weight) const {
        const torch::InferenceMode inference;
        benchmark::DoNotOptimize(torch::logsumexp(torch::addmm(bias_, features_, weight.t()), 1));
    }

    torch::Tensor features_;
    torch::Tensor weight_;
    torch::Tensor bias_;
    torch::Tensor mask_;
};

void runSweep(const Sweep& sweep, const Matrix<float>& features, unsigned threads) {
    SweepOptions options;
    options.threads = threads;
    benchmark::DoNotOptimize(sweep.run(features.view(), options, {}).value());
}

double seconds(const std::function<void()>& call) {
    const auto start = std::chrono::steady_clock::now();
    call();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> values) {
    std::nth_element(values.begin(), values.begin() + static_cast<long>(values.size() / 2), values.end());
    return values[values.size() / 2];
}

/// Median seconds of each call, run in turns.
std::vector<double> interleaved(const std::vector<std::function<void()>>& calls) {
    std::vector<std::vector<double>> times(calls.size());
    for (const auto& call : calls) call();
    for (int round = 0; round < kRounds; ++round) {
        for (std::size_t i = 0; i < calls.size(); ++i) times[i].push_back(seconds(calls[i]));
    }
    std::vector<double> medians;
    for (auto& list : times) medians.push_back(median(std::move(list)));
    return medians;
}

void printRatios(const std::string& prefix, Shape shape, unsigned threads) {
    const Head head(shape);
    const Sweep sweep101 = head.sweep(101);
    const Sweep sweep1001 = head.sweep(1001);
    std::vector<double> t;
    {
        const auto features = makeFeatures(kSamples, shape.units);
        const TorchDense torchDense(head, features);
        t = interleaved({[&] { torchDense.dense(); }, [&] { runSweep(sweep101, features, threads); },
                         [&] { torchDense.masked(); }, [&] { runSweep(sweep1001, features, threads); }});
    }
    const auto many = makeFeatures(kManySamples, shape.units);
    const double atMany = seconds([&] { runSweep(sweep101, many, threads); });
    std::printf("%smedians: dense %.4f s, sweep101 %.4f s, one masked level %.4f s, sweep1001 %.4f s\n",
                prefix.c_str(), t[0], t[1], t[2], t[3]);
    std::printf("%sratio sweep101/dense: %.3f\n", prefix.c_str(), t[1] / t[0]);
    std::printf("%sratio sweep1001/dense: %.3f\n", prefix.c_str(), t[3] / t[0]);
    // 101 times one masked level; running all of them would only make the noise larger.
    std::printf("%sratio dense101/sweep101: %.1f\n", prefix.c_str(), 101 * t[2] / t[1]);
    std::printf("%sseconds at N=90000: %.2f\n", prefix.c_str(), atMany);
}

/// Stops sweeps at moments spread over their run and prints the longest time until one returned.
void printStops(const Head& head, unsigned threads) {
    const Sweep sweep = head.sweep(1001);
    const auto features = makeFeatures(16'384, kImageNet.units);
    std::vector<double> waits;
    for (int i = 1; i <= 20; ++i) {
        std::stop_source stop;
        double returned = 0;
        const auto start = std::chrono::steady_clock::now();
        std::jthread runner([&] {
            SweepOptions options;
            options.threads = threads;
            benchmark::DoNotOptimize(sweep.run(features.view(), options, {stop.get_token(), {}}));
            returned = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        });
        std::this_thread::sleep_for(std::chrono::milliseconds(25 * i));
        const double asked = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        stop.request_stop();
        runner.join();
        if (returned > asked) waits.push_back(1000 * (returned - asked));
    }
    std::printf("stop to return: median %.1f ms, longest of %zu: %.1f ms\n", median(waits), waits.size(),
                *std::max_element(waits.begin(), waits.end()));
}

/// Seconds for 1,000 samples at growing N: constant where the sweep is linear in N.
void printLinearity(const Head& head, unsigned threads) {
    const Sweep sweep = head.sweep(101);
    const auto many = makeFeatures(kManySamples, kImageNet.units);
    for (const std::size_t n : {std::size_t{1'000}, std::size_t{4'096}, std::size_t{16'384}, kManySamples}) {
        const MatrixView<const float> part{many.data(), n, kImageNet.units};
        std::vector<double> times;
        for (int round = 0; round < 3; ++round) {
            SweepOptions options;
            options.threads = threads;
            times.push_back(seconds([&] { benchmark::DoNotOptimize(sweep.run(part, options, {}).value()); }));
        }
        std::printf("N=%zu: %.4f s for 1,000 samples\n", n, 1000 * median(times) / static_cast<double>(n));
    }
}

void planning(benchmark::State& state) {
    const Head head(kImageNet);
    const auto levels = static_cast<std::size_t>(state.range(0));
    for (auto _ : state) benchmark::DoNotOptimize(head.sweep(levels));
}
BENCHMARK(planning)->ArgName("levels")->Arg(101)->Arg(1001)->Unit(benchmark::kMillisecond)->UseRealTime();

void sweepOf(benchmark::State& state, Shape shape) {
    const Sweep sweep = Head(shape).sweep(static_cast<std::size_t>(state.range(1)));
    const auto features = makeFeatures(static_cast<std::size_t>(state.range(0)), shape.units);
    for (auto _ : state) runSweep(sweep, features, static_cast<unsigned>(state.range(2)));
    state.SetItemsProcessed(state.iterations() * state.range(0));
}

void registerScaling(const char* name, Shape shape) {
    const auto threads = static_cast<std::int64_t>(defaultThreadCount());
    auto* table =
        benchmark::RegisterBenchmark(name, [shape](benchmark::State& state) { sweepOf(state, shape); });
    table->ArgNames({"N", "levels", "threads"})->Unit(benchmark::kMillisecond)->UseRealTime();
    for (const std::int64_t samples : {1024, 4096, 16384}) table->Args({samples, 101, threads});
    for (const std::int64_t levels : {2, 11, 1001}) table->Args({4096, levels, threads});
    for (std::int64_t t = 1; t < threads; t *= 2) table->Args({4096, 101, t});
}

}  // namespace
}  // namespace dicescope

int main(int argc, char** argv) {
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
    dicescope::registerScaling("sweep_D2048_C1000", dicescope::kImageNet);
    dicescope::registerScaling("sweep_D342_C10", dicescope::kCifar);
    benchmark::RunSpecifiedBenchmarks();

    const unsigned threads = dicescope::defaultThreadCount();
    at::set_num_threads(static_cast<int>(threads));
    std::printf("threads: %u; OpenBLAS follows OPENBLAS_CORETYPE where it is set\n", threads);
    dicescope::printRatios("D=342 C=10: ", dicescope::kCifar, threads);
    dicescope::printStops(dicescope::Head(dicescope::kImageNet), threads);
    dicescope::printLinearity(dicescope::Head(dicescope::kImageNet), threads);
    dicescope::printRatios("", dicescope::kImageNet, threads);
    return 0;
}
