#pragma once

#include <filesystem>
#include <string>

#include "core/analysis/evaluation.h"
#include "core/analysis/inputs.h"
#include "core/base/error.h"

namespace dicescope {

/// Version of metrics.json; docs/formats.md describes it.
inline constexpr int kMetricsSchema = 1;

/// The whole result as metrics.json (UTF-8, indented, fractions in 0..1, null where a value does not apply).
[[nodiscard]] std::string metricsJson(const AnalysisInputs& inputs, const Evaluation& evaluation);

/// The rows of metrics.json as CSV (RFC 4180) with a header line; numbers with the digits that bring them
/// back exactly.
[[nodiscard]] std::string metricsCsv(const Evaluation& evaluation);

/// Writes scores.csv: one line an ID or OOD image with path, set, label, prediction of the dense head, energy
/// dense and energy DICE, the latter once a level ("energy_dice" for one level, "energy_dice_p90" and so on
/// for several). Streamed and atomic. Errors: WriteFailed.
[[nodiscard]] Status writeScoresCsv(const std::filesystem::path& path, const AnalysisInputs& inputs,
                                    const Evaluation& evaluation);

/// The energy rows as a table for a terminal (percent, one decimal), with accuracies, what was skipped and
/// the conventions.
[[nodiscard]] std::string metricsTable(const AnalysisInputs& inputs, const Evaluation& evaluation);

/// One score as a LaTeX table in the form of papers (booktabs): a row a detector and level, FPR95 (ID
/// positive) and AUROC in percent a set, and their average last. Names are escaped; a comment says the
/// conventions.
[[nodiscard]] std::string metricsLatex(const AnalysisInputs& inputs, const Evaluation& evaluation,
                                       ScoreKind score = ScoreKind::Energy);

/// The same table in Markdown, with the conventions below it.
[[nodiscard]] std::string metricsMarkdown(const AnalysisInputs& inputs, const Evaluation& evaluation,
                                          ScoreKind score = ScoreKind::Energy);

}  // namespace dicescope
