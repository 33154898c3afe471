#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/analysis/inputs.h"

/// A head of two classes and two features with a handful of images, small enough to check by hand.
namespace dicescope::testing {

inline InputSet makeSet(const std::string& name, SetRole role, std::vector<std::string> paths) {
    auto features = std::make_shared<FeatureSet>();
    auto values = std::make_shared<std::vector<float>>();
    for (std::size_t i = 0; i < paths.size(); ++i) {
        values->push_back(static_cast<float>(i));
        values->push_back(1);
    }
    features->features = {values->data(), paths.size(), 2};
    features->labels.assign(paths.size(), -1);
    features->paths = std::move(paths);
    features->storage = values;
    features->skipped = {{"bad, file.png", "truncated"}};
    InputSet set;
    set.name = name;
    set.role = role;
    set.source = "/data/" + name;
    set.features = features;
    return set;
}

inline AnalysisInputs makeInputs() {
    AnalysisInputs inputs;
    inputs.head.weight = Matrix<float>(2, 2, std::vector<float>{1, 0.5F, -1, 2});
    inputs.head.bias = {0, 0.25F};
    inputs.classes = {"cat", "dog, wet"};
    inputs.featureMean = {1, 1};
    inputs.featureMeanSource = "mean.npy";
    inputs.id = makeSet("id", SetRole::Id, {"a.png", "b\"c.png", "d.png"});
    inputs.id.labels = {0, 1, -1};
    inputs.ood.push_back(makeSet("far", SetRole::Ood, {"x.png", "bytes\xFF.png"}));
    inputs.notes = {"a note"};
    return inputs;
}

}  // namespace dicescope::testing
