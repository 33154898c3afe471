#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <span>
#include <string>

#include "core/base/error.h"
#include "core/base/job.h"
#include "core/features/feature_set.h"
#include "core/features/safetensors.h"

namespace dicescope {

/// Gives the values of one row of a matrix that is being written.
using RowReader = std::function<Status(std::size_t row, std::span<float> values)>;

/// Where the rows of a feature file come from when they do not lie in one matrix.
struct FeatureRows {
    RowReader features;
    RowReader logits;
};

/// Writes a feature file as writeFeatureFile() does, but asks `rows` for the values: of set.features and
/// set.logits only the sizes count, and an error of `rows` ends it. `extra` is added to the metadata. Reports
/// progress in rows. Errors: those of writeFeatureFile(), Cancelled.
[[nodiscard]] Status writeFeatureRows(const std::filesystem::path& path, const FeatureSet& set,
                                      const FeatureRows& rows,
                                      const std::map<std::string, std::string>& extra, const Job& job);

/// A feature file that was opened, with metadata that have no place in a FeatureSet.
struct LoadedFeatureFile {
    std::shared_ptr<FeatureSet> set;
    std::map<std::string, std::string, std::less<>> metadata;
};

/// readFeatureFile() with the metadata, from an open safetensors file (bytes that were parsed in memory must
/// outlive the set) or a path. Same errors.
[[nodiscard]] Result<LoadedFeatureFile> featureFileFrom(const SafetensorsFile& file, const std::string& name);
[[nodiscard]] Result<LoadedFeatureFile> loadFeatureFile(const std::filesystem::path& path);

}  // namespace dicescope
