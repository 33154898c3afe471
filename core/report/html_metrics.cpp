#include "core/report/html_parts.h"
#include "core/report/html_sections.h"
#include "core/report/markup.h"
#include "core/report/paper_table.h"
#include "core/report/text.h"

namespace dicescope {
namespace {

std::string metricsTableOf(const Evaluation& evaluation, ScoreKind score) {
    std::vector<std::string> rows;
    for (const MetricRow& row : evaluation.rows) {
        if (row.score != score) continue;
        std::string cells =
            textCell(detectorLabel(row.detector, row.p, evaluation.reactClip)) + textCell(row.ood);
        for (const double fraction : {row.metrics.fpr95, row.metrics.fpr95OodPositive, row.metrics.auroc,
                                      row.metrics.auprIn, row.metrics.auprOut})
            cells += percentCell(fraction);
        cells += numberCell(row.metrics.threshold, 4) + percentCell(row.metrics.tpr);
        rows.push_back(tableRow(cells, row.ood == "average"));
    }
    return table({"Detector", "OOD set", "FPR95", "FPR95 (OOD positive)", "AUROC", "AUPR-in", "AUPR-out",
                  "Threshold", "TPR"},
                 rows, "metrics");
}

std::string accuracyTable(const Evaluation& evaluation) {
    if (evaluation.accuracy.empty()) return "";
    std::vector<std::string> rows;
    for (const AccuracyRow& row : evaluation.accuracy) {
        rows.push_back(tableRow(textCell(detectorLabel(row.detector, row.p, evaluation.reactClip)) +
                                textCell(std::to_string(row.labelled)) + percentCell(row.accuracy)));
    }
    return element("h3", "ID accuracy, percent") + "\n" +
           table({"Head", "Labelled ID images", "Accuracy"}, rows, "metrics");
}

}  // namespace

std::string metricsSection(const HtmlReport& report) {
    const ScoreKind first = report.session.view.score;
    std::vector<ScoreKind> scores{first};
    for (const ScoreKind score : {ScoreKind::Energy, ScoreKind::Msp, ScoreKind::MaxLogit}) {
        if (score != first) scores.push_back(score);
    }
    std::string text;
    for (const ScoreKind score : scores) {
        const std::string heading =
            "Score: " + scoreLabel(score) + ", percent" + (score == first ? " (in view)" : "");
        text += element("h3", heading) + "\n" + metricsTableOf(report.evaluation, score);
    }
    return section("Metrics", text + accuracyTable(report.evaluation));
}

namespace {

void addIntervals(const std::string& set, const MetricIntervals& masked, const MetricIntervals& dense,
                  const MetricIntervals& difference, std::vector<std::string>& rows) {
    const auto add = [&](const char* metric, const Interval& a, const Interval& b, const Interval& c) {
        rows.push_back(
            tableRow(textCell(set) + textCell(metric) + intervalCell(a) + intervalCell(b) + intervalCell(c),
                     set == "average"));
    };
    add("FPR95", masked.fpr95, dense.fpr95, difference.fpr95);
    add("AUROC", masked.auroc, dense.auroc, difference.auroc);
}

const ScoreSweep* sweepInView(const HtmlReport& report) {
    if (report.sweep == nullptr) return nullptr;
    for (const ScoreSweep& sweep : report.sweep->scores) {
        if (sweep.score == report.session.view.score) return &sweep;
    }
    return nullptr;
}

std::string intervalsTable(const SweepAnalysis& analysis, const ScoreSweep& sweep) {
    const PairedIntervals& all = *sweep.intervals;
    std::vector<std::string> rows;
    for (std::size_t s = 0; s < all.difference.ood.size(); ++s) {
        addIntervals(sweep.reported->ood[s].name, all.first.ood[s], all.second.ood[s], all.difference.ood[s],
                     rows);
    }
    addIntervals("average", all.first.average, all.second.average, all.difference.average, rows);
    const std::string at = "p=" + exactDecimal(analysis.levels[sweep.intervalLevel]);
    const std::string heading = levelPercent(analysis.confidence) + " % bootstrap intervals at " + at + ", " +
                                std::to_string(analysis.resamples) + " resamples, percent";
    return element("h3", escapeHtml(heading)) + "\n" +
           table({"OOD set", "Metric", at, "Dense", at + " less dense"}, rows, "metrics");
}

}  // namespace

std::string sweepSection(const HtmlReport& report) {
    const ScoreSweep* sweep = sweepInView(report);
    if (sweep == nullptr) return "";
    const auto best = [](const char* what, const LevelValue& value) {
        return std::string(what) + " of the average over the reported sets: " + percent(value.value) +
               " % at p=" + exactDecimal(value.level) +
               ". It looks at the sets that it is measured on: a bound, "
               "not a result.";
    };
    std::vector<std::string> sentences{best("Lowest FPR95", sweep->bestByFpr95),
                                       best("Highest AUROC", sweep->bestByAuroc)};
    if (sweep->choice) {
        const LevelChoice& choice = *sweep->choice;
        sentences.push_back("Chosen on " + choice.chosenOn.front() + " by " +
                            std::string(name(choice.criterion)) + ": p=" + exactDecimal(choice.chosen.level) +
                            ", " + percent(choice.average.chosen.value) +
                            " % on the average of the reported sets." +
                            (choice.chosenOnReportedSet ? " That set is also reported: optimistic." : ""));
    }
    if (report.sweep->reactClip) {
        sentences.push_back("All of this section, the dense head too, is with ReAct: features clipped at c=" +
                            exactDecimal(*report.sweep->reactClip) + ".");
    }
    std::string text = list(sentences);
    if (sweep->intervals) text += intervalsTable(*report.sweep, *sweep);
    return section("Over all levels, " + scoreLabel(sweep->score), text);
}

}  // namespace dicescope
