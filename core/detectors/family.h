#pragma once

// Internal to core/detectors: how a family of detectors presents itself to the registry.

#include <cstddef>
#include <functional>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "core/base/job.h"
#include "core/detectors/detector.h"
#include "core/detectors/registry.h"
#include "core/detectors/training_data.h"

namespace dicescope {

/// The parameters of one detector with the values that a spec gives them. Names must be among the parameters.
class Settings {
  public:
    Settings(const DetectorInfo& info, const DetectorSpec& spec) : info_(info), spec_(spec) {}

    [[nodiscard]] double number(std::string_view name) const;
    [[nodiscard]] std::size_t count(std::string_view name) const;
    /// Whether a parameter with choices has this one.
    [[nodiscard]] bool is(std::string_view name, std::string_view choice) const;
    [[nodiscard]] const std::string& displayName() const { return info_.displayName; }

  private:
    const DetectorInfo& info_;
    const DetectorSpec& spec_;
};

/// Fits a detector whose needs are met. May throw what the standard library throws.
using FitFunction = std::function<Result<DetectorPtr>(const Settings&, const TrainingDataPtr&, const Job&)>;

struct DetectorEntry {
    DetectorInfo info;
    FitFunction fit;  ///< empty for a detector that needs the model
};

[[nodiscard]] std::vector<DetectorEntry> logitScoreEntries();
[[nodiscard]] DetectorEntry genEntry();
[[nodiscard]] DetectorEntry temperatureEntry();
[[nodiscard]] DetectorEntry klMatchingEntry();
[[nodiscard]] DetectorEntry openMaxEntry();
[[nodiscard]] std::vector<DetectorEntry> clippingEntries();
[[nodiscard]] std::vector<DetectorEntry> diceEntries();
[[nodiscard]] std::vector<DetectorEntry> shapingEntries();
[[nodiscard]] std::vector<DetectorEntry> mahalanobisEntries();
[[nodiscard]] std::vector<DetectorEntry> subspaceEntries();
[[nodiscard]] DetectorEntry necoEntry();
[[nodiscard]] DetectorEntry knnEntry();
[[nodiscard]] DetectorEntry nnGuideEntry();
[[nodiscard]] DetectorEntry relationEntry();
[[nodiscard]] DetectorEntry sheEntry();
[[nodiscard]] DetectorEntry fdbdEntry();
[[nodiscard]] DetectorEntry nciEntry();
[[nodiscard]] DetectorEntry gradNormEntry();
[[nodiscard]] DetectorEntry odinEntry();

/// A parameter that is a whole number.
[[nodiscard]] DetectorParameter wholeNumber(std::string name, double value, double smallest, double largest,
                                            std::string explanation);
/// A parameter that is any number.
[[nodiscard]] DetectorParameter anyNumber(std::string name, double value, double smallest, double largest,
                                          std::string explanation);
/// A parameter with choices, the first being the default.
[[nodiscard]] DetectorParameter choiceOf(std::string name, std::vector<std::string> choices,
                                         std::string explanation);

}  // namespace dicescope
