// MSP, MaxLogit, energy and entropy: what the logits of one image say alone.
#include <cmath>
#include <functional>
#include <utility>

#include "core/detectors/family.h"
#include "core/detectors/row_math.h"

namespace dicescope {
namespace {

using RowScore = std::function<double(std::span<const float> logits)>;

class LogitScore final : public Detector {
  public:
    explicit LogitScore(RowScore score) : score_(std::move(score)) {}

    [[nodiscard]] bool usesLogits() const override { return true; }

  private:
    [[nodiscard]] Status scoreRows(const FeatureBlock& block, std::span<double> scores,
                                   const Job& /*job*/) const override {
        forEachRow(scores.size(), [&](std::size_t r) { scores[r] = score_(block.logits.row(r)); });
        return {};
    }

    RowScore score_;
};

FitFunction scoredBy(const std::function<RowScore(const Settings&)>& make) {
    return [make](const Settings& settings, const TrainingDataPtr&, const Job&) -> Result<DetectorPtr> {
        return std::make_shared<LogitScore>(make(settings));
    };
}

double negativeEntropy(std::span<const float> logits, double floor) {
    const RowSummary summary = summarise(logits);
    const double energy = summary.energy();
    double sum = 0;
    for (const float logit : logits) {
        const double logProbability = static_cast<double>(logit) - energy;
        const double probability = std::exp(logProbability);
        if (probability > floor) {
            sum += probability * logProbability;
        } else if (floor > 0) {
            sum += floor * std::log(floor);
        }
    }
    return sum;
}

DetectorEntry mspEntry() {
    DetectorInfo info;
    info.id = "msp";
    info.displayName = "MSP";
    info.explanation = "The largest softmax probability: how sure the network says it is.";
    info.formula = "log max_c q_c";
    info.citation = {"Hendrycks and Gimpel",
                     "A Baseline for Detecting Misclassified and Out-of-Distribution Examples in Neural "
                     "Networks",
                     "ICLR 2017", "1610.02136"};
    return {std::move(info), scoredBy([](const Settings&) {
                return
                    [](std::span<const float> logits) { return summarise(logits).logLargestProbability(); };
            })};
}

DetectorEntry maxLogitEntry() {
    DetectorInfo info;
    info.id = "maxlogit";
    info.displayName = "MaxLogit";
    info.explanation =
        "The largest logit, which unlike a probability does not depend on how many classes "
        "compete.";
    info.formula = "max_c l_c";
    info.citation = {"Hendrycks et al.", "Scaling Out-of-Distribution Detection for Real-World Settings",
                     "ICML 2022", "1911.11132"};
    return {std::move(info), scoredBy([](const Settings&) {
                return [](std::span<const float> logits) { return summarise(logits).largest; };
            })};
}

DetectorEntry energyEntry() {
    DetectorInfo info;
    info.id = "energy";
    info.displayName = "Energy";
    info.explanation = "The logsumexp of the logits: how strongly all classes together respond.";
    info.formula = "t log sum_c exp(l_c / t)";
    info.citation = {"Liu, Wang, Owens and Li", "Energy-based Out-of-distribution Detection", "NeurIPS 2020",
                     "2010.03759"};
    info.parameters = {anyNumber("t", 1, 1e-3, 1e4, "Temperature: logits are divided by it.")};
    return {std::move(info), scoredBy([](const Settings& settings) {
                return [t = settings.number("t")](std::span<const float> logits) {
                    return t * summarise(logits, 1 / t).energy();
                };
            })};
}

DetectorEntry entropyEntry() {
    DetectorInfo info;
    info.id = "entropy";
    info.displayName = "Entropy";
    info.explanation =
        "The negative entropy of the softmax: low where the probability is spread over many "
        "classes.";
    info.formula = "sum_c q_c log q_c";
    info.citation = {"Chan, Rottmann and Gottschalk",
                     "Entropy Maximization and Meta Classification for Out-of-Distribution Detection in "
                     "Semantic Segmentation",
                     "ICCV 2021", "2012.06575"};
    info.parameters = {anyNumber("floor", 0, 0, 0.1, "Probabilities below this value count as this value.")};
    info.variants = {{"pytorch-ood", {{"floor", 1e-7}}, "Probabilities are at least 1e-7."}};
    return {std::move(info), scoredBy([](const Settings& settings) {
                return [floor = settings.number("floor")](std::span<const float> logits) {
                    return negativeEntropy(logits, floor);
                };
            })};
}

}  // namespace

std::vector<DetectorEntry> logitScoreEntries() {
    return {mspEntry(), maxLogitEntry(), energyEntry(), entropyEntry()};
}

}  // namespace dicescope
