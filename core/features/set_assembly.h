#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "core/base/error.h"
#include "core/base/job.h"
#include "core/features/feature_cache.h"
#include "core/features/row_index.h"

namespace dicescope {

/// Sizes of a cache's rows; both 0 while there is none.
struct RowShape {
    std::size_t featureSize = 0;
    std::size_t logitSize = 0;
    friend bool operator==(const RowShape&, const RowShape&) = default;
};

/// File name of the finished set with these paths, contents and labels in this order.
[[nodiscard]] std::string setFileName(const FeatureSetRequest& request);

/// Opens a finished set and gives it the request's classes, skipped files and provenance, which are not part
/// of its name. Errors: those of readFeatureFile(); Mismatch when it is not the set asked for.
[[nodiscard]] Result<FeatureSetPtr> openFinishedSet(const std::filesystem::path& path,
                                                    const FeatureCacheKey& key,
                                                    const FeatureSetRequest& request, RowShape shape);

/// Writes the set from the rows of the index. Errors: InvalidArgument (an image that the index lacks), those
/// of writeFeatureFile(), Cancelled.
[[nodiscard]] Status writeFinishedSet(const std::filesystem::path& path, const FeatureCacheKey& key,
                                      const FeatureSetRequest& request, RowShape shape, const RowIndex& index,
                                      const Job& job);

/// Whether a finished set has no path that the request lacks. False when it cannot be read.
[[nodiscard]] bool isSuperseded(const std::filesystem::path& path, const FeatureSetRequest& request);

}  // namespace dicescope
