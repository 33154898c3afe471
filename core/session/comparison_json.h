#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>

#include "core/session/comparison_choices.h"
#include "core/session/json_object.h"

namespace dicescope {

inline constexpr std::uint64_t kMostResamples = 1'000'000;

/// The object "comparison" of a session file; choices that are absent have no key.
[[nodiscard]] nlohmann::ordered_json choicesJson(const ComparisonChoices& choices);
/// Reads it; what is wrong is complained about in `object`. A baseline that is the usual one is none chosen.
[[nodiscard]] ComparisonChoices readChoices(JsonObject object);

}  // namespace dicescope
