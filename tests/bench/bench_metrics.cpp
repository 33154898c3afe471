// Metrics at every level, and bootstrap intervals, at the size of the authors' ImageNet case: 50,000 ID
// images against four OOD sets of 10,000. Threads: the argument, 0 meaning all processors.
#include <benchmark/benchmark.h>

#include <numeric>
#include <random>
#include <vector>

#include "core/metrics/bootstrap.h"
#include "core/metrics/histogram.h"
#include "core/metrics/level_metrics.h"
#include "core/metrics/roc_curve.h"

namespace dicescope {
namespace {

constexpr std::size_t kIdImages = 50'000;
constexpr std::size_t kOodImages = 10'000;
constexpr std::size_t kOodSets = 4;
constexpr std::size_t kLevels = 101;

SweepResult randomSweep(std::size_t samples, float mean, unsigned seed) {
    std::mt19937 random(seed);
    std::normal_distribution<float> maxLogit(mean, 3);
    std::exponential_distribution<float> excess(2);
    SweepResult sweep;
    sweep.samples = samples;
    sweep.levels = kLevels;
    sweep.maxLogit.resize(samples * kLevels);
    sweep.excess.resize(samples * kLevels);
    for (float& value : sweep.maxLogit) value = maxLogit(random);
    for (float& value : sweep.excess) value = excess(random);
    return sweep;
}

std::vector<double> randomScores(std::size_t count, double mean, unsigned seed) {
    std::mt19937 random(seed);
    std::normal_distribution<double> score(mean, 3);
    std::vector<double> scores(count);
    for (double& value : scores) value = score(random);
    return scores;
}

void snapshotOfAllLevels(benchmark::State& state) {
    static const SweepResult id = randomSweep(kIdImages, 12, 1);
    static const std::vector<SweepResult> ood = [] {
        std::vector<SweepResult> sweeps;
        for (unsigned s = 0; s < kOodSets; ++s)
            sweeps.push_back(randomSweep(kOodImages, 8.0F + static_cast<float>(s), s + 2));
        return sweeps;
    }();
    LevelMetricsRequest request;
    request.score = static_cast<ScoreKind>(state.range(0));
    request.levels.resize(kLevels);
    std::iota(request.levels.begin(), request.levels.end(), 0.0);
    request.id = {"id", &id, {}};
    for (std::size_t s = 0; s < kOodSets; ++s) request.ood.push_back({std::to_string(s), &ood[s], {}});
    request.threads = static_cast<unsigned>(state.range(1));
    for (auto _ : state) benchmark::DoNotOptimize(computeLevelMetrics(request, {}));
    state.SetLabel(std::string(name(request.score)));
}
BENCHMARK(snapshotOfAllLevels)
    ->ArgNames({"score", "threads"})
    ->ArgsProduct({{0, 1, 2}, {1, 0}})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

struct Columns {
    std::vector<std::vector<double>> dense;
    std::vector<std::vector<double>> sparse;

    Columns() {
        for (unsigned s = 0; s <= kOodSets; ++s) {
            const std::size_t count = s == 0 ? kIdImages : kOodImages;
            dense.push_back(randomScores(count, s == 0 ? 12 : 7.0 + s, s));
            sparse.push_back(randomScores(count, s == 0 ? 13 : 6.0 + s, s + 100));
        }
    }
    static ScoreColumn column(const std::vector<std::vector<double>>& scores) {
        return {scores.front(), {scores.begin() + 1, scores.end()}};
    }
};

void bootstrapOneColumn(benchmark::State& state) {
    const Columns columns;
    BootstrapOptions options;
    options.threads = static_cast<unsigned>(state.range(0));
    for (auto _ : state)
        benchmark::DoNotOptimize(bootstrapIntervals(Columns::column(columns.dense), options, {}));
}
BENCHMARK(bootstrapOneColumn)
    ->ArgName("threads")
    ->Arg(1)
    ->Arg(0)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

void bootstrapPairedDifference(benchmark::State& state) {
    const Columns columns;
    BootstrapOptions options;
    options.threads = static_cast<unsigned>(state.range(0));
    for (auto _ : state) {
        benchmark::DoNotOptimize(bootstrapDifference(Columns::column(columns.dense),
                                                     Columns::column(columns.sparse), options, {}));
    }
}
BENCHMARK(bootstrapPairedDifference)
    ->ArgName("threads")
    ->Arg(1)
    ->Arg(0)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

void oneSliderTick(benchmark::State& state) {
    const auto id = randomScores(kIdImages, 12, 1);
    const auto ood = randomScores(kOodImages, 8, 2);
    const std::vector<float> idFloat(id.begin(), id.end());
    const std::vector<float> oodFloat(ood.begin(), ood.end());
    const std::vector<std::span<const float>> sets{idFloat, oodFloat};
    for (auto _ : state) {
        const auto curve = rocCurve(idFloat, oodFloat);
        benchmark::DoNotOptimize(thinForView(*curve, {.width = 500, .height = 500}));
        const auto bins = commonBins(sets, 100);
        for (const auto& set : sets) benchmark::DoNotOptimize(histogram(set, *bins));
    }
}
BENCHMARK(oneSliderTick)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace dicescope

BENCHMARK_MAIN();
