#include "core/report/markup.h"
#include "core/report/metrics_report.h"
#include "core/report/paper_table.h"
#include "core/report/text.h"

namespace dicescope {
namespace {

/// Two lines of heading: the sets, each over its two columns, then the columns.
std::string heading(const PaperTable& table) {
    std::string sets = "    ";
    std::string rules = "    ";
    std::string columns = "    Detector";
    std::size_t column = 2;
    for (const std::string& set : table.sets) {
        sets += " & \\multicolumn{2}{c}{" + escapeLatex(set) + "}";
        rules += "\\cmidrule(lr){" + std::to_string(column) + "-" + std::to_string(column + 1) + "}";
        columns += " & FPR95 $\\downarrow$ & AUROC $\\uparrow$";
        column += 2;
    }
    return sets + " \\\\\n" + rules + "\n" + columns + " \\\\\n";
}

std::string caption(const AnalysisInputs& inputs, ScoreKind score) {
    const std::string model =
        inputs.model ? escapeLatex(inputs.model->path.filename().string()) : "the head given as .npy";
    return "  \\caption{Out-of-distribution detection with " + model + ", " + scoreLabel(score) +
           " score, in percent. FPR95 with ID as the positive class.}\n";
}

}  // namespace

std::string metricsLatex(const AnalysisInputs& inputs, const Evaluation& evaluation, ScoreKind score) {
    const PaperTable table = paperTable(evaluation, score);
    std::string text = "% DiceScope " DICESCOPE_VERSION "; needs \\usepackage{booktabs}.\n";
    for (const std::string& sentence : conventions(table, score)) text += "% " + sentence + "\n";
    text += "\\begin{table}\n  \\centering\n" + caption(inputs, score) + "  \\begin{tabular}{l" +
            std::string(2 * table.sets.size(), 'r') + "}\n    \\toprule\n" + heading(table) +
            "    \\midrule\n";
    for (const PaperRow& row : table.rows) {
        text += "    " + escapeLatex(detectorLabel(row.detector, row.p, table.clip));
        for (const OodMetrics& at : row.metrics)
            text += " & " + percent(at.fpr95) + " & " + percent(at.auroc);
        text += " \\\\\n";
    }
    return text + "    \\bottomrule\n  \\end{tabular}\n\\end{table}\n";
}

}  // namespace dicescope
