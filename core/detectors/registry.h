#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "core/base/job.h"
#include "core/detectors/detector.h"
#include "core/detectors/training_data.h"

namespace dicescope {

/// What a detector needs besides the features that are to be scored and the head.
enum class DetectorNeed {
    Nothing,           ///< "nothing"
    FeatureMean,       ///< "feature mean": E[h] over ID training images
    TrainingFeatures,  ///< "training features"
    TrainingLabels,    ///< "training labels": features of training images and their classes
    Model,             ///< "model": it runs the network itself, on the images; see fitDetector()
};

/// What its time grows with; N images, C classes, D units, M training images.
enum class DetectorCost {
    Light,       ///< "light": about the logits themselves, N C D at the most, shared with others
    Product,     ///< "product": an N C D product of its own
    Covariance,  ///< "covariance": N D D to score, M D D and D D D to fit
    Neighbours,  ///< "neighbours": N M D: minutes; say estimateSeconds() beforehand
    Model,       ///< "model": several passes of the network over every image
};

[[nodiscard]] std::string_view name(DetectorNeed need);
[[nodiscard]] std::string_view name(DetectorCost cost);

/// A setting of a detector. Values are numbers; a parameter with choices has the index of one, and is
/// written and read by the choice's name.
struct DetectorParameter {
    std::string name;  ///< as written in a specification: "k"
    double defaultValue = 0;
    double smallest = 0;
    double largest = 0;                ///< may be infinity
    bool integer = false;              ///< whole numbers only
    std::vector<std::string> choices;  ///< names, where it is a choice
    std::string explanation;           ///< one sentence
    /// What the detector needs where this parameter is not 0; otherwise it needs what DetectorInfo::need
    /// says.
    std::optional<DetectorNeed> needWhenSet = {};
};

/// Settings under a name, where published implementations differ from each other or from the paper.
struct DetectorVariant {
    std::string name;                      ///< "openood", "pytorch-ood", "paper-imagenet"
    std::map<std::string, double> values;  ///< of parameters that differ from their defaults
    std::string explanation;               ///< one sentence
};

/// Where a detector was published.
struct DetectorCitation {
    std::string authors;  ///< "Sun and Li"
    std::string title;
    std::string venue;  ///< "ECCV 2022"
    std::string arxiv;  ///< "2111.09805"; empty where it is not there
};

/// Everything that can be said of a detector before it is fitted.
struct DetectorInfo {
    std::string id;           ///< as on the command line: "dice+react"
    std::string displayName;  ///< "DICE+ReAct"
    std::string explanation;  ///< one sentence for people
    std::string formula;      ///< one line of plain text, in the notation of docs/detectors.md
    DetectorCitation citation;
    std::vector<DetectorParameter> parameters;
    std::vector<DetectorVariant> variants;
    DetectorNeed need = DetectorNeed::Nothing;  ///< with its defaults; see needOf()
    DetectorCost cost = DetectorCost::Light;

    [[nodiscard]] const DetectorParameter* parameter(std::string_view parameterName) const;
    [[nodiscard]] const DetectorVariant* variant(std::string_view variantName) const;
};

/// Every detector, in the order in which programs list them: scores of the logits, shaped and masked
/// features, distances in feature space, gradients.
[[nodiscard]] std::span<const DetectorInfo> allDetectors();
/// nullptr where there is none of that id.
[[nodiscard]] const DetectorInfo* findDetector(std::string_view id);

/// A detector with its settings. Parameters that are not named have their defaults.
struct DetectorSpec {
    std::string id;
    std::map<std::string, double> values;

    friend bool operator==(const DetectorSpec&, const DetectorSpec&) = default;
};

/// "ID", "ID:NAME=VALUE" or "ID:NAME=VALUE:NAME=VALUE"; "as=VARIANT" sets the parameters of a variant, which
/// others in the same text override. Errors: InvalidArgument, naming what there is.
[[nodiscard]] Result<DetectorSpec> parseDetectorSpec(std::string_view text);
/// "all" (every detector with its defaults, those that need a model left out) or specifications separated by
/// commas. A detector with the same settings is taken once. Errors: InvalidArgument.
[[nodiscard]] Result<std::vector<DetectorSpec>> parseDetectorList(std::string_view text);
/// Errors: InvalidArgument (no such detector or parameter, a value out of its range).
[[nodiscard]] Status checkDetectorSpec(const DetectorSpec& spec);

/// The text that parses back to the spec: the id and the parameters that differ from their defaults.
[[nodiscard]] std::string specText(const DetectorSpec& spec);
/// For people: "KNN", "KNN (k=10)", "DICE (p=90)"; what differs from the defaults, and p and c of masks and
/// clips always.
[[nodiscard]] std::string specLabel(const DetectorSpec& spec);
/// What a detector needs with its settings (a clip that is given needs no training features, say).
[[nodiscard]] DetectorNeed needOf(const DetectorSpec& spec);
/// A value as in a specification: the choice's name or the shortest exact decimal.
[[nodiscard]] std::string parameterText(const DetectorParameter& parameter, double value);
/// The value of a parameter, or its default. The spec must be one of checkDetectorSpec().
[[nodiscard]] double parameterValue(const DetectorSpec& spec, std::string_view parameterName);

/// Fits a detector. Where a published implementation fits on ID validation images, the ID training images
/// are used. Deterministic: what is drawn at random comes from the parameter `seed`. Progress names what
/// is done. Errors: those of checkDetectorSpec(); InvalidArgument where training data that it needs is
/// missing or does not allow a fit (one sentence that says what would), and for detectors that need the model
/// (they are scored by whoever has it: ModelScorer in core/analysis/comparison.h); OutOfMemory; Cancelled.
[[nodiscard]] Result<DetectorPtr> fitDetector(const DetectorSpec& spec, const TrainingDataPtr& training,
                                              const Job& job = {});

/// Sizes that the time depends on.
struct DetectorWork {
    std::size_t samples = 0;       ///< N, images to score
    std::size_t classes = 0;       ///< C
    std::size_t units = 0;         ///< D
    std::size_t trainingRows = 0;  ///< M
};

/// A guess of the seconds that fitting and scoring take alone, from the multiplications needed and this
/// machine's speed at them, which is measured once (20 ms). Negative for detectors that need the model. The
/// spec must be one of checkDetectorSpec().
[[nodiscard]] double estimateSeconds(const DetectorSpec& spec, const DetectorWork& work);

}  // namespace dicescope
