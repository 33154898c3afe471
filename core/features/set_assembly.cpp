#include "core/features/set_assembly.h"

#include <xxhash.h>

#include <algorithm>
#include <memory>
#include <string_view>
#include <vector>

#include "core/features/cache_names.h"
#include "core/features/feature_file_layout.h"

namespace dicescope {
namespace {

FeatureProvenance provenanceOf(const FeatureCacheKey& key, const FeatureSetRequest& request) {
    return {key.modelSha256, key.head, key.preprocess, request.device, request.folder, request.producer};
}

bool sameImages(const FeatureSet& set, const std::vector<CachedImage>& images) {
    if (set.size() != images.size() || set.hashes.size() != images.size()) return false;
    for (std::size_t i = 0; i < images.size(); ++i) {
        const bool same = set.hashes[i] == images[i].hash && set.labels[i] == images[i].label &&
                          set.paths[i] == images[i].path;
        if (!same) return false;
    }
    return true;
}

// Of the matrices only the sizes: their values come row by row from the index.
FeatureSet outline(const FeatureCacheKey& key, const FeatureSetRequest& request, RowShape shape) {
    FeatureSet set;
    const std::size_t n = request.images.size();
    set.features = {nullptr, n, shape.featureSize};
    if (shape.logitSize > 0) set.logits = {nullptr, n, shape.logitSize};
    set.paths.reserve(n);
    set.labels.reserve(n);
    set.hashes.reserve(n);
    for (const auto& image : request.images) {
        set.paths.push_back(image.path);
        set.labels.push_back(image.label);
        set.hashes.push_back(image.hash);
    }
    set.classes = request.classes;
    set.skipped = request.skipped;
    set.provenance = provenanceOf(key, request);
    return set;
}

std::vector<std::string_view> sorted(std::vector<std::string_view> paths) {
    std::sort(paths.begin(), paths.end());
    return paths;
}

}  // namespace

std::string setFileName(const FeatureSetRequest& request) {
    const std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> state(XXH3_createState(), &XXH3_freeState);
    XXH3_128bits_reset(state.get());
    for (const auto& image : request.images) {
        XXH3_128bits_update(state.get(), image.path.c_str(), image.path.size() + 1);
        XXH3_128bits_update(state.get(), &image.label, sizeof(image.label));
        XXH3_128bits_update(state.get(), &image.hash, sizeof(image.hash));
    }
    const XXH128_hash_t hash = XXH3_128bits_digest(state.get());
    return toHex(ContentHash{hash.low64, hash.high64}) + kSetSuffix;
}

Result<FeatureSetPtr> openFinishedSet(const std::filesystem::path& path, const FeatureCacheKey& key,
                                      const FeatureSetRequest& request, RowShape shape) {
    auto loaded = loadFeatureFile(path);
    if (!loaded) return forwardError(loaded);
    FeatureSet& set = *loaded->set;
    const auto stored = loaded->metadata.find("cache_key");
    const bool ours = stored != loaded->metadata.end() && stored->second == key.folderName();
    if (!ours || RowShape{set.features.cols, set.logits.cols} != shape || !sameImages(set, request.images)) {
        return fail(ErrorCode::Mismatch, "'" + path.string() + "' is not the set that was asked for.");
    }
    set.classes = request.classes;
    set.skipped = request.skipped;
    set.provenance = provenanceOf(key, request);
    return FeatureSetPtr(std::move(loaded->set));
}

Status writeFinishedSet(const std::filesystem::path& path, const FeatureCacheKey& key,
                        const FeatureSetRequest& request, RowShape shape, const RowIndex& index,
                        const Job& job) {
    for (const auto& image : request.images) {
        if (index.find(image.hash) == nullptr) {
            return fail(ErrorCode::InvalidArgument,
                        "The cache has no features of '" + image.path + "'; extract them first.");
        }
    }
    const auto reader = [&](bool wantFeatures) {
        return [&, wantFeatures](std::size_t row, std::span<float> values) {
            const auto& place = *index.find(request.images[row].hash);
            const RowSource& source = index.source(place.source);
            return wantFeatures ? source.copyFeatures(place.row, values)
                                : source.copyLogits(place.row, values);
        };
    };
    return writeFeatureRows(path, outline(key, request, shape), {reader(true), reader(false)},
                            {{"cache_key", key.folderName()}}, job);
}

bool isSuperseded(const std::filesystem::path& path, const FeatureSetRequest& request) {
    const auto old = loadFeatureFile(path);
    if (!old) return false;
    std::vector<std::string_view> newPaths;
    newPaths.reserve(request.images.size());
    for (const auto& image : request.images) newPaths.push_back(image.path);
    const auto& oldPaths = old->set->paths;
    const auto wanted = sorted({oldPaths.begin(), oldPaths.end()});
    newPaths = sorted(std::move(newPaths));
    return std::includes(newPaths.begin(), newPaths.end(), wanted.begin(), wanted.end());
}

}  // namespace dicescope
