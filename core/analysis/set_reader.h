#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "core/analysis/inputs.h"
#include "core/base/error.h"
#include "core/base/job.h"
#include "core/extraction/extractor.h"
#include "core/features/feature_cache.h"
#include "core/features/file_hash_memo.h"
#include "core/model/classifier.h"

namespace dicescope {

/// The feature store of one classifier and preprocessing: the cache and the memo of file hashes, or a
/// temporary folder that is removed with this object where no cache is wanted.
class FeatureStore {
  public:
    /// Errors: WriteFailed.
    [[nodiscard]] static Result<FeatureStore> open(const ExtractionSettings& settings,
                                                   const ClassifierInfo& info, const Preprocess& preprocess);

    /// Features of a folder of images, by the cache where it has them. `name` is shown with the progress.
    /// Errors: those of listImageFolder and extractFeatures.
    [[nodiscard]] Result<ExtractedSet> extract(const Classifier& classifier, const Preprocess& preprocess,
                                               const NamedSource& source, const ExtractionSettings& settings,
                                               const Job& job);

  private:
    struct Parts;
    std::shared_ptr<Parts> parts_;
};

/// Reads the sets of one analysis, each from a folder or from a feature file, and checks that they fit the
/// head.
class SetReader {
  public:
    /// `classifier` may be null where every set is a feature file. Both references outlive the reader.
    SetReader(const ExtractionSettings& settings, const Classifier* classifier, const AnalysisInputs& inputs);

    /// The set with rows that are not finite moved to the skipped files. Errors: those of FeatureStore and
    /// readFeatureFile; Mismatch where a feature file belongs to another model, head or preprocessing;
    /// InvalidArgument where no row is left.
    [[nodiscard]] Result<InputSet> read(const NamedSource& source, SetRole role, const Job& job);

  private:
    [[nodiscard]] Result<FeatureSetPtr> readFolder(const NamedSource& source, const Job& job);
    [[nodiscard]] Status checkFits(const FeatureSet& set, const std::filesystem::path& source) const;

    const ExtractionSettings& settings_;
    const Classifier* classifier_;
    const AnalysisInputs& inputs_;
    std::optional<FeatureStore> store_;
};

/// The set without its rows that hold NaN or infinity, which are listed as skipped; the set itself where
/// there are none.
[[nodiscard]] FeatureSetPtr withoutNonFiniteRows(const FeatureSetPtr& set);

}  // namespace dicescope
