#include <algorithm>
#include <vector>

#include "core/report/metrics_report.h"
#include "core/report/text.h"

namespace dicescope {
namespace {

using Line = std::vector<std::string>;

std::string detectorName(const MetricRow& row) {
    return row.p ? row.detector + " p=" + exactDecimal(*row.p) : row.detector;
}

std::string metricsPart(const Evaluation& evaluation) {
    std::vector<Line> lines{{"detector", "OOD set", "FPR95", "AUROC", "AUPR-in", "AUPR-out",
                             "FPR95 (OOD pos.)", "threshold", "TPR"}};
    for (const MetricRow& row : evaluation.rows) {
        if (row.score != ScoreKind::Energy) continue;
        lines.push_back({detectorName(row), row.ood, percent(row.metrics.fpr95), percent(row.metrics.auroc),
                         percent(row.metrics.auprIn), percent(row.metrics.auprOut),
                         percent(row.metrics.fpr95OodPositive), fixedDecimal(row.metrics.threshold, 4),
                         percent(row.metrics.tpr)});
    }
    return alignedColumns(lines, 2);
}

std::string accuracyPart(const Evaluation& evaluation) {
    if (evaluation.accuracy.empty())
        return "ID accuracy: not known (no labels that fit the model's classes).\n";
    std::string text = "ID accuracy, %:";
    for (const AccuracyRow& row : evaluation.accuracy) {
        text +=
            "  " + row.detector + (row.p ? " p=" + exactDecimal(*row.p) : "") + " " + percent(row.accuracy);
    }
    return text + "  (" + std::to_string(evaluation.accuracy.front().labelled) + " labelled images)\n";
}

std::string setPart(const InputSet& set) {
    std::string text = "  " + std::string(name(set.role)) + " " + set.name + ": " +
                       std::to_string(set.features->size()) + " images";
    const auto& skipped = set.features->skipped;
    if (skipped.empty()) return text + "\n";
    text += ", " + std::to_string(skipped.size()) + " skipped\n";
    constexpr std::size_t kShown = 5;
    for (std::size_t i = 0; i < std::min(kShown, skipped.size()); ++i) {
        text += "    skipped " + skipped[i].path + ": " + skipped[i].reason + "\n";
    }
    if (skipped.size() > kShown) {
        text += "    and " + std::to_string(skipped.size() - kShown) + " more, all named in metrics.json\n";
    }
    return text;
}

}  // namespace

std::string metricsTable(const AnalysisInputs& inputs, const Evaluation& evaluation) {
    std::string text = "Sets\n";
    if (inputs.idTrain) text += setPart(*inputs.idTrain);
    text += setPart(inputs.id);
    for (const InputSet& set : inputs.ood) text += setPart(set);
    text += "\nEnergy score, in percent (MSP and MaxLogit are in metrics.json and metrics.csv)\n" +
            metricsPart(evaluation);
    text +=
        "FPR95: share of OOD accepted when at least 95 % of ID is (ID positive, as in the paper).\n"
        "FPR95 (OOD pos.): share of ID rejected when at least 95 % of OOD is (as OpenOOD and pytorch-ood).\n";
    text += accuracyPart(evaluation);
    for (const std::string& note : inputs.notes) text += "Note: " + note + "\n";
    return text;
}

}  // namespace dicescope
