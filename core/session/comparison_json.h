#pragma once

#include <nlohmann/json.hpp>

#include "core/metrics/bootstrap.h"
#include "core/session/comparison_choices.h"
#include "core/session/json_object.h"

namespace dicescope {

/// The object "comparison" of a session file; choices that are absent have no key.
[[nodiscard]] nlohmann::ordered_json choicesJson(const ComparisonChoices& choices);
/// Reads it; what is wrong is complained about in `object`. A baseline that is the usual one is none chosen.
[[nodiscard]] ComparisonChoices readChoices(JsonObject object);

}  // namespace dicescope
