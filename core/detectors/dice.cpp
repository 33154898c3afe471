// DICE, alone and with clipped or shaped features: the energy of the head without its weak contributions.
#include <utility>

#include "core/detectors/clipping.h"
#include "core/detectors/family.h"
#include "core/detectors/shaped_energy.h"
#include "core/detectors/shaping.h"

namespace dicescope {
namespace {

using MakeShaper = std::function<Result<RowShaper>(const Settings&, const TrainingData&, const Job&)>;

FitFunction maskedFit(MakeShaper makeShaper) {
    return [makeShaper = std::move(makeShaper)](const Settings& settings, const TrainingDataPtr& training,
                                                const Job& job) -> Result<DetectorPtr> {
        auto weight = diceWeight(*training, settings.number("p"));
        if (!weight) return forwardError(weight);
        auto shaper = makeShaper(settings, *training, job);
        if (!shaper) return forwardError(shaper);
        return std::make_shared<ShapedEnergy>(training, std::move(*weight), std::move(*shaper));
    };
}

DetectorInfo diceInfo(std::string id, std::string name, std::string explanation) {
    DetectorInfo info;
    info.id = std::move(id);
    info.displayName = std::move(name);
    info.explanation = std::move(explanation);
    info.citation = {"Sun and Li", "DICE: Leveraging Sparsification for Out-of-Distribution Detection",
                     "ECCV 2022", "2111.09805"};
    info.need = DetectorNeed::FeatureMean;
    info.cost = DetectorCost::Product;
    info.parameters = {anyNumber("p", 90, 0, 100,
                                 "Percent of the head's weights that are dropped: those that contribute "
                                 "least on average.")};
    return info;
}

DetectorEntry diceEntry() {
    DetectorInfo info = diceInfo("dice", "DICE",
                                 "Energy of the head without the weights that contribute least to the "
                                 "classes of the training images.");
    info.formula = "E((M * W) h + b), M = W E[h] > its p-th percentile";
    info.variants = {{"paper-imagenet", {{"p", 70}}, "p = 70, as the authors on ImageNet."}};
    return {std::move(info), maskedFit([](const Settings&, const TrainingData&,
                                          const Job&) -> Result<RowShaper> { return RowShaper{}; })};
}

DetectorEntry diceReactEntry() {
    DetectorInfo info = diceInfo("dice+react", "DICE+ReAct",
                                 "DICE on activations that were cut at a ceiling; the mask is made without "
                                 "it.");
    info.formula = "E((M * W) min(h, c) + b)";
    info.need = DetectorNeed::TrainingFeatures;
    for (DetectorParameter& parameter : reactParameters(DetectorNeed::FeatureMean)) {
        info.parameters.push_back(std::move(parameter));
    }
    info.variants = {
        {"paper-imagenet", {{"p", 10}, {"c", 1}}, "p = 10, c = 1.0, as the authors on ImageNet."},
        {"paper-imagenet-early",
         {{"p", 15}, {"c", 1.5}},
         "p = 15, c = 1.5, as the authors' first "
         "version."}};
    return {std::move(info), maskedFit(reactShaper)};
}

DetectorEntry diceAshEntry(AshKind kind, const std::string& letter, const std::string& capital) {
    DetectorInfo info = diceInfo("dice+ash-" + letter, "DICE+ASH-" + capital,
                                 "DICE on activations shaped by ASH-" + capital + ".");
    info.formula = "E((M * W) h' + b), h' as in ASH-" + capital;
    info.parameters.push_back(
        anyNumber("s", 90, 0, 99.99, "Percent of the activations of an image that go."));
    return {std::move(info),
            maskedFit([kind](const Settings& settings, const TrainingData&, const Job&) -> Result<RowShaper> {
                return ashShaper(kind, settings.number("s"));
            })};
}

DetectorEntry diceScaleEntry() {
    DetectorInfo info =
        diceInfo("dice+scale", "DICE+SCALE", "DICE on activations multiplied by SCALE's factor.");
    info.formula = "E(exp(S1/S2) (M * W) h + b)";
    info.parameters.push_back(
        anyNumber("s", 85, 0, 99.99, "Percent of the activations of an image that do not count as largest."));
    return {std::move(info),
            maskedFit([](const Settings& settings, const TrainingData&, const Job&) -> Result<RowShaper> {
                return [factor = scaleFactor(settings.number("s"))](std::span<float> features) {
                    return factor(features);
                };
            })};
}

}  // namespace

std::vector<DetectorEntry> diceEntries() {
    return {diceEntry(),
            diceReactEntry(),
            diceAshEntry(AshKind::Prune, "p", "P"),
            diceAshEntry(AshKind::Binarise, "b", "B"),
            diceAshEntry(AshKind::Scale, "s", "S"),
            diceScaleEntry()};
}

}  // namespace dicescope
