#pragma once

// Internal to core/detectors: fitted numbers on disk, beside the features that they were fitted on.

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "core/base/error.h"
#include "core/base/hash.h"
#include "core/base/job.h"
#include "core/base/matrix.h"
#include "core/detectors/training_data.h"

namespace dicescope {

/// Raised whenever a fit changes its results or what is kept of it: it is part of every key.
inline constexpr int kFitVersion = 1;

/// The arrays of one fit by their names.
using FitArrays = std::map<std::string, Matrix<double>>;

/// Files FOLDER/<32 hex digits>.safetensors, one a fit, called by a hash of its name and of the content that
/// it was fitted on: other features, labels or heads cannot meet it. Arrays are float64, so that what is read
/// is what was computed, to the bit. Thread-safe; several processes may share a folder.
class FitStore {
  public:
    /// Touches nothing yet.
    FitStore(std::filesystem::path folder, ContentHash key);

    /// Nothing where the fit is not there, or its file is damaged or of something else.
    [[nodiscard]] std::optional<FitArrays> read(const std::string& name) const;
    /// Errors: WriteFailed.
    [[nodiscard]] Status write(const std::string& name, const FitArrays& arrays) const;

  private:
    [[nodiscard]] std::filesystem::path pathOf(const std::string& name) const;

    std::filesystem::path folder_;
    std::string key_;
};

/// A hash of all that fits depend on: features, labels and head of the source, and kFitVersion. Reads every
/// feature, about 10 GB a second where they are in memory; progress in rows. Errors: Cancelled.
[[nodiscard]] Result<ContentHash> fitKey(const TrainingSource& source, const Job& job);

}  // namespace dicescope
