#pragma once

#include <string>

#include "core/report/html_report.h"

namespace dicescope {

/// The metrics of every score, the one in view first, and the accuracies.
[[nodiscard]] std::string metricsSection(const HtmlReport& report);

/// Best and chosen levels of the score in view, and intervals; empty without a sweep.
[[nodiscard]] std::string sweepSection(const HtmlReport& report);

}  // namespace dicescope
