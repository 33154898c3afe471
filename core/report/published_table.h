#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/analysis/evaluation.h"
#include "core/session/benchmark.h"

namespace dicescope {

/// One's own numbers and those that were published for the same method and set.
struct PublishedRow {
    MetricRow own;
    PublishedNumbers published;
};

/// Where published numbers are from, each source once, and modelDifference() where there is one.
[[nodiscard]] std::vector<std::string> publishedRemarks(const AnalysisInputs& inputs,
                                                        const BenchmarkPreset& preset,
                                                        const std::vector<PublishedNumbers>& published);

/// The rows of an evaluation for which the benchmark has published numbers, in the order of the evaluation;
/// the average only where the OOD sets are exactly the benchmark's.
[[nodiscard]] std::vector<PublishedRow> publishedRows(const Evaluation& evaluation,
                                                      const BenchmarkPreset& preset);

/// The rows as a table for a terminal (percent), below a line that names the benchmark, with the sources and
/// modelDifference(); a sentence where there is none.
[[nodiscard]] std::string publishedTable(const AnalysisInputs& inputs, const Evaluation& evaluation,
                                         const BenchmarkPreset& preset);

/// The same in Markdown, with a heading; empty where there is no row.
[[nodiscard]] std::string publishedMarkdown(const AnalysisInputs& inputs, const Evaluation& evaluation,
                                            const BenchmarkPreset& preset);

/// The same as a section of an HTML report; empty where there is no row.
[[nodiscard]] std::string publishedSection(const AnalysisInputs& inputs, const Evaluation& evaluation,
                                           const BenchmarkPreset& preset);

/// published.csv (RFC 4180): detector, score, p, ood, fpr95, published_fpr95, auroc, published_auroc, source;
/// fractions with the digits that bring them back exactly, empty where nothing was published.
[[nodiscard]] std::string publishedCsv(const Evaluation& evaluation, const BenchmarkPreset& preset);

}  // namespace dicescope
