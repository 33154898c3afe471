#pragma once

#include <string>
#include <vector>

#include "core/analysis/comparison.h"
#include "core/session/benchmark.h"

namespace dicescope {

/// A detector's own numbers and those that were published for the same method and set.
struct PublishedDetector {
    DetectorSpec spec;
    std::string ood;  ///< name of the set, or "average"
    OodMetrics metrics;
    PublishedNumbers published;
};

/// The detectors and sets of a comparison for which the benchmark has published numbers, in the order of the
/// comparison; the average only where the OOD sets are exactly the benchmark's, and FPR only at a TPR of
/// 95 %.
[[nodiscard]] std::vector<PublishedDetector> publishedRows(const Comparison& comparison,
                                                           const BenchmarkPreset& preset);

/// The rows as a table for a terminal (percent), below a line that names the benchmark, with the sources and
/// modelDifference(); a sentence where there is none.
[[nodiscard]] std::string publishedTable(const AnalysisInputs& inputs, const Comparison& comparison,
                                         const BenchmarkPreset& preset);

/// The same in Markdown, with a heading; empty where there is no row.
[[nodiscard]] std::string publishedMarkdown(const AnalysisInputs& inputs, const Comparison& comparison,
                                            const BenchmarkPreset& preset);

/// comparison-published.csv (RFC 4180): detector, ood, fpr95, published_fpr95, auroc, published_auroc,
/// source; fractions with the digits that bring them back exactly, empty where nothing was published.
[[nodiscard]] std::string publishedCsv(const Comparison& comparison, const BenchmarkPreset& preset);

}  // namespace dicescope
