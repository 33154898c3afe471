#pragma once

#include <nlohmann/json.hpp>

#include "core/analysis/inputs.h"

namespace dicescope {

/// The parts that metrics.json and sweep.json share: "program", "model", "preprocess", "sets", "notes".
void addInputs(nlohmann::ordered_json& json, const AnalysisInputs& inputs);

/// A number, or null where there is none.
[[nodiscard]] nlohmann::ordered_json optionalNumber(const std::optional<double>& value);

/// Indented text with a final line break. Bytes that are not UTF-8 (file names may have any) are replaced.
[[nodiscard]] std::string dumpJson(const nlohmann::ordered_json& json);

}  // namespace dicescope
