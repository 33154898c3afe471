// SHE: how well features match the mean feature of the predicted class.
#include <algorithm>
#include <cmath>
#include <utility>

#include "core/detectors/family.h"
#include "core/detectors/row_math.h"

namespace dicescope {
namespace {

enum class SheMeasure { Product, Cosine, Distance };

class She final : public Detector {
  public:
    She(std::shared_ptr<const TrainingPredictions> training, SheMeasure measure)
        : training_(std::move(training)), measure_(measure) {}

    [[nodiscard]] bool usesLogits() const override { return true; }

  private:
    [[nodiscard]] Status scoreRows(const FeatureBlock& block, std::span<double> scores,
                                   const Job& /*job*/) const override {
        forEachRow(scores.size(), [&](std::size_t r) {
            const auto pattern =
                training_->correctMeans.view().row(predictedWithPattern(block.logits.row(r)));
            scores[r] = match(block.features.row(r), pattern);
        });
        return {};
    }

    /// The most likely class among those that have a pattern.
    [[nodiscard]] std::size_t predictedWithPattern(std::span<const float> logits) const {
        std::size_t best = logits.size();
        for (std::size_t c = 0; c < logits.size(); ++c) {
            if (training_->correctCounts[c] == 0) continue;
            if (best == logits.size() || logits[c] > logits[best]) best = c;
        }
        return best;
    }

    [[nodiscard]] double match(std::span<const float> row, std::span<const double> pattern) const {
        if (measure_ == SheMeasure::Distance) return -std::sqrt(squaredDistance(row, pattern));
        const double product = dotProduct(row, pattern);
        if (measure_ == SheMeasure::Product) return product;
        const double lengths = norm(row) * norm(pattern);
        return lengths > 0 ? product / lengths : 0;
    }

    std::shared_ptr<const TrainingPredictions> training_;
    SheMeasure measure_;
};

Result<DetectorPtr> fitShe(const Settings& settings, const TrainingDataPtr& training, const Job& job) {
    auto predictions = training->predictions(job);
    if (!predictions) return forwardError(predictions);
    if (std::ranges::all_of((*predictions)->correctCounts, [](std::size_t count) { return count == 0; })) {
        return fail(ErrorCode::InvalidArgument,
                    "SHE needs training images that the model classifies correctly and there are none; check "
                    "the order of the classes.");
    }
    SheMeasure measure = SheMeasure::Product;
    if (settings.is("measure", "cosine")) measure = SheMeasure::Cosine;
    if (settings.is("measure", "distance")) measure = SheMeasure::Distance;
    return std::make_shared<She>(std::move(*predictions), measure);
}

}  // namespace

DetectorEntry sheEntry() {
    DetectorInfo info;
    info.id = "she";
    info.displayName = "SHE";
    info.explanation =
        "How well the features match the mean feature of correctly classified training images "
        "of the predicted class.";
    info.formula = "<h, mu_pred>";
    info.citation = {"Zhang et al.",
                     "Out-of-Distribution Detection based on In-Distribution Data Patterns Memorization with "
                     "Modern Hopfield Energy",
                     "ICLR 2023", ""};
    info.need = DetectorNeed::TrainingLabels;
    info.parameters = {choiceOf("measure", {"product", "cosine", "distance"},
                                "Inner product, cosine, or minus the Euclidean distance.")};
    return {std::move(info), fitShe};
}

}  // namespace dicescope
