#pragma once

#include <string>

#include "core/metrics/bootstrap.h"

namespace dicescope {

/// An interval of fractions in percent: "34.50 [33.10, 35.90]"; with a sign where it is a difference: "+1.20
/// [0.30, 2.10]".
[[nodiscard]] std::string intervalText(const Interval& interval, bool sign);

}  // namespace dicescope
