#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/analysis/inputs.h"
#include "core/base/error.h"
#include "core/base/job.h"
#include "core/report/html_report.h"
#include "core/report/masked_export.h"
#include "core/session/session.h"

namespace dicescope {

/// One file of an export; docs/formats.md describes them.
enum class ExportPart {
    MetricsJson,
    MetricsCsv,
    MetricsLatex,
    MetricsMarkdown,
    ScoresCsv,
    SweepJson,
    SweepCsv,
    ReportHtml,
    MaskedWeight,
    MaskedModel,
    SessionJson,
};

/// Every part, in the order of the enumeration.
[[nodiscard]] std::span<const ExportPart> allExportParts();
/// The name of its file: "metrics.json", "metrics.tex", "masked-model.pt", ...
[[nodiscard]] std::string_view name(ExportPart part);
/// By the name of the file. Errors: InvalidArgument, naming the parts there are.
[[nodiscard]] Result<ExportPart> parseExportPart(std::string_view text);

struct ExportRequest {
    const AnalysisInputs& inputs;
    Session session;                ///< what the inputs were loaded from, and the choices to export
    std::vector<ReportPlot> plots;  ///< for the report
    std::set<ExportPart> parts;
    std::filesystem::path folder;  ///< made where it does not exist
};

struct ExportResult {
    std::vector<std::filesystem::path> files;  ///< written, in the order of the parts
    std::vector<std::string> notes;  ///< parts that were left out and why, and what the parts speak of
    std::optional<MaskedModelCheck> maskedModel;  ///< of masked-model.pt
};

/// Writes the parts with the functions that dicescope-cli writes its results with. Metrics speak of the
/// session's p exactly (of kDefaultLevel at the dense head), the sweep of its levels. TPR level: 95 %,
/// whatever the session looks at, because the names in the files say so. For a rule other than DICE the
/// detectors in the metrics have the rule's name (see evaluateSession()) and scores.csv is left out;
/// masked-model.pt is left out where the head came as .npy; both with a note. Every file is complete or
/// absent; those written before an error or a stop stay. Progress in parts, and within them. Errors:
/// InvalidArgument (no part), those of evaluate(), analyseSweep(), exportMaskedModel() and of writing, each
/// naming the file concerned; Cancelled.
[[nodiscard]] Result<ExportResult> exportResults(const ExportRequest& request, const Job& job);

}  // namespace dicescope
