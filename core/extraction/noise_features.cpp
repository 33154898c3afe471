#include "core/extraction/noise_features.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <mutex>
#include <numbers>
#include <optional>
#include <random>
#include <string>

#include "core/base/parallel.h"
#include "core/base/progress_meter.h"
#include "core/extraction/normalisation.h"

namespace dicescope {
namespace {

constexpr std::size_t kBatch = 4;
constexpr std::uint64_t kSeed = 0x6e6f697365;

struct Rows {
    Matrix<float> features;
    Matrix<float> logits;
};

Status forwardBatch(const Classifier& classifier, const Preprocess& preprocess, std::span<const float> tables,
                    std::size_t begin, std::size_t count, Rows& rows) {
    std::vector<std::uint8_t> pixels;
    for (std::size_t i = begin; i < begin + count; ++i) {
        const auto image = gaussianNoisePixels(preprocess, i);
        pixels.insert(pixels.end(), image.begin(), image.end());
    }
    const auto part = [&](Matrix<float>& matrix) {
        return MatrixView<float>{matrix.data() + begin * matrix.cols(), count, matrix.cols()};
    };
    return classifier.forward(pixels, count, tables, {part(rows.features), part(rows.logits)}, 1);
}

}  // namespace

std::vector<std::uint8_t> gaussianNoisePixels(const Preprocess& preprocess, std::uint64_t index) {
    std::mt19937_64 generator(kSeed + index);
    // Box-Muller on the engine's own bits: std::normal_distribution differs between standard libraries.
    const auto uniform = [&] { return (static_cast<double>(generator() >> 11U) + 0.5) * 0x1p-53; };
    std::vector<std::uint8_t> pixels(preprocess.pixelBytes());
    for (auto& value : pixels) {
        const double radius = std::sqrt(-2 * std::log(uniform()));
        const double normal = radius * std::cos(2 * std::numbers::pi * uniform());
        value = static_cast<std::uint8_t>(std::lround(std::clamp(0.5 + normal, 0.0, 1.0) * 255));
    }
    return pixels;
}

Result<FeatureSetPtr> gaussianNoiseFeatures(const Classifier& classifier, const Preprocess& preprocess,
                                            std::size_t count, unsigned threads, const Job& job) {
    const auto tables = normalisationTables(preprocess);
    auto rows = std::make_shared<Rows>();
    rows->features = Matrix<float>(count, classifier.weight().cols);
    rows->logits = Matrix<float>(count, classifier.weight().rows);
    ProgressMeter meter(job, "Extracting features: Gaussian noise", count);
    std::mutex mutex;
    std::optional<Error> failure;
    parallelFor(count, kBatch, threads, [&](std::size_t begin, std::size_t end) {
        if (job.stopRequested()) return;
        const auto status = forwardBatch(classifier, preprocess, tables, begin, end - begin, *rows);
        meter.add(end - begin);
        if (status) return;
        const std::scoped_lock lock(mutex);
        failure = status.error();
    });
    if (job.stopRequested()) return cancelled();
    if (failure) return tl::unexpected<Error>(*failure);

    auto set = std::make_shared<FeatureSet>();
    set->features = rows->features.view();
    set->logits = rows->logits.view();
    for (std::size_t i = 0; i < count; ++i) set->paths.push_back("noise " + std::to_string(i));
    set->labels.assign(count, -1);
    set->provenance.modelSha256 = classifier.info().sha256;
    set->provenance.head = classifier.info().head.name;
    set->provenance.preprocess = toJson(preprocess);
    set->provenance.device = classifier.info().device;
    set->storage = rows;
    return set;
}

}  // namespace dicescope
