#pragma once

#include <filesystem>
#include <string>

#include "core/analysis/comparison.h"
#include "core/base/error.h"
#include "core/session/benchmark.h"

namespace dicescope {

/// Version of comparison.json; docs/formats.md describes it.
inline constexpr int kComparisonSchema = 1;

/// The registry for people: id, name, need, cost, explanation, formula, parameters, variants, citation of
/// every detector, in the order of allDetectors().
[[nodiscard]] std::string detectorList();

/// The whole comparison as comparison.json (UTF-8, indented, fractions in 0..1, null where a value does not
/// apply): a detector with its settings, metrics a set and average, intervals, differences, ranks, times, or
/// the sentence why it did not run. "partial" where it is, and "published" where the benchmark, if one is
/// given, has numbers for these detectors and sets.
[[nodiscard]] std::string comparisonJson(const AnalysisInputs& inputs, const Comparison& comparison,
                                         const BenchmarkPreset* benchmark = nullptr);

/// One line a detector and OOD set, averages ("average", "average-near", "average-far") among them, by RFC
/// 4180 with a header line; numbers with the digits that bring them back exactly. Detectors that did not run
/// have one line with their error.
[[nodiscard]] std::string comparisonCsv(const Comparison& comparison);

/// A table in the form of papers (booktabs): a row a detector, FPR95 (ID positive) and AUROC in percent a set
/// and average; the best of each column bold; a star, which the caption explains, where the difference to the
/// baseline in that column excludes 0.
[[nodiscard]] std::string comparisonLatex(const AnalysisInputs& inputs, const Comparison& comparison);

/// The same table in Markdown, with ranks, times and the conventions below it, and published numbers beside
/// one's own where the benchmark, if one is given, has some.
[[nodiscard]] std::string comparisonMarkdown(const AnalysisInputs& inputs, const Comparison& comparison,
                                             const BenchmarkPreset* benchmark = nullptr);

/// The averages for a terminal, those of near and far sets among them, sorted by rank, with intervals,
/// significance and times; then every set.
[[nodiscard]] std::string comparisonTable(const Comparison& comparison);

/// Writes comparison.json, .csv, .tex and .md into a folder (of a partial comparison comparison-partial.json
/// and so on, which leave a whole one alone), and comparison-published.csv where there are published numbers.
/// Returns the names of the files. Errors: WriteFailed.
[[nodiscard]] Result<std::vector<std::string>> writeComparison(const std::filesystem::path& folder,
                                                               const AnalysisInputs& inputs,
                                                               const Comparison& comparison,
                                                               const BenchmarkPreset* benchmark = nullptr);

}  // namespace dicescope
