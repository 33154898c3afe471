// KL matching: how far the softmax is from the mean softmax of the nearest class.
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "core/detectors/family.h"
#include "core/detectors/kept_fit.h"
#include "core/detectors/logits.h"
#include "core/detectors/row_math.h"
#include "core/linalg/linear_algebra.h"

namespace dicescope {
namespace {

/// softmax of a row of logits; returns sum_c q_c log q_c.
double softmax(std::span<const float> logits, std::span<double> probabilities) {
    const double energy = summarise(logits).energy();
    double sum = 0;
    for (std::size_t c = 0; c < logits.size(); ++c) {
        const double logProbability = static_cast<double>(logits[c]) - energy;
        probabilities[c] = std::exp(logProbability);
        sum += probabilities[c] * logProbability;
    }
    return sum;
}

class KlMatching final : public Detector {
  public:
    /// logTemplates: classes with a template x C.
    explicit KlMatching(Matrix<double> logTemplates) : logTemplates_(std::move(logTemplates)) {}

    [[nodiscard]] bool usesLogits() const override { return true; }

  private:
    [[nodiscard]] Status scoreRows(const FeatureBlock& block, std::span<double> scores,
                                   const Job& /*job*/) const override {
        Matrix<double> probabilities(scores.size(), block.logits.cols);
        forEachRow(scores.size(), [&](std::size_t r) {
            scores[r] = -softmax(block.logits.row(r), probabilities.view().row(r));
        });
        Matrix<double> cross(scores.size(), logTemplates_.rows());
        if (auto status =
                multiplyTransposed(std::as_const(probabilities).view(), logTemplates_.view(), cross.view());
            !status)
            return status;
        for (std::size_t r = 0; r < scores.size(); ++r) {
            const auto row = cross.view().row(r);
            scores[r] += *std::max_element(row.begin(), row.end());
        }
        return {};
    }

    Matrix<double> logTemplates_;
};

struct Templates {
    Matrix<double> sums;              ///< C x C, of the softmax of the images of a class
    std::vector<std::size_t> counts;  ///< C
};

void addTemplates(const FeatureBlock& block, std::span<const std::int32_t> classes, Templates& templates) {
    Matrix<double> probabilities(block.logits.rows, block.logits.cols);
    forEachRow(block.logits.rows,
               [&](std::size_t r) { softmax(block.logits.row(r), probabilities.view().row(r)); });
    for (std::size_t r = 0; r < block.logits.rows; ++r) {
        if (classes[r] < 0) continue;
        const auto c = static_cast<std::size_t>(classes[r]);
        ++templates.counts[c];
        const auto sum = templates.sums.view().row(c);
        for (std::size_t k = 0; k < sum.size(); ++k) sum[k] += probabilities(r, k);
    }
}

/// The logarithms of the means of the classes that have images.
Matrix<double> logMeans(const Templates& templates) {
    const auto kept = static_cast<std::size_t>(
        std::ranges::count_if(templates.counts, [](std::size_t count) { return count > 0; }));
    Matrix<double> result(kept, templates.sums.cols());
    std::size_t next = 0;
    for (std::size_t c = 0; c < templates.counts.size(); ++c) {
        if (templates.counts[c] == 0) continue;
        for (std::size_t k = 0; k < result.cols(); ++k) {
            const double mean = templates.sums(c, k) / static_cast<double>(templates.counts[c]);
            // A probability that underflowed is as small as can be, and not impossible.
            result(next, k) = std::log(std::max(mean, std::numeric_limits<double>::min()));
        }
        ++next;
    }
    return result;
}

/// The logarithm of the mean softmax of every class that has images.
struct LogTemplates {
    Matrix<double> values;  ///< classes with images x C
};

void listFields(FitFields& fields, LogTemplates& fit, const TrainingData& training) {
    fields.matrix("log_means", fit.values, FitFields::kAny, training.head().classes());
}

/// classOf: the class of every training image, -1 where not known.
Result<LogTemplates> fitTemplates(const TrainingData& training, std::span<const std::int32_t> classOf,
                                  const Job& job) {
    const std::size_t classes = training.head().classes();
    Templates templates{Matrix<double>(classes, classes), std::vector<std::size_t>(classes)};
    const Status status = training.forEachBlock(
        true, "Fitting KL matching", job, [&](const FeatureBlock& block, std::size_t first) -> Status {
            addTemplates(block, classOf.subspan(first, block.features.rows), templates);
            return {};
        });
    if (!status) return forwardError(status);
    return LogTemplates{logMeans(templates)};
}

Result<DetectorPtr> fitKlMatching(const Settings& settings, const TrainingDataPtr& training, const Job& job) {
    const bool predicted = settings.is("labels", "predicted");
    if (!predicted && !training->hasLabels()) {
        return fail(ErrorCode::InvalidArgument,
                    "KL matching by true labels needs labelled training images; use labels=predicted.");
    }
    auto templates = keptFit<LogTemplates>(
        *training, predicted ? "softmax-templates predicted" : "softmax-templates labelled", job,
        [&]() -> Result<LogTemplates> {
            if (!predicted) return fitTemplates(*training, training->labels(), job);
            const auto predictions = training->predictions(job);
            if (!predictions) return forwardError(predictions);
            return fitTemplates(*training, (*predictions)->prediction, job);
        });
    if (!templates) return forwardError(templates);
    return std::make_shared<KlMatching>(std::move(templates->values));
}

}  // namespace

DetectorEntry klMatchingEntry() {
    DetectorInfo info;
    info.id = "klm";
    info.displayName = "KL matching";
    info.explanation = "How far the softmax is from what it usually is for the class that it resembles most.";
    info.formula = "-min_c KL(q || q_c), q_c the mean softmax of class c";
    info.citation = {"Hendrycks et al.", "Scaling Out-of-Distribution Detection for Real-World Settings",
                     "ICML 2022", "1911.11132"};
    info.need = DetectorNeed::TrainingFeatures;
    info.cost = DetectorCost::Product;
    info.parameters = {choiceOf("labels", {"predicted", "true"},
                                "Whether training images belong to the class predicted or labelled.")};
    return {std::move(info), fitKlMatching};
}

}  // namespace dicescope
