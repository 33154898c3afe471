#pragma once

#include <string>
#include <vector>

#include "core/analysis/evaluation.h"
#include "core/analysis/inputs.h"
#include "core/analysis/sweep_analysis.h"
#include "core/session/session.h"

namespace dicescope {

/// A plot for a report: an SVG document as text.
struct ReportPlot {
    std::string title;
    std::string svg;
};

/// What a report is made of; what it refers to must live during the call.
struct HtmlReport {
    const AnalysisInputs& inputs;
    const Session& session;
    const Evaluation& evaluation;          ///< evaluateSession() of the same session
    const SweepAnalysis* sweep = nullptr;  ///< of the same session: intervals, best and chosen p; may be null
    const std::vector<ReportPlot>& plots;
    const std::vector<std::string>& notes;  ///< beside those of the inputs
};

/// One HTML file (UTF-8, well-formed as XML but for its doctype) that needs no other: settings, sets with
/// what was skipped, metrics of every score with the session's first, intervals, plots (as images, so that
/// nothing in an SVG runs), conventions and versions; light or dark as the system is, and printable. Every
/// number of the metrics has its exact value in `data-value`. Text from outside is escaped; bytes that are
/// not UTF-8 are replaced.
[[nodiscard]] std::string htmlReport(const HtmlReport& report);

}  // namespace dicescope
