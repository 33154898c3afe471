// A comparison as tables for a paper: LaTeX and Markdown.
#include <algorithm>
#include <limits>

#include "core/base/file.h"
#include "core/report/comparison_report.h"
#include "core/report/comparison_rows.h"
#include "core/report/interval_text.h"
#include "core/report/markup.h"
#include "core/report/published_comparison.h"
#include "core/report/text.h"

namespace dicescope {
namespace {

/// The best of a column, as it is printed: what looks the same is bold as well.
struct Best {
    std::string fpr95;
    std::string auroc;
};

std::vector<Best> bestOfColumns(const Comparison& comparison) {
    const std::size_t columns = comparisonColumns(comparison).size();
    std::vector<double> fpr95(columns, std::numeric_limits<double>::infinity());
    std::vector<double> auroc(columns, -1);
    for (const ComparedDetector& detector : comparison.detectors) {
        if (detector.error) continue;
        const auto rows = comparisonRows(comparison, detector);
        for (std::size_t k = 0; k < columns; ++k) {
            fpr95[k] = std::min(fpr95[k], rows[k].metrics.fpr95);
            auroc[k] = std::max(auroc[k], rows[k].metrics.auroc);
        }
    }
    std::vector<Best> best;
    for (std::size_t k = 0; k < columns; ++k) best.push_back({percent(fpr95[k]), percent(auroc[k])});
    return best;
}

std::string starOf(const Interval* difference) {
    return difference != nullptr && excludesZero(*difference) ? "*" : "";
}

std::string latexHeading(const Comparison& comparison) {
    std::string sets = "    ";
    std::string rules = "    ";
    std::string columns = "    Detector";
    std::size_t column = 2;
    const std::string fpr = " & FPR" + levelPercent(comparison.tprLevel) + " $\\downarrow$";
    for (const std::string& name : comparisonColumns(comparison)) {
        sets += " & \\multicolumn{2}{c}{" + escapeLatex(name) + "}";
        rules += "\\cmidrule(lr){" + std::to_string(column) + "-" + std::to_string(column + 1) + "}";
        columns += fpr + " & AUROC $\\uparrow$";
        column += 2;
    }
    return sets + " \\\\\n" + rules + "\n" + columns + " \\\\\n";
}

std::string latexCell(const std::string& value, const std::string& best, const std::string& star) {
    const std::string mark = star.empty() ? "" : "$^{*}$";
    return " & " + (value == best ? "\\textbf{" + value + "}" : value) + mark;
}

std::string latexRow(const Comparison& comparison, const ComparedDetector& detector,
                     const std::vector<Best>& best) {
    std::string text = "    " + escapeLatex(detector.label);
    const auto rows = comparisonRows(comparison, detector);
    for (std::size_t k = 0; k < rows.size(); ++k) {
        const MetricIntervals* difference = rows[k].difference;
        text += latexCell(percent(rows[k].metrics.fpr95), best[k].fpr95,
                          starOf(difference == nullptr ? nullptr : &difference->fpr95)) +
                latexCell(percent(rows[k].metrics.auroc), best[k].auroc,
                          starOf(difference == nullptr ? nullptr : &difference->auroc));
    }
    return text + " \\\\\n";
}

std::string markdownCell(const std::string& value, const std::string& best, const std::string& star) {
    return " " + (value == best ? "**" + value + "**" : value) + (star.empty() ? "" : "\\*") + " |";
}

std::string markdownRow(const Comparison& comparison, const ComparedDetector& detector,
                        const std::vector<Best>& best) {
    std::string text = "| " + escapeMarkdown(detector.label) + " |";
    const auto rows = comparisonRows(comparison, detector);
    for (std::size_t k = 0; k < rows.size(); ++k) {
        const MetricIntervals* difference = rows[k].difference;
        text += markdownCell(percent(rows[k].metrics.fpr95), best[k].fpr95,
                             starOf(difference == nullptr ? nullptr : &difference->fpr95)) +
                markdownCell(percent(rows[k].metrics.auroc), best[k].auroc,
                             starOf(difference == nullptr ? nullptr : &difference->auroc));
    }
    return text + " " + std::to_string(detector.rankByFpr95) + " | " + std::to_string(detector.rankByAuroc) +
           " | " + fixedDecimal(detector.fitSeconds, 2) + " | " + fixedDecimal(detector.scoreSeconds, 2) +
           " |\n";
}

std::string markdownHeading(const Comparison& comparison) {
    std::string names = "| Detector |";
    std::string rule = "|---|";
    const std::string fpr = " FPR" + levelPercent(comparison.tprLevel) + " | ";
    for (const std::string& name : comparisonColumns(comparison)) {
        names += " " + escapeMarkdown(name) + fpr + escapeMarkdown(name) + " AUROC |";
        rule += "---:|---:|";
    }
    return names + " rank FPR | rank AUROC | fit s | score s |\n" + rule + "---:|---:|---:|---:|\n";
}

std::string markdownIntervals(const Comparison& comparison, std::size_t column, const std::string& name) {
    std::string text = "\n| " + name + ", 95 % interval | FPR" + levelPercent(comparison.tprLevel) +
                       " | AUROC | difference FPR | difference AUROC |\n|---|---|---|---|---|\n";
    for (const ComparedDetector& detector : comparison.detectors) {
        if (detector.error) continue;
        const ComparisonRow row = comparisonRows(comparison, detector)[column];
        if (row.intervals == nullptr) continue;
        text += "| " + escapeMarkdown(detector.label) + " | " + intervalText(row.intervals->fpr95, false) +
                " | " + intervalText(row.intervals->auroc, false) + " | ";
        if (row.difference != nullptr) {
            text += intervalText(row.difference->fpr95, true) + " | " +
                    intervalText(row.difference->auroc, true) + " |\n";
        } else {
            text += "| |\n";
        }
    }
    return text;
}

/// A table for each average, one detector a line.
std::string markdownIntervals(const Comparison& comparison) {
    if (comparison.bootstrap == 0) return "";
    const std::vector<std::string> columns = comparisonColumns(comparison);
    std::string text;
    for (std::size_t k = comparison.oodNames.size(); k < columns.size(); ++k)
        text += markdownIntervals(comparison, k, columns[k]);
    return text;
}

std::string latexCaption(const AnalysisInputs& inputs, const Comparison& comparison) {
    const std::string model =
        inputs.model ? escapeLatex(inputs.model->path.filename().string()) : "the head given as .npy";
    const std::string star = starLegend(comparison);
    return "Out-of-distribution detectors on " + model + ", in percent. FPR" +
           levelPercent(comparison.tprLevel) + " with ID as the positive class. Bold: the best of a column." +
           (star.empty() ? "" : " $^{*}$: " + escapeLatex(star)) +
           (comparison.partial ? " Partial: not every detector was done." : "");
}

}  // namespace

std::string comparisonLatex(const AnalysisInputs& inputs, const Comparison& comparison) {
    const std::vector<Best> best = bestOfColumns(comparison);
    std::string text = "% DiceScope " DICESCOPE_VERSION "; needs \\usepackage{booktabs}.\n";
    for (const std::string& sentence : comparisonConventions(comparison))
        text += "% " + printable(sentence) + "\n";
    text += "\\begin{table}\n  \\centering\n  \\caption{" + latexCaption(inputs, comparison) +
            "}\n  \\begin{tabular}{l" + std::string(2 * comparisonColumns(comparison).size(), 'r') +
            "}\n    \\toprule\n" + latexHeading(comparison) + "    \\midrule\n";
    for (const ComparedDetector& detector : comparison.detectors) {
        if (!detector.error) text += latexRow(comparison, detector, best);
    }
    return text + "    \\bottomrule\n  \\end{tabular}\n\\end{table}\n";
}

std::string comparisonMarkdown(const AnalysisInputs& inputs, const Comparison& comparison,
                               const BenchmarkPreset* benchmark) {
    const std::vector<Best> best = bestOfColumns(comparison);
    std::string text = markdownHeading(comparison);
    for (const ComparedDetector& detector : comparison.detectors) {
        if (!detector.error) text += markdownRow(comparison, detector, best);
    }
    text += markdownIntervals(comparison) + "\n";
    for (const ComparedDetector& detector : comparison.detectors) {
        if (detector.error) {
            text += "- Not run: " + escapeMarkdown(detector.label) + ". " +
                    escapeMarkdown(detector.error->message) + "\n";
        }
    }
    if (inputs.model) {
        text += "- Model: " + escapeMarkdown(inputs.model->path.filename().string()) + ", SHA-256 " +
                inputs.model->sha256 + ".\n";
    }
    for (const std::string& sentence : comparisonConventions(comparison)) {
        text += "- " + escapeMarkdown(sentence) + "\n";
    }
    text += "- DiceScope " DICESCOPE_VERSION ".\n";
    return benchmark == nullptr ? text : text + publishedMarkdown(inputs, comparison, *benchmark);
}

Result<std::vector<std::string>> writeComparison(const std::filesystem::path& folder,
                                                 const AnalysisInputs& inputs, const Comparison& comparison,
                                                 const BenchmarkPreset* benchmark) {
    const std::string stem = comparison.partial ? "comparison-partial" : "comparison";
    std::vector<std::pair<std::string, std::string>> files{
        {stem + ".csv", comparisonCsv(comparison)},
        {stem + ".tex", comparisonLatex(inputs, comparison)},
        {stem + ".md", comparisonMarkdown(inputs, comparison, benchmark)},
        {stem + ".json", comparisonJson(inputs, comparison, benchmark)}};
    if (benchmark != nullptr && !comparison.partial && !publishedRows(comparison, *benchmark).empty())
        files.emplace_back("comparison-published.csv", publishedCsv(comparison, *benchmark));
    std::vector<std::string> names;
    for (const auto& [name, text] : files) {
        if (auto status = writeFileAtomically(folder / name, text); !status) return forwardError(status);
        names.push_back(name);
    }
    return names;
}

}  // namespace dicescope
