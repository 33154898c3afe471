// Seconds of every detector that features allow, at the size of ImageNet with one training image in 25:
// fitting on 50,000 rows, then scoring 20,000 ID and 4 x 5,000 OOD rows, all in one pass that shares logits.
// Detectors that compare every image with every training image come last, with the time that was foretold.
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <system_error>
#include <vector>

#include "core/detectors/registry.h"

namespace dicescope {
namespace {

constexpr std::size_t kUnits = 2048;
constexpr std::size_t kClasses = 1000;
constexpr std::size_t kTrainingRows = 50'000;
constexpr std::size_t kScoredRows = 20'000 + 4 * 5'000;

/// Half-normal noise on a class's own pattern of active units; noise repeats after 2^20 + 1 values.
class Features {
  public:
    Features() : pool_((std::size_t{1} << 20) + 1), centres_(kClasses, kUnits) {
        std::mt19937 random(1);
        std::normal_distribution<float> normal(0.0F, 0.45F);
        for (float& value : pool_) value = std::abs(normal(random));
        for (float& value : centres_.view().flat()) value = random() % 16 == 0 ? 1.5F : 0.0F;
    }

    [[nodiscard]] Matrix<float> rows(std::size_t count, std::size_t from, float pattern) const {
        Matrix<float> result(count, kUnits);
        std::size_t at = from * 7919;
        for (std::size_t r = 0; r < count; ++r) {
            for (std::size_t d = 0; d < kUnits; ++d) {
                result(r, d) = pool_[at++ % pool_.size()] + pattern * centres_(r % kClasses, d);
            }
        }
        return result;
    }

    /// A head that sees the patterns.
    [[nodiscard]] Matrix<float> weight() const {
        Matrix<float> result(kClasses, kUnits);
        for (std::size_t i = 0; i < result.size(); ++i) {
            result.data()[i] =
                0.06F * (centres_.data()[i] - 0.09F) + 0.02F * (pool_[i % pool_.size()] - 0.36F);
        }
        return result;
    }

  private:
    std::vector<float> pool_;
    Matrix<float> centres_;
};

struct Fitted {
    DetectorSpec spec;
    DetectorPtr detector;
    double seconds = 0;
};

double secondsSince(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Fits and scores the detectors; returns the wall time of all.
double run(const std::vector<DetectorSpec>& specs, const TrainingDataPtr& training,
           const Matrix<float>& rows) {
    const auto start = std::chrono::steady_clock::now();
    std::vector<Fitted> fitted;
    std::vector<DetectorPtr> detectors;
    for (const DetectorSpec& spec : specs) {
        const auto begin = std::chrono::steady_clock::now();
        auto detector = fitDetector(spec, training);
        if (!detector) {
            std::printf("detector %s: %s\n", specText(spec).c_str(), detector.error().message.c_str());
            continue;
        }
        detectors.push_back(*detector);
        fitted.push_back({spec, std::move(*detector), secondsSince(begin)});
    }
    const auto runs = scoreFeatures(detectors, training->head(), rows.view());
    if (!runs) {
        std::printf("%s\n", runs.error().message.c_str());
        return secondsSince(start);
    }
    for (std::size_t k = 0; k < fitted.size(); ++k) {
        std::printf("detector %s: fit %.2f s, score %.2f s", specText(fitted[k].spec).c_str(),
                    fitted[k].seconds, (*runs)[k].seconds);
        if (findDetector(fitted[k].spec.id)->cost == DetectorCost::Neighbours) {
            std::printf(" (estimated %.0f s)",
                        estimateSeconds(fitted[k].spec, {rows.rows(), kClasses, kUnits, training->size()}));
        }
        std::printf("\n");
        std::fflush(stdout);
    }
    return secondsSince(start);
}

/// Fits the detectors on training data that a later run of the program would have; returns the wall time.
double fitAgain(const std::vector<DetectorSpec>& specs, const TrainingSource& source) {
    const auto start = std::chrono::steady_clock::now();
    const auto training = TrainingData::create(source);
    for (const DetectorSpec& spec : specs) {
        if (!training || !fitDetector(spec, *training)) return -1;
    }
    return secondsSince(start);
}

/// A folder of its own that goes with it.
class TemporaryFolder {
  public:
    TemporaryFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "dicescope-fits-XXXXXX").string();
        if (mkdtemp(name.data()) != nullptr) path_ = name;
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

int benchmark(bool neighbours) {
    const Features features;
    const Matrix<float> weight = features.weight();
    const std::vector<float> bias(kClasses, 0.01F);
    const Matrix<float> train = features.rows(kTrainingRows, 0, 1.0F);
    const Matrix<float> rows = features.rows(kScoredRows, 3, 0.7F);
    std::vector<double> mean(kUnits);
    std::vector<int> labels(kTrainingRows);
    for (std::size_t r = 0; r < kTrainingRows; ++r) {
        labels[r] = static_cast<int>(r % kClasses);
        for (std::size_t d = 0; d < kUnits; ++d)
            mean[d] += double{train(r, d)} / static_cast<double>(kTrainingRows);
    }
    const TemporaryFolder fits;
    const TrainingSource source{{weight.view(), bias}, mean, train.view(), labels, nullptr, fits.path()};
    const auto training = TrainingData::create(source);
    if (!training) return 1;

    std::printf(
        "%zu images, %zu classes, %zu units, %zu training images; statistics shared by several detectors\n"
        "are computed in the first that needs them, logits count for each that uses them.\n",
        kScoredRows, kClasses, kUnits, kTrainingRows);
    std::vector<DetectorSpec> feature;
    std::vector<DetectorSpec> slow;
    for (const DetectorInfo& info : allDetectors()) {
        if (info.cost == DetectorCost::Model) continue;
        (info.cost == DetectorCost::Neighbours ? slow : feature).push_back({info.id, {}});
    }
    const double together = run(feature, *training, rows);
    std::printf("%zu detectors together: %.1f s\n", feature.size(), together);
    std::printf("all fits in a later run: %.2f s\n", fitAgain(feature, source));
    if (neighbours) run(slow, *training, rows);
    return 0;
}

}  // namespace
}  // namespace dicescope

/// --quick leaves out the detectors that take minutes.
int main(int argc, char** argv) {
    const bool quick = argc > 1 && std::strcmp(argv[1], "--quick") == 0;
    return dicescope::benchmark(!quick);
}
