// GEN: a generalised entropy that weighs small probabilities more.
#include <algorithm>
#include <cmath>
#include <functional>

#include "core/detectors/family.h"
#include "core/detectors/row_math.h"

namespace dicescope {
namespace {

struct GenSettings {
    double gamma = 0;
    std::size_t classes = 0;  ///< the most likely ones that count; 0: all
    double floor = 0;
    bool mean = false;
};

class Gen final : public Detector {
  public:
    explicit Gen(const GenSettings& settings) : settings_(settings) {}

    [[nodiscard]] bool usesLogits() const override { return true; }

  private:
    [[nodiscard]] Status scoreRows(const FeatureBlock& block, std::span<double> scores,
                                   const Job& /*job*/) const override {
        forEachRow(scores.size(), [&](std::size_t r) { scores[r] = scoreRow(block.logits.row(r)); });
        return {};
    }

    [[nodiscard]] double scoreRow(std::span<const float> row) const {
        const double energy = summarise(row).energy();
        std::vector<float> logits(row.begin(), row.end());
        const std::size_t count =
            settings_.classes == 0 ? logits.size() : std::min(settings_.classes, logits.size());
        std::nth_element(logits.begin(), logits.begin() + static_cast<std::ptrdiff_t>(count - 1),
                         logits.end(), std::greater<>());
        double sum = 0;
        for (std::size_t k = 0; k < count; ++k) sum += term(static_cast<double>(logits[k]) - energy);
        return settings_.mean ? -sum / static_cast<double>(count) : -sum;
    }

    [[nodiscard]] double term(double logProbability) const {
        const double floor = settings_.floor;
        const double probability = std::clamp(std::exp(logProbability), floor, 1 - floor);
        const double rest = std::clamp(-std::expm1(logProbability), floor, 1 - floor);
        return std::pow(probability * rest, settings_.gamma);
    }

    GenSettings settings_;
};

}  // namespace

DetectorEntry genEntry() {
    DetectorInfo info;
    info.id = "gen";
    info.displayName = "GEN";
    info.explanation =
        "A generalised entropy of the most likely classes' probabilities, which also notices "
        "small ones.";
    info.formula = "-sum over the m largest of q_c^gamma (1 - q_c)^gamma";
    info.citation = {"Liu, Lochman and Zach",
                     "GEN: Pushing the Limits of Softmax-Based Out-of-Distribution Detection", "CVPR 2023",
                     ""};
    info.parameters = {
        anyNumber("gamma", 0.1, 0.001, 10, "Exponent; the smaller, the more small probabilities count."),
        wholeNumber("m", 100, 0, 1e6, "Most likely classes that count; 0: all."),
        anyNumber("floor", 0, 0, 0.1, "Probabilities are clipped to between this and 1 minus this."),
        choiceOf("reduce", {"sum", "mean"}, "Whether the terms are added or averaged.")};
    info.variants = {{"pytorch-ood",
                      {{"m", 0}, {"floor", 1e-7}, {"reduce", 1}},
                      "The mean over all classes, probabilities clipped at 1e-7."}};
    return {std::move(info),
            [](const Settings& settings, const TrainingDataPtr&, const Job&) -> Result<DetectorPtr> {
                return std::make_shared<Gen>(GenSettings{settings.number("gamma"), settings.count("m"),
                                                         settings.number("floor"),
                                                         settings.is("reduce", "mean")});
            }};
}

}  // namespace dicescope
