// GradNorm: the size of the gradient that would make the softmax uniform, in closed form.
#include <cmath>

#include "core/detectors/family.h"
#include "core/detectors/row_math.h"

namespace dicescope {
namespace {

/// d/dW of -sum_c log q_c is (C q - 1) h^T, whose entries' magnitudes add up to the product of both sums.
class GradNorm final : public Detector {
  public:
    explicit GradNorm(bool bias) : bias_(bias ? 1 : 0) {}

    [[nodiscard]] bool usesLogits() const override { return true; }

  private:
    [[nodiscard]] Status scoreRows(const FeatureBlock& block, std::span<double> scores,
                                   const Job& /*job*/) const override {
        const auto classes = static_cast<double>(block.logits.cols);
        forEachRow(scores.size(), [&](std::size_t r) {
            const auto logits = block.logits.row(r);
            const double energy = summarise(logits).energy();
            double sum = 0;
            for (const float logit : logits) {
                sum += std::abs(classes * std::exp(static_cast<double>(logit) - energy) - 1);
            }
            scores[r] = sum * (sumOfMagnitudes(block.features.row(r)) + bias_);
        });
        return {};
    }

    double bias_;
};

}  // namespace

DetectorEntry gradNormEntry() {
    DetectorInfo info;
    info.id = "gradnorm";
    info.displayName = "GradNorm";
    info.explanation =
        "How large the gradient on the head's weights is that pulls the softmax towards "
        "uniform; large for ID.";
    info.formula = "||h||_1 sum_c |C q_c - 1|";
    info.citation = {"Huang, Geng and Li",
                     "On the Importance of Gradients for Detecting Distributional Shifts in the Wild",
                     "NeurIPS 2021", "2110.00218"};
    info.parameters = {choiceOf("bias", {"off", "on"}, "Whether the gradient on the bias counts as well.")};
    info.variants = {{"pytorch-ood", {{"bias", 1}}, "All parameters of the head; C times its values."}};
    return {std::move(info),
            [](const Settings& settings, const TrainingDataPtr&, const Job&) -> Result<DetectorPtr> {
                return std::make_shared<GradNorm>(settings.is("bias", "on"));
            }};
}

}  // namespace dicescope
