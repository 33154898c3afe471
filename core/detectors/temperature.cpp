// Temperature scaling: MSP of logits divided by the temperature that fits the training labels best.
#include <algorithm>
#include <cmath>
#include <string>

#include "core/base/progress_meter.h"
#include "core/detectors/family.h"
#include "core/detectors/kept_fit.h"
#include "core/detectors/logits.h"
#include "core/detectors/row_math.h"
#include "core/detectors/subsample.h"

namespace dicescope {
namespace {

constexpr double kSmallestTemperature = 0.01;
constexpr double kLargestTemperature = 100;

class TemperatureScaling final : public Detector {
  public:
    explicit TemperatureScaling(double temperature) : inverse_(1 / temperature) {}

    [[nodiscard]] bool usesLogits() const override { return true; }

  private:
    [[nodiscard]] Status scoreRows(const FeatureBlock& block, std::span<double> scores,
                                   const Job& /*job*/) const override {
        forEachRow(scores.size(), [&](std::size_t r) {
            scores[r] = summarise(block.logits.row(r), inverse_).logLargestProbability();
        });
        return {};
    }

    double inverse_;
};

struct LabelledLogits {
    Matrix<float> logits;
    std::vector<int> labels;
};

/// Indices of labelled rows, at most `most`.
std::vector<std::size_t> drawLabelled(const TrainingData& training, std::size_t most, std::uint64_t seed) {
    std::vector<std::size_t> labelled;
    for (std::size_t i = 0; i < training.labels().size(); ++i) {
        if (training.labels()[i] >= 0) labelled.push_back(i);
    }
    std::vector<std::size_t> rows;
    for (const std::size_t k : drawRows(labelled.size(), most, seed)) rows.push_back(labelled[k]);
    return rows;
}

Result<LabelledLogits> logitsOf(const TrainingData& training, const std::vector<std::size_t>& rows,
                                const Job& job) {
    const std::size_t classes = training.head().classes();
    if (rows.size() > kMostKeptLogits / classes) {
        return fail(ErrorCode::InvalidArgument, "Temperature scaling would keep the logits of " +
                                                    std::to_string(rows.size()) + " training images for " +
                                                    std::to_string(classes) +
                                                    " classes, which is too much; choose fewer rows.");
    }
    LabelledLogits result{Matrix<float>(rows.size(), classes), {}};
    for (const std::size_t row : rows) result.labels.push_back(training.labels()[row]);
    Matrix<float> features(std::min(kDetectorBlockRows, rows.size()), training.head().units());
    ProgressMeter meter(job, "Fitting temperature scaling", rows.size());
    for (std::size_t begin = 0; begin < rows.size(); begin += kDetectorBlockRows) {
        if (job.stopRequested()) return cancelled();
        const auto block = firstRows(features, std::min(kDetectorBlockRows, rows.size() - begin));
        copyRows(training.features(), rows, begin, block);
        const MatrixView<float> out{result.logits.data() + begin * result.logits.cols(), block.rows,
                                    result.logits.cols()};
        if (auto status = computeLogits(block, training.head().weight, training.head().bias, out); !status)
            return forwardError(status);
        meter.add(block.rows);
    }
    return result;
}

/// First and second derivative of the negative log-likelihood by the inverse temperature.
struct Derivatives {
    double slope = 0;
    double curvature = 0;
};

/// Of one image: the mean logit under the softmax, less that of the label; and its variance.
Derivatives derivativesOf(std::span<const float> logits, std::size_t label, double inverse) {
    const double energy = summarise(logits, inverse).energy();
    double mean = 0;
    double square = 0;
    for (const float logit : logits) {
        const auto value = static_cast<double>(logit);
        const double probability = std::exp(inverse * value - energy);
        mean += probability * value;
        square += probability * value * value;
    }
    return {mean - static_cast<double>(logits[label]), square - mean * mean};
}

/// Of all images; of no meaning once a stop was requested.
Derivatives derivativesOf(const LabelledLogits& data, double inverse, const Job& job) {
    std::vector<Derivatives> rows(data.labels.size());
    forEachRow(rows.size(), [&](std::size_t r) {
        if (job.stopRequested()) return;
        rows[r] = derivativesOf(data.logits.view().row(r), static_cast<std::size_t>(data.labels[r]), inverse);
    });
    Derivatives sum;
    for (const Derivatives& row : rows) {
        sum.slope += row.slope;
        sum.curvature += row.curvature;
    }
    return sum;
}

/// Newton's method kept within a bracket: the slope never falls.
Result<double> fitInverse(const LabelledLogits& data, const Job& job) {
    double low = 1 / kLargestTemperature;
    double high = 1 / kSmallestTemperature;
    const double slopeAtLow = derivativesOf(data, low, job).slope;
    const double slopeAtHigh = derivativesOf(data, high, job).slope;
    if (job.stopRequested()) return cancelled();
    if (slopeAtLow >= 0) return low;
    if (slopeAtHigh <= 0) return high;
    double at = 1;
    constexpr int kMostSteps = 100;
    constexpr double kPrecision = 1e-10;
    for (int step = 0; step < kMostSteps; ++step) {
        const Derivatives now = derivativesOf(data, at, job);
        if (job.stopRequested()) return cancelled();
        (now.slope < 0 ? low : high) = at;
        double next = at - now.slope / now.curvature;
        if (!(next > low && next < high)) next = std::sqrt(low * high);
        if (std::abs(next - at) <= kPrecision * at) return next;
        at = next;
    }
    return at;
}

Result<DetectorPtr> fitTemperature(const Settings& settings, const TrainingDataPtr& training,
                                   const Job& job) {
    const double given = settings.number("t");
    if (given > 0) return std::make_shared<TemperatureScaling>(given);
    const std::size_t most = settings.count("rows");
    const std::size_t seed = settings.count("seed");
    const auto inverse = keptNumber(
        *training, "inverse-temperature rows=" + std::to_string(most) + " seed=" + std::to_string(seed), job,
        [&]() -> Result<double> {
            const auto data = logitsOf(*training, drawLabelled(*training, most, seed), job);
            if (!data) return forwardError(data);
            return fitInverse(*data, job);
        });
    if (!inverse) return forwardError(inverse);
    return std::make_shared<TemperatureScaling>(1 / *inverse);
}

}  // namespace

DetectorEntry temperatureEntry() {
    DetectorInfo info;
    info.id = "temperature";
    info.displayName = "Temperature scaling";
    info.explanation =
        "MSP with logits divided by the temperature under which the training labels are most "
        "likely.";
    info.formula = "log max_c softmax(l / t)_c";
    info.citation = {"Guo, Pleiss, Sun and Weinberger", "On Calibration of Modern Neural Networks",
                     "ICML 2017", "1706.04599"};
    info.need = DetectorNeed::TrainingLabels;
    DetectorParameter temperature = anyNumber("t", 0, 0, 1e4, "The temperature; 0: fitted.");
    temperature.needWhenSet = DetectorNeed::Nothing;
    info.parameters = {
        std::move(temperature),
        wholeNumber("rows", 10'000, 1, 1e9, "Most labelled training images to fit on, drawn at random."),
        wholeNumber("seed", 0, 0, 1e9, "Seed of the draw.")};
    return {std::move(info), fitTemperature};
}

}  // namespace dicescope
