#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "core/analysis/exploration.h"
#include "core/analysis/inputs.h"

/// A small analysis in memory, without a model or a file: the same on every call with the same arguments.
namespace dicescope::testing {

using AnalysisInputsPtr = std::shared_ptr<const AnalysisInputs>;

inline constexpr std::size_t kTinyClasses = 5;    // C
inline constexpr std::size_t kTinyFeatures = 12;  // D

inline Head tinyHead() {
    std::mt19937_64 random(1);
    std::normal_distribution<float> normal(0, 0.3F);
    Head head;
    head.weight = Matrix<float>(kTinyClasses, kTinyFeatures);
    for (std::size_t c = 0; c < kTinyClasses; ++c) {
        for (std::size_t d = 0; d < kTinyFeatures; ++d)
            head.weight(c, d) = normal(random) + (d % kTinyClasses == c ? 1.0F : 0.0F);
        head.bias.push_back(normal(random));
    }
    return head;
}

/// Features as after a ReLU. Units d with d % C == class are raised by `signal`, all are by `level`; classes
/// go round.
inline FeatureSetPtr tinyFeatures(const std::string& folder, std::size_t samples, float signal, float level,
                                  float noise, std::uint64_t seed, bool labelled,
                                  const std::vector<std::string>& classes) {
    std::mt19937_64 random(seed);
    std::normal_distribution<float> normal(0, noise);
    auto values = std::make_shared<std::vector<float>>();
    auto set = std::make_shared<FeatureSet>();
    for (std::size_t i = 0; i < samples; ++i) {
        const std::size_t label = i % kTinyClasses;
        for (std::size_t d = 0; d < kTinyFeatures; ++d) {
            const float mean = level + (d % kTinyClasses == label ? signal : 0.0F);
            values->push_back(std::max(0.0F, mean + normal(random)));
        }
        const std::string file = std::to_string(i) + ".png";
        set->paths.push_back(labelled ? classes[label] + "/" + file : file);
        set->labels.push_back(labelled ? static_cast<int>(label) : -1);
    }
    set->features = {values->data(), samples, kTinyFeatures};
    if (labelled) set->classes = classes;
    set->provenance.folder = "/images/" + folder;
    set->storage = values;
    return set;
}

inline InputSet tinySet(const std::string& name, SetRole role, FeatureSetPtr features) {
    InputSet set;
    set.name = name;
    set.role = role;
    set.source = features->provenance.folder;
    if (role == SetRole::Id || role == SetRole::IdTrain) set.labels = features->labels;
    set.features = std::move(features);
    return set;
}

/// C = 5 named classes, D = 12, labelled ID and training images, the OOD sets "near", "far" and "noise" from
/// hard to easy, and the validation set "val".
inline AnalysisInputsPtr tinyInputs(std::size_t idSamples = 400, std::size_t oodSamples = 300) {
    const std::vector<std::string> classes{"ant", "bee", "cat", "dog", "elk"};
    auto inputs = std::make_shared<AnalysisInputs>();
    inputs->head = tinyHead();
    inputs->classes = classes;
    inputs->idTrain = tinySet("id-train", SetRole::IdTrain,
                              tinyFeatures("train", idSamples, 1.5F, 0.4F, 0.6F, 2, true, classes));
    inputs->featureMean.assign(kTinyFeatures, 0.0);
    const auto train = inputs->idTrain->features->features;
    for (std::size_t i = 0; i < train.rows; ++i) {
        for (std::size_t d = 0; d < kTinyFeatures; ++d)
            inputs->featureMean[d] += static_cast<double>(train(i, d)) / static_cast<double>(train.rows);
    }
    inputs->featureMeanSource = inputs->idTrain->source.string();
    inputs->id =
        tinySet("id", SetRole::Id, tinyFeatures("id", idSamples, 1.5F, 0.4F, 0.6F, 3, true, classes));
    const auto ood = [&](const std::string& name, SetRole role, float signal, float level, float noise,
                         std::uint64_t seed) {
        return tinySet(name, role,
                       tinyFeatures(name, oodSamples, signal, level, noise, seed, false, classes));
    };
    inputs->ood.push_back(ood("near", SetRole::Ood, 0.9F, 0.4F, 0.6F, 4));
    inputs->ood.push_back(ood("far", SetRole::Ood, 0.3F, 0.5F, 0.6F, 5));
    inputs->ood.push_back(ood("noise", SetRole::Ood, 0.0F, 0.0F, 0.8F, 6));
    inputs->validation.push_back(ood("val", SetRole::Validation, 0.5F, 0.4F, 0.7F, 7));
    return inputs;
}

/// DICE's ranking at p = 0, 1, ..., 100.
inline ExplorationSweep tinySweep() {
    ExplorationSweep sweep;
    for (int p = 0; p <= 100; ++p) sweep.levels.push_back(p);
    return sweep;
}

/// The complete exploration of an analysis; null where it fails.
inline ExplorationPtr tinyExploration(const AnalysisInputsPtr& inputs = tinyInputs(),
                                      const ExplorationView& view = {},
                                      const ExplorationSweep& sweep = tinySweep()) {
    auto exploration = Explorer(inputs).explore(sweep, view, Job{});
    return exploration ? *exploration : nullptr;
}

}  // namespace dicescope::testing
