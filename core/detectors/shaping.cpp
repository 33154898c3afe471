#include "core/detectors/shaping.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "core/detectors/family.h"
#include "core/detectors/row_math.h"

namespace dicescope {
namespace {

// exp() of more would leave float64.
constexpr double kLargestRatio = 600;

double ratioOf(double sum, double keptSum) {
    return keptSum == 0 ? 1.0 : std::clamp(sum / keptSum, -kLargestRatio, kLargestRatio);
}

/// Sets all but the `kept` largest activations to 0 and those to `value` where it is given; of equal ones
/// those of the lower units are kept.
void keepLargest(std::span<float> features, std::size_t kept, std::optional<float> value) {
    std::vector<float> sorted(features.begin(), features.end());
    const auto last = sorted.begin() + static_cast<std::ptrdiff_t>(kept - 1);
    std::nth_element(sorted.begin(), last, sorted.end(), std::greater<>());
    const float smallest = *last;
    auto equal = static_cast<std::size_t>(std::count(sorted.begin(), last + 1, smallest));
    for (float& feature : features) {
        const bool isKept = feature > smallest || (feature == smallest && equal > 0);
        if (feature == smallest && equal > 0) --equal;
        feature = isKept ? value.value_or(feature) : 0;
    }
}

DetectorParameter prunedPercent(double value) {
    return anyNumber("s", value, 0, 99.99, "Percent of the activations of an image that go.");
}

DetectorVariant pytorchOod() {
    return {"pytorch-ood", {{"s", 65}}, "s = 65."};
}

DetectorInfo ashInfo(std::string letter, std::string what) {
    DetectorInfo info;
    info.id = "ash-" + letter;
    std::ranges::transform(letter, letter.begin(), [](char c) { return static_cast<char>(c - 'a' + 'A'); });
    info.displayName = "ASH-" + letter;
    info.explanation = "Energy after most activations were removed from an image and " + std::move(what);
    info.citation = {"Djurisic, Bozanic, Ashok and Liu",
                     "Extremely Simple Activation Shaping for Out-of-Distribution Detection", "ICLR 2023",
                     "2209.09858"};
    info.cost = DetectorCost::Product;
    info.parameters = {prunedPercent(90)};
    info.variants = {pytorchOod()};
    return info;
}

FitFunction ashFit(AshKind kind) {
    return
        [kind](const Settings& settings, const TrainingDataPtr& training, const Job&) -> Result<DetectorPtr> {
            return std::make_shared<ShapedEnergy>(training, Matrix<float>(),
                                                  ashShaper(kind, settings.number("s")));
        };
}

DetectorEntry scaleEntry() {
    DetectorInfo info;
    info.id = "scale";
    info.displayName = "SCALE";
    info.explanation =
        "Energy of activations multiplied by a factor that grows with how evenly they are "
        "spread over the units.";
    info.formula = "E(exp(S1/S2) W h + b), S1 the sum of h, S2 that of its largest";
    info.citation = {"Xu, Chen, Franchi and Yao",
                     "Scaling for Training Time and Post-hoc Out-of-distribution Detection Enhancement",
                     "ICLR 2024", "2310.00227"};
    info.parameters = {prunedPercent(85)};
    info.variants = {pytorchOod()};
    return {std::move(info),
            [](const Settings& settings, const TrainingDataPtr& training, const Job&) -> Result<DetectorPtr> {
                return std::make_shared<ScaledEnergy>(training, scaleFactor(settings.number("s")));
            }};
}

/// LTS multiplies whole logits, bias included, so that E needs no bias apart.
class LogitScaling final : public Detector {
  public:
    explicit LogitScaling(double top) : top_(top) {}

    [[nodiscard]] bool usesLogits() const override { return true; }

  private:
    [[nodiscard]] Status scoreRows(const FeatureBlock& block, std::span<double> scores,
                                   const Job& /*job*/) const override {
        forEachRow(scores.size(), [&](std::size_t r) {
            const auto features = block.features.row(r);
            std::vector<float> positive(features.begin(), features.end());
            for (float& value : positive) value = std::max(value, 0.0F);
            const double ratio = activationRatio(positive, keptActivations(positive.size(), 100 - top_));
            scores[r] = summarise(block.logits.row(r), ratio * ratio).energy();
        });
        return {};
    }

    double top_;
};

DetectorEntry ltsEntry() {
    DetectorInfo info;
    info.id = "lts";
    info.displayName = "LTS";
    info.explanation =
        "Energy of logits multiplied by the squared share that the largest activations do not "
        "have alone.";
    info.formula = "E((S1/S2)^2 l), S1 the sum of relu(h), S2 that of its largest";
    info.citation = {"Djurisic, Liu and Nikolic", "Logit Scaling for Out-of-Distribution Detection",
                     "Machine Vision and Applications 2025", "2409.01175"};
    info.parameters = {anyNumber("top", 5, 0.01, 100, "Percent of the activations that count as largest.")};
    return {std::move(info),
            [](const Settings& settings, const TrainingDataPtr&, const Job&) -> Result<DetectorPtr> {
                return std::make_shared<LogitScaling>(settings.number("top"));
            }};
}

}  // namespace

std::size_t keptActivations(std::size_t units, double percent) {
    // Python's and NumPy's round(): halves to the even number, the default mode of nearbyint().
    const double dropped = std::nearbyint(static_cast<double>(units) * (percent / 100));
    return std::max<std::size_t>(1, units - std::min(units, static_cast<std::size_t>(dropped)));
}

double activationRatio(std::span<const float> features, std::size_t kept) {
    std::vector<float> sorted(features.begin(), features.end());
    const auto end = sorted.begin() + static_cast<std::ptrdiff_t>(kept);
    std::nth_element(sorted.begin(), end - 1, sorted.end(), std::greater<>());
    return ratioOf(sumOf(features), sumOf({sorted.data(), kept}));
}

RowShaper ashShaper(AshKind kind, double percent) {
    return [kind, percent](std::span<float> features) {
        const std::size_t kept = keptActivations(features.size(), percent);
        const double sum = sumOf(features);
        if (kind == AshKind::Binarise) {
            keepLargest(features, kept, static_cast<float>(sum / static_cast<double>(kept)));
            return 1.0;
        }
        keepLargest(features, kept, std::nullopt);
        if (kind == AshKind::Scale) return std::exp(ratioOf(sum, sumOf(features)));
        return 1.0;
    };
}

RowFactor scaleFactor(double percent) {
    return [percent](std::span<const float> features) {
        return std::exp(activationRatio(features, keptActivations(features.size(), percent)));
    };
}

std::vector<DetectorEntry> shapingEntries() {
    std::vector<DetectorEntry> entries{
        {ashInfo("p", "the others left as they are."), ashFit(AshKind::Prune)},
        {ashInfo("b", "the others set to one value with the same sum."), ashFit(AshKind::Binarise)},
        {ashInfo("s", "the others multiplied by a factor that makes up for what went."),
         ashFit(AshKind::Scale)},
        scaleEntry(),
        ltsEntry()};
    entries[0].info.formula = "E(W h' + b), h' the largest of h";
    entries[1].info.formula = "E(W h' + b), h' = S1/k where h is among its k largest";
    entries[2].info.formula = "E(exp(S1/S2) W h' + b), h' the largest of h, S1 and S2 the sums of h and h'";
    return entries;
}

}  // namespace dicescope
