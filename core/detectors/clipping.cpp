// ReAct and VRA: the energy after activations were clipped.
#include "core/detectors/clipping.h"

#include <algorithm>
#include <string>
#include <utility>

#include "core/detectors/feature_percentile.h"
#include "core/detectors/kept_fit.h"

namespace dicescope {
namespace {

Result<DetectorPtr> fitReact(const Settings& settings, const TrainingDataPtr& training, const Job& job) {
    auto shaper = reactShaper(settings, *training, job);
    if (!shaper) return forwardError(shaper);
    return std::make_shared<ShapedEnergy>(training, Matrix<float>(), std::move(*shaper));
}

Result<double> percentileOfAll(const TrainingData& training, double percent, const Job& job) {
    return keptNumber(training, "percentile " + parameterText({}, percent), job,
                      [&] { return flatPercentile(training.features(), percent, job); });
}

struct UnitPercentiles {
    std::vector<double> values;  ///< D
};

void listFields(FitFields& fields, UnitPercentiles& fit, const TrainingData& training) {
    fields.vector("values", fit.values, training.head().units());
}

Result<UnitPercentiles> percentileOfUnits(const TrainingData& training, double percent, const Job& job) {
    return keptFit<UnitPercentiles>(training, "unit-percentiles " + parameterText({}, percent), job,
                                    [&]() -> Result<UnitPercentiles> {
                                        auto values = columnPercentiles(training.features(), percent, job);
                                        if (!values) return forwardError(values);
                                        return UnitPercentiles{std::move(*values)};
                                    });
}

Result<std::vector<double>> bounds(const TrainingData& training, bool perUnit, double percent,
                                   const Job& job) {
    if (perUnit) {
        auto fit = percentileOfUnits(training, percent, job);
        if (!fit) return forwardError(fit);
        return std::move(fit->values);
    }
    const auto bound = percentileOfAll(training, percent, job);
    if (!bound) return forwardError(bound);
    return std::vector<double>(training.head().units(), *bound);
}

std::string sameBoundsSentence(const Settings& settings) {
    return "VRA would clip all images to the same features, because percentiles " +
           parameterText({}, settings.number("low")) + " and " + parameterText({}, settings.number("high")) +
           " of the training activations are equal; give a higher high one or a lower low one.";
}

Result<DetectorPtr> fitVra(const Settings& settings, const TrainingDataPtr& training, const Job& job) {
    if (settings.number("low") > settings.number("high")) {
        return fail(ErrorCode::InvalidArgument, "VRA's low percentile is above its high one; swap them.");
    }
    const bool perUnit = settings.is("per", "unit");
    const auto low = bounds(*training, perUnit, settings.number("low"), job);
    if (!low) return forwardError(low);
    const auto high = bounds(*training, perUnit, settings.number("high"), job);
    if (!high) return forwardError(high);
    if (*low == *high) return fail(ErrorCode::InvalidArgument, sameBoundsSentence(settings));
    return std::make_shared<ShapedEnergy>(
        training, Matrix<float>(), [low = *low, high = *high](std::span<float> features) {
            for (std::size_t d = 0; d < features.size(); ++d) {
                features[d] =
                    std::clamp(features[d], static_cast<float>(low[d]), static_cast<float>(high[d]));
            }
            return 1.0;
        });
}

DetectorEntry reactEntry() {
    DetectorInfo info;
    info.id = "react";
    info.displayName = "ReAct";
    info.explanation =
        "Energy after activations above a ceiling are cut to it, because OOD images tend to "
        "have a few very large ones.";
    info.formula = "E(W min(h, c) + b)";
    info.citation = {"Sun, Guo and Li", "ReAct: Out-of-distribution Detection With Rectified Activations",
                     "NeurIPS 2021", "2111.12797"};
    info.need = DetectorNeed::TrainingFeatures;
    info.cost = DetectorCost::Product;
    info.parameters = reactParameters(DetectorNeed::Nothing);
    info.variants = {{"paper-imagenet", {{"c", 1}}, "c = 1.0, as the authors on ImageNet."}};
    return {std::move(info), fitReact};
}

DetectorEntry vraEntry() {
    DetectorInfo info;
    info.id = "vra";
    info.displayName = "VRA";
    info.explanation = "Energy after activations were clipped from above and from below.";
    info.formula = "E(W clip(h, low, high) + b)";
    info.citation = {"Xu, Lian, Liu and Tao",
                     "VRA: Variational Rectified Activation for Out-of-distribution Detection",
                     "NeurIPS 2023", "2302.11716"};
    info.need = DetectorNeed::TrainingFeatures;
    info.cost = DetectorCost::Product;
    info.parameters = {
        anyNumber("low", 10, 0, 100, "Percentile of the training activations to clip at from below."),
        anyNumber("high", 90, 0, 100, "Percentile to clip at from above."),
        choiceOf("per", {"all", "unit"}, "Percentiles of all activations together, or of each unit alone.")};
    info.variants = {
        {"pytorch-ood", {{"low", 1}, {"high", 99}, {"per", 1}}, "Percentiles 1 and 99 of each unit alone."}};
    return {std::move(info), fitVra};
}

/// A ceiling of 0 leaves nothing of activations of which none is negative.
Status checkClip(double clip, const Settings& settings, const TrainingData& training, const Job& job) {
    if (clip != 0) return {};
    const auto smallest = percentileOfAll(training, 0, job);
    if (!smallest) return forwardError(smallest);
    if (*smallest < 0) return {};
    return fail(ErrorCode::InvalidArgument,
                settings.displayName() + " would cut every activation to 0, because percentile " +
                    parameterText({}, settings.number("percentile")) +
                    " of the training activations is 0; give c or a higher percentile.");
}

}  // namespace

std::vector<DetectorParameter> reactParameters(DetectorNeed otherwise) {
    DetectorParameter clip = anyNumber("c", 0, 0, 1e6, "The ceiling; 0: taken from the training images.");
    clip.needWhenSet = otherwise;
    return {std::move(clip), anyNumber("percentile", 90, 0, 100,
                                       "The ceiling is this percentile of all training activations, where "
                                       "none is given.")};
}

Result<RowShaper> reactShaper(const Settings& settings, const TrainingData& training, const Job& job) {
    double clip = settings.number("c");
    if (clip == 0) {
        const auto fitted = percentileOfAll(training, settings.number("percentile"), job);
        if (!fitted) return forwardError(fitted);
        clip = *fitted;
        if (auto status = checkClip(clip, settings, training, job); !status) return forwardError(status);
    }
    return [limit = static_cast<float>(clip)](std::span<float> features) {
        for (float& value : features) value = std::min(value, limit);
        return 1.0;
    };
}

std::vector<DetectorEntry> clippingEntries() {
    return {reactEntry(), vraEntry()};
}

}  // namespace dicescope
