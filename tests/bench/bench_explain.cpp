// What a look inside costs at the size of ImageNet: 1,000 classes, 2,048 units, 90,000 images.
// hand edits need about 1.2 GB.
#include <benchmark/benchmark.h>

#include <random>
#include <string>
#include <vector>

#include "core/explain/class_profile.h"
#include "core/explain/contribution_map.h"
#include "core/explain/hand_edits.h"
#include "core/explain/image_table.h"
#include "core/explain/unit_statistics.h"
#include "core/explain/variance_theory.h"
#include "core/sparsity/ranking.h"

namespace dicescope {
namespace {

constexpr std::size_t kClasses = 1000;
constexpr std::size_t kUnits = 2048;
constexpr std::size_t kIdImages = 50'000;
constexpr std::size_t kOodImages = 10'000;
constexpr std::size_t kOodSets = 4;

struct Case {
    Matrix<float> weight{kClasses, kUnits};
    std::vector<float> bias = std::vector<float>(kClasses);
    std::vector<double> mean = std::vector<double>(kUnits);
    Matrix<double> ranking;
    LevelPlan plan;

    Case() {
        std::mt19937 random(1);
        std::normal_distribution<float> normal(0, 0.03F);
        std::exponential_distribution<double> activation(2.2);
        for (float& value : weight.view().flat()) value = normal(random);
        for (double& value : mean) value = activation(random);
        ranking = *rankingValues(RankingRule::Contribution, weight.view(), mean, 0);
        std::vector<double> levels(101);
        for (std::size_t k = 0; k < levels.size(); ++k) levels[k] = static_cast<double>(k);
        plan = *planLevels(ranking.view(), levels);
    }
    [[nodiscard]] HeadView head() const { return {weight.view(), bias}; }
};

const Case& theCase() {
    static const Case instance;
    return instance;
}

/// Features of all images. Rows are drawn by a cheap generator: 184 million exact normals would take longer
/// than what is measured.
const Matrix<float>& allFeatures() {
    static const Matrix<float> features = [] {
        Matrix<float> rows(kIdImages + kOodSets * kOodImages, kUnits);
        std::uint32_t state = 1;
        for (float& value : rows.view().flat()) {
            state = state * 1'664'525U + 1'013'904'223U;
            const float uniform = static_cast<float>(state >> 8) * 0x1p-24F;
            value = uniform < 0.3F ? 0 : uniform * uniform;
        }
        return rows;
    }();
    return features;
}

MatrixView<const float> rowsOf(std::size_t begin, std::size_t count) {
    return {allFeatures().data() + begin * kUnits, count, kUnits};
}

const HandEdits& edits() {
    static const HandEdits engine = [] {
        std::vector<EditedSet> ood;
        for (std::size_t s = 0; s < kOodSets; ++s)
            ood.push_back({std::to_string(s), rowsOf(kIdImages + s * kOodImages, kOodImages)});
        const HeadMask mask{&theCase().plan, 70};
        return *HandEdits::make(theCase().head(), mask, {"id", rowsOf(0, kIdImages)}, ood, {}, {});
    }();
    return engine;
}

void mapAtAnotherLevel(benchmark::State& state) {
    const auto table = *ContributionTable::make(theCase().head(), theCase().mean, theCase().ranking);
    const auto map = *ContributionMap::make(table, theCase().plan, table.classOrder(ClassOrder::Index),
                                            table.unitOrder(UnitOrder::TotalContribution));
    MapPicture picture;
    std::size_t level = 0;
    for (auto _ : state) {
        map.reduce({0, kClasses, 0, kUnits}, static_cast<std::size_t>(state.range(0)),
                   static_cast<std::size_t>(state.range(1)), level++ % 101, picture);
        benchmark::DoNotOptimize(picture.value.data());
    }
}
BENCHMARK(mapAtAnotherLevel)
    ->Args({1200, 700})
    ->Args({2048, 1000})
    ->Args({300, 200})
    ->Unit(benchmark::kMillisecond);

void mapInAnotherOrder(benchmark::State& state) {
    const auto table = *ContributionTable::make(theCase().head(), theCase().mean, theCase().ranking);
    for (auto _ : state) {
        benchmark::DoNotOptimize(ContributionMap::make(table, theCase().plan,
                                                       table.classOrder(ClassOrder::Index),
                                                       table.unitOrder(UnitOrder::TotalContribution)));
    }
}
BENCHMARK(mapInAnotherOrder)->Unit(benchmark::kMillisecond);

void tableOfContributions(benchmark::State& state) {
    for (auto _ : state)
        benchmark::DoNotOptimize(
            ContributionTable::make(theCase().head(), theCase().mean, theCase().ranking));
}
BENCHMARK(tableOfContributions)->Unit(benchmark::kMillisecond);

/// Argument: units that are off.
void unitsOffToMetrics(benchmark::State& state) {
    const HandEdits& engine = edits();
    std::size_t first = 0;
    for (auto _ : state) {
        std::vector<std::size_t> off;
        for (std::int64_t u = 0; u < state.range(0); ++u) off.push_back((first++ * 37) % kUnits);
        benchmark::DoNotOptimize(engine.evaluate(off, ScoreKind::Energy));
    }
}
BENCHMARK(unitsOffToMetrics)->Arg(0)->Arg(1)->Arg(10)->Arg(100)->Unit(benchmark::kMillisecond)->UseRealTime();

void statisticsOfUnits(benchmark::State& state) {
    for (auto _ : state) benchmark::DoNotOptimize(unitStatistics(rowsOf(0, kIdImages)));
}
BENCHMARK(statisticsOfUnits)->Unit(benchmark::kMillisecond)->UseRealTime();

void histogramsOfOneUnit(benchmark::State& state) {
    const std::vector<MatrixView<const float>> sets{rowsOf(0, kIdImages), rowsOf(kIdImages, 4 * kOodImages)};
    std::size_t unit = 0;
    for (auto _ : state) benchmark::DoNotOptimize(unitHistograms(sets, unit++ * 37 % kUnits, 100));
}
BENCHMARK(histogramsOfOneUnit)->Unit(benchmark::kMillisecond);

void logitsOfOneClass(benchmark::State& state) {
    const std::vector<HeadMask> masks{{}, {&theCase().plan, 70}};
    for (auto _ : state)
        benchmark::DoNotOptimize(classLogits(allFeatures().view(), theCase().head(), masks, 7));
}
BENCHMARK(logitsOfOneClass)->Unit(benchmark::kMillisecond)->UseRealTime();

void varianceOfOneClassMeasured(benchmark::State& state) {
    for (auto _ : state) {
        benchmark::DoNotOptimize(
            measureOutput(rowsOf(0, kIdImages), theCase().head(), theCase().plan, 7, {}));
    }
}
BENCHMARK(varianceOfOneClassMeasured)->Unit(benchmark::kMillisecond)->UseRealTime();

const FeatureMoments& moments() {
    static const FeatureMoments instance = *featureMoments(rowsOf(0, 4000), {});
    return instance;
}

void varianceOfOneClassPredicted(benchmark::State& state) {
    for (auto _ : state)
        benchmark::DoNotOptimize(predictOutput(moments(), theCase().head(), theCase().plan, 7));
}
BENCHMARK(varianceOfOneClassPredicted)->Unit(benchmark::kMillisecond);

void varianceOfAllClassesPredicted(benchmark::State& state) {
    for (auto _ : state)
        benchmark::DoNotOptimize(predictAverageOutput(moments(), theCase().head(), theCase().plan, {}));
}
BENCHMARK(varianceOfAllClassesPredicted)->Unit(benchmark::kMillisecond)->UseRealTime();

void tableOfImages(benchmark::State& state) {
    std::mt19937 random(3);
    std::normal_distribution<float> score(10, 3);
    std::vector<float> dense(kIdImages + kOodSets * kOodImages);
    std::vector<float> sparse(dense.size());
    for (float& value : dense) value = score(random);
    for (float& value : sparse) value = score(random);
    const std::vector<std::int32_t> predicted(dense.size(), 1);
    std::vector<TableSet> sets;
    for (std::size_t s = 0; s <= kOodSets; ++s) {
        const std::size_t begin = s == 0 ? 0 : kIdImages + (s - 1) * kOodImages;
        const std::size_t count = s == 0 ? kIdImages : kOodImages;
        sets.push_back({std::to_string(s),
                        s == 0,
                        {},
                        std::span(predicted).subspan(begin, count),
                        std::span<const float>(dense).subspan(begin, count),
                        std::span<const float>(sparse).subspan(begin, count)});
    }
    const auto table = *ImageTable::make(sets);
    ImageFilter filter;
    filter.wronglyAccepted = filter.wronglyRejected = state.range(0) == 2;
    for (auto _ : state) {
        if (state.range(0) == 0) {
            benchmark::DoNotOptimize(ImageTable::make(sets));
        } else {
            benchmark::DoNotOptimize(table.select(filter, ImageOrder::LevelScore, true));
        }
    }
    state.SetLabel(state.range(0) == 0   ? "made anew"
                   : state.range(0) == 1 ? "all, sorted"
                                         : "errors, sorted");
}
BENCHMARK(tableOfImages)->Arg(0)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace dicescope

BENCHMARK_MAIN();
