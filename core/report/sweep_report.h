#pragma once

#include <string>

#include "core/analysis/inputs.h"
#include "core/analysis/sweep_analysis.h"

namespace dicescope {

/// Version of sweep.json; docs/formats.md describes it.
inline constexpr int kSweepSchema = 1;

/// The whole sweep as sweep.json: arrays over the levels, one row an OOD set (the average among them) and
/// score.
[[nodiscard]] std::string sweepJson(const AnalysisInputs& inputs, const SweepAnalysis& analysis);

/// One line a level, OOD set and score; p is empty for the dense head.
[[nodiscard]] std::string sweepCsv(const SweepAnalysis& analysis);

/// The best and the chosen levels, and the intervals, for a terminal.
[[nodiscard]] std::string sweepSummary(const AnalysisInputs& inputs, const SweepAnalysis& analysis);

}  // namespace dicescope
