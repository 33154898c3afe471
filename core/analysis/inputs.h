#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/base/job.h"
#include "core/base/matrix.h"
#include "core/features/feature_set.h"
#include "core/images/preprocess.h"
#include "core/model/classifier.h"

namespace dicescope {

/// A set of images under a name: a folder of images, or a feature file made from one.
struct NamedSource {
    std::string name;
    std::filesystem::path path;

    friend bool operator==(const NamedSource&, const NamedSource&) = default;
};

/// How features are extracted and kept.
struct ExtractionSettings {
    std::string device = "auto";    ///< see ClassifierOptions::device
    unsigned threads = 0;           ///< CPU threads; 0: all processors
    std::size_t batchSize = 0;      ///< 0: the remembered or measured best
    std::filesystem::path cache;    ///< root of the feature cache; empty: the user's cache folder
    bool useCache = true;           ///< false: features live in a temporary folder below `scratch`
    std::filesystem::path scratch;  ///< where temporary features go without a cache; empty: the system's
    bool rereadFiles = false;  ///< true: every image file is read and hashed again, whatever its times say

    friend bool operator==(const ExtractionSettings&, const ExtractionSettings&) = default;
};

/// What an analysis starts from. Either `model`, or `weight` (with `bias`) where all sets are feature files.
struct InputsConfig {
    std::filesystem::path model;
    std::string head;        ///< see ClassifierOptions::head
    std::string preprocess;  ///< preset name or JSON file; may be empty where all sets are feature files
    std::filesystem::path weight;  ///< .npy, C x D
    std::filesystem::path bias;    ///< .npy, C; empty: zeros

    std::filesystem::path idTrain;      ///< folder or feature file; the mean feature is taken over it
    std::filesystem::path featureMean;  ///< .npy, D values; used in place of idTrain's mean where given
    std::filesystem::path id;           ///< folder or feature file of ID test images
    std::vector<NamedSource> ood;
    std::vector<NamedSource> validation;  ///< OOD sets that p may be chosen on and that are not reported
    std::size_t noiseImages =
        0;  ///< > 0: also so many Gaussian noise images as the validation set kNoiseSetName
    std::filesystem::path
        classes;  ///< text file, one class name a line in the order of the logits; may be empty

    ExtractionSettings extraction;

    friend bool operator==(const InputsConfig&, const InputsConfig&) = default;
};

/// The classification head f(x) = W h + b, as float32 values of its own.
struct Head {
    Matrix<float> weight;     ///< C x D
    std::vector<float> bias;  ///< C

    [[nodiscard]] std::size_t classes() const { return weight.rows(); }
    [[nodiscard]] std::size_t features() const { return weight.cols(); }
};

/// Name of the validation set of Gaussian noise images.
inline constexpr std::string_view kNoiseSetName = "gaussian-noise";

enum class SetRole { IdTrain, Id, Ood, Validation };

/// "id-train", "id", "ood" or "validation", as in result files.
[[nodiscard]] std::string_view name(SetRole role);

/// One set, ready for scoring: rows with a NaN or an infinity among features are already among
/// `features->skipped`.
struct InputSet {
    std::string name;
    SetRole role = SetRole::Ood;
    std::filesystem::path source;
    FeatureSetPtr features;
    std::vector<int> labels;  ///< N, index of the logit that is right; -1 or empty where it is not known
};

/// Everything read and extracted: immutable from here on.
struct AnalysisInputs {
    std::optional<ClassifierInfo> model;   ///< absent where the head came as .npy
    std::optional<Preprocess> preprocess;  ///< absent where all sets are feature files and none was named
    Head head;
    std::vector<std::string> classes;  ///< C names in the order of the logits; empty where not known
    std::vector<double> featureMean;   ///< D, E[h] over ID training images
    std::string featureMeanSource;     ///< path of the .npy or of the training set
    std::optional<InputSet> idTrain;
    InputSet id;
    std::vector<InputSet> ood;
    std::vector<InputSet> validation;
    std::vector<std::string> notes;  ///< sentences for the user about decisions taken
};

/// Checks what can be checked without reading anything: that what is needed is named, names of OOD and
/// validation sets (unique, not empty, none that results use), that files and folders exist. Errors:
/// InvalidArgument, NotFound.
[[nodiscard]] Status checkInputs(const InputsConfig& config);

/// What is told while inputs are loaded, on the thread that called loadInputs(); each may be empty. The order
/// is: the model, then every set, first the training, ID, OOD and validation sets of the config in their
/// order and last the noise images. Whatever was told, loading may still fail.
struct LoadObserver {
    std::function<void(const ClassifierInfo&)> modelLoaded;  ///< not where the head came as .npy
    std::function<void(SetRole, const std::string& name)> setStarted;
    /// Labels are mapped to classes only after the last set, so a set of any role is told without labels.
    std::function<void(const InputSet&)> setReady;
};

/// Loads the model, extracts or reads every set, and fits the mean. One set that fails, fails all. Errors:
/// those of checkInputs, the model, the image folders and feature files, which name the OOD or validation
/// set concerned; Mismatch where a feature file belongs to another model, head or preprocessing.
[[nodiscard]] Result<AnalysisInputs> loadInputs(const InputsConfig& config, const Job& job = {},
                                                const LoadObserver& observer = {});

/// Whether two analyses have the same model file, preprocessing, head, mean and sets (names, roles, labels,
/// paths and image hashes), so that results of one are results of the other. Sets whose hashes are not known
/// are the same only where they share their features in memory. A few ms for 90,000 images.
[[nodiscard]] bool sameData(const AnalysisInputs& first, const AnalysisInputs& second);

/// Names of the classes in the order of the logits: those of the file if given, else the training folder's,
/// else the ID folder's classes, whichever has exactly `classCount` of them; empty where none has. Errors:
/// those of reading the file; Mismatch when it does not have classCount names.
[[nodiscard]] Result<std::vector<std::string>> resolveClassNames(const std::filesystem::path& file,
                                                                 std::size_t classCount,
                                                                 const FeatureSet* idTrain,
                                                                 const FeatureSet& id);

/// For each row of a set the index of the logit that is right: by the name of its folder among `classes`, or,
/// where the set has no class names (a file made elsewhere), its label itself where that is below
/// `classCount`; -1 where not known. Empty where the folders have names and `classes` has none.
[[nodiscard]] std::vector<int> mapLabels(const FeatureSet& set, const std::vector<std::string>& classes,
                                         std::size_t classCount);

}  // namespace dicescope
