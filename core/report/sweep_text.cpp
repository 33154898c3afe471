#include <string>

#include "core/report/interval_text.h"
#include "core/report/sweep_report.h"
#include "core/report/text.h"

namespace dicescope {
namespace {

void addCsvLines(std::string& csv, const LevelMetrics& metrics, const SweepAnalysis& analysis,
                 const std::string& ood, const MetricColumns& columns) {
    for (std::size_t row = 0; row < metrics.rows(); ++row) {
        const bool isLevel = row < metrics.levels.size();
        csv +=
            (isLevel ? exactDecimal(metrics.levels[row]) + ',' + std::to_string(analysis.kept[row]) : ",") +
            ',' + csvField(ood) + ',' + std::string(name(metrics.score));
        const OodMetrics at = columns.at(row);
        for (const double value :
             {at.fpr95, at.fpr95OodPositive, at.auroc, at.auprIn, at.auprOut, at.threshold, at.tpr}) {
            csv += ',' + exactDecimal(value);
        }
        csv += '\n';
    }
}

std::string intervalLines(const ScoreSweep& sweep, const SweepAnalysis& analysis) {
    const PairedIntervals& all = *sweep.intervals;
    std::string text =
        "Intervals of " + percent(analysis.confidence) + " % (" + std::to_string(analysis.resamples) +
        " resamples), p=" + exactDecimal(analysis.levels[sweep.intervalLevel]) + " less dense:\n";
    const auto line = [&](const std::string& ood, const MetricIntervals& sparse,
                          const MetricIntervals& difference) {
        text += "  " + padRight(ood, 14) + "FPR95 " + intervalText(sparse.fpr95, false) + ", difference " +
                intervalText(difference.fpr95, true) + "; AUROC " + intervalText(sparse.auroc, false) +
                ", difference " + intervalText(difference.auroc, true) + "\n";
    };
    for (std::size_t s = 0; s < all.difference.ood.size(); ++s) {
        line(sweep.reported->ood[s].name, all.first.ood[s], all.difference.ood[s]);
    }
    line("average", all.first.average, all.difference.average);
    return text;
}

std::string choiceLine(const LevelChoice& choice) {
    const std::string where = choice.chosenOn.front();
    std::string text = "  chosen on " + where + " by " + std::string(name(choice.criterion)) +
                       ": p=" + exactDecimal(choice.chosen.level) + ", reported average " +
                       percent(choice.average.chosen.value) + " %, regret against the best p " +
                       percent(choice.average.regret) + " points\n";
    if (choice.chosenOnReportedSet) {
        text += "    chosen on a set that is also reported: its numbers are optimistic\n";
    }
    return text;
}

}  // namespace

std::string sweepCsv(const SweepAnalysis& analysis) {
    std::string csv = "p,kept,ood,score,fpr95,fpr95_ood_positive,auroc,aupr_in,aupr_out,threshold,tpr\n";
    for (const ScoreSweep& sweep : analysis.scores) {
        const LevelMetrics& metrics = *sweep.reported;
        for (const OodLevels& ood : metrics.ood) addCsvLines(csv, metrics, analysis, ood.name, ood.metrics);
        addCsvLines(csv, metrics, analysis, "average", metrics.average);
    }
    return csv;
}

std::string sweepSummary(const AnalysisInputs& inputs, const SweepAnalysis& analysis) {
    std::string text = std::to_string(analysis.levels.size()) + " levels, ranking by " +
                       std::string(name(analysis.rule)) + ", average over " +
                       std::to_string(inputs.ood.size()) +
                       " OOD sets. The best p looks at the reported sets: a bound, not a result.\n";
    for (const ScoreSweep& sweep : analysis.scores) {
        const OodMetrics dense = sweep.reported->average.at(sweep.reported->levels.size());
        text += padRight(name(sweep.score), 10) + "dense FPR95 " + percent(dense.fpr95) + " AUROC " +
                percent(dense.auroc) + "; best FPR95 " + percent(sweep.bestByFpr95.value) +
                " at p=" + exactDecimal(sweep.bestByFpr95.level) + "; best AUROC " +
                percent(sweep.bestByAuroc.value) + " at p=" + exactDecimal(sweep.bestByAuroc.level) + "\n";
        if (sweep.choice) text += choiceLine(*sweep.choice);
    }
    for (const ScoreSweep& sweep : analysis.scores) {
        if (sweep.intervals && sweep.score == ScoreKind::Energy) text += intervalLines(sweep, analysis);
    }
    for (const std::string& note : inputs.notes) text += "Note: " + note + "\n";
    return text;
}

}  // namespace dicescope
