#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "core/features/feature_cache.h"
#include "feature_test_support.h"

/// A cache of made-up images, as test_feature_cache and the processes it starts see it.
namespace dicescope::test {

inline constexpr std::size_t kFeatures = 6;
inline constexpr std::size_t kLogits = 3;

inline FeatureCacheKey someKey() {
    return {std::string(64, 'e'), "classifier.weight", R"({"crop":32})", "cpu", "1.13.1"};
}

inline Status appendImages(FeatureCache& cache, int first, int count) {
    std::vector<ContentHash> hashes;
    for (int i = 0; i < count; ++i) hashes.push_back(imageHash(first + i));
    return cache.append(hashes, imageRows(first, count, kFeatures, 0.25F).view(),
                        imageRows(first, count, kLogits, 0.5F).view());
}

/// A set of the images first..first+count-1, in reverse, of classes by parity.
inline FeatureSetRequest requestOf(int first, int count, const std::string& folder = "/images") {
    FeatureSetRequest request;
    for (int i = first + count - 1; i >= first; --i) {
        request.images.push_back({"c/" + std::to_string(i) + ".png", i % 2, imageHash(i)});
    }
    request.classes = {"even", "odd"};
    request.skipped = {{"broken.png", "not an image"}};
    request.device = "cpu";
    request.folder = folder;
    request.producer = "test";
    return request;
}

/// Whether the set is what requestOf() asks for when `last` is its highest image.
inline bool rowsAreRight(const FeatureSet& set, const FeatureSetRequest& request, int last) {
    bool right =
        set.size() == request.images.size() && set.features.cols == kFeatures && set.logits.cols == kLogits;
    for (std::size_t i = 0; right && i < set.size(); ++i) {
        const int image = last - static_cast<int>(i);
        const auto features = imageRows(image, 1, kFeatures, 0.25F);
        const auto logits = imageRows(image, 1, kLogits, 0.5F);
        right = std::equal(set.features.row(i).begin(), set.features.row(i).end(), features.data()) &&
                std::equal(set.logits.row(i).begin(), set.logits.row(i).end(), logits.data()) &&
                set.paths[i] == request.images[i].path && set.labels[i] == request.images[i].label &&
                set.hashes[i] == request.images[i].hash;
    }
    return right;
}

}  // namespace dicescope::test
