#include "core/report/markup.h"
#include "core/report/metrics_report.h"
#include "core/report/paper_table.h"
#include "core/report/text.h"

namespace dicescope {

std::string metricsMarkdown(const AnalysisInputs& inputs, const Evaluation& evaluation, ScoreKind score) {
    const PaperTable table = paperTable(evaluation, score);
    std::string names = "| Detector |";
    std::string rule = "|---|";
    for (const std::string& set : table.sets) {
        names += " " + escapeMarkdown(set) + " FPR95 | " + escapeMarkdown(set) + " AUROC |";
        rule += "---:|---:|";
    }
    std::string text = names + "\n" + rule + "\n";
    for (const PaperRow& row : table.rows) {
        text += "| " + escapeMarkdown(detectorLabel(row.detector, row.p, table.clip)) + " |";
        for (const OodMetrics& at : row.metrics)
            text += " " + percent(at.fpr95) + " | " + percent(at.auroc) + " |";
        text += "\n";
    }
    text += "\n";
    if (inputs.model) {
        text += "- Model: " + escapeMarkdown(inputs.model->path.filename().string()) + ", SHA-256 " +
                inputs.model->sha256 + ".\n";
    }
    for (const std::string& sentence : conventions(table, score)) text += "- " + sentence + "\n";
    return text + "- DiceScope " DICESCOPE_VERSION ".\n";
}

}  // namespace dicescope
