// A comparison and the list of detectors for a terminal.
#include <algorithm>
#include <iterator>
#include <utility>

#include "core/report/comparison_report.h"
#include "core/report/comparison_rows.h"
#include "core/report/interval_text.h"
#include "core/report/text.h"

namespace dicescope {
namespace {

using Line = std::vector<std::string>;

std::string rangeOf(const DetectorParameter& parameter) {
    std::string text;
    if (!parameter.choices.empty()) {
        for (const std::string& choice : parameter.choices) text += (text.empty() ? "" : "|") + choice;
        return text;
    }
    return exactDecimal(parameter.smallest) + ".." + exactDecimal(parameter.largest);
}

std::string described(const DetectorInfo& info) {
    std::string text = padRight(info.id, 14) + info.displayName + ": " + info.explanation + "\n";
    const std::string indent(14, ' ');
    text += indent + info.formula + "\n" + indent + "needs " + std::string(name(info.need)) + "; cost " +
            std::string(name(info.cost)) + "; " + info.citation.authors + ", " + info.citation.venue +
            (info.citation.arxiv.empty() ? "" : ", arXiv " + info.citation.arxiv) + "\n";
    for (const DetectorParameter& parameter : info.parameters) {
        text += indent + parameter.name + "=" + parameterText(parameter, parameter.defaultValue) + " (" +
                rangeOf(parameter) + "): " + parameter.explanation + "\n";
    }
    for (const DetectorVariant& variant : info.variants) {
        text += indent + "as=" + variant.name + ": " + variant.explanation + "\n";
    }
    return text;
}

/// Those with numbers by their rank, then the others.
std::vector<const ComparedDetector*> byRank(const Comparison& comparison) {
    std::vector<const ComparedDetector*> order;
    for (const ComparedDetector& detector : comparison.detectors) {
        if (!detector.error) order.push_back(&detector);
    }
    std::ranges::stable_sort(order, [](const ComparedDetector* a, const ComparedDetector* b) {
        return std::pair(a->rankByFpr95, a->rankByAuroc) < std::pair(b->rankByFpr95, b->rankByAuroc);
    });
    return order;
}

std::string withInterval(double value, const Interval* interval) {
    return interval == nullptr ? percent(value) : intervalText(*interval, false);
}

std::string difference(const Interval& interval) {
    return (interval.estimate > 0 ? "+" : "") + percent(interval.estimate) +
           (excludesZero(interval) ? "*" : " ");
}

/// FPR and AUROC with their intervals, and their differences to the baseline.
Line measured(const ComparisonRow& row) {
    const MetricIntervals* intervals = row.intervals;
    Line line{withInterval(row.metrics.fpr95, intervals ? &intervals->fpr95 : nullptr),
              withInterval(row.metrics.auroc, intervals ? &intervals->auroc : nullptr), "", ""};
    if (row.difference == nullptr) return line;
    line[2] = difference(row.difference->fpr95);
    line[3] = difference(row.difference->auroc);
    return line;
}

std::string averages(const Comparison& comparison, const std::vector<const ComparedDetector*>& order) {
    std::vector<Line> lines{{"rank", "detector", "FPR" + levelPercent(comparison.tprLevel), "AUROC", "dFPR",
                             "dAUROC", "fit s", "score s"}};
    for (const ComparedDetector* detector : order) {
        Line line{std::to_string(detector->rankByFpr95) + "/" + std::to_string(detector->rankByAuroc),
                  detector->label};
        const ComparisonRow average = comparisonRows(comparison, *detector)[comparison.oodNames.size()];
        std::ranges::copy(measured(average), std::back_inserter(line));
        line.push_back(fixedDecimal(detector->fitSeconds, 2));
        line.push_back(fixedDecimal(detector->scoreSeconds, 2));
        lines.push_back(std::move(line));
    }
    return alignedColumns(lines, 2);
}

std::string groupTitle(const std::string& group, const std::vector<std::string>& names) {
    std::string title = "\nAverage over the " + group + " OOD sets:";
    for (std::size_t s = 0; s < names.size(); ++s) title += (s == 0 ? " " : ", ") + names[s];
    return title + "\n";
}

/// Averages of the near and far sets; without a bootstrap there is nothing that sets() lacks.
std::string groupAverages(const Comparison& comparison, const std::vector<const ComparedDetector*>& order) {
    if (comparison.bootstrap == 0) return "";
    std::string text;
    std::size_t row = comparison.oodNames.size();
    for (const auto& [group, names] :
         {std::pair("near", &comparison.nearSets), std::pair("far", &comparison.farSets)}) {
        if (names->empty()) continue;
        ++row;
        std::vector<Line> lines{
            {"detector", "FPR" + levelPercent(comparison.tprLevel), "AUROC", "dFPR", "dAUROC"}};
        for (const ComparedDetector* detector : order) {
            Line line{detector->label};
            std::ranges::copy(measured(comparisonRows(comparison, *detector)[row]), std::back_inserter(line));
            lines.push_back(std::move(line));
        }
        text += groupTitle(group, *names) + alignedColumns(lines, 1);
    }
    return text;
}

std::string sets(const Comparison& comparison, const std::vector<const ComparedDetector*>& order) {
    std::vector<Line> lines{{"detector"}};
    for (const std::string& column : comparisonColumns(comparison)) lines.front().push_back(column);
    for (const ComparedDetector* detector : order) {
        Line line{detector->label};
        for (const ComparisonRow& row : comparisonRows(comparison, *detector)) {
            line.push_back(percent(row.metrics.fpr95) + "/" + percent(row.metrics.auroc));
        }
        lines.push_back(std::move(line));
    }
    return alignedColumns(lines, 1);
}

}  // namespace

std::string detectorList() {
    std::string text;
    for (const DetectorInfo& info : allDetectors()) text += described(info);
    return text;
}

std::string comparisonTable(const Comparison& comparison) {
    const auto order = byRank(comparison);
    std::string text;
    if (!order.empty()) {
        text = "Average over " + std::to_string(comparison.oodNames.size()) +
               " OOD sets; ranks by FPR and by AUROC\n" + averages(comparison, order) +
               groupAverages(comparison, order) + "\nFPR" + levelPercent(comparison.tprLevel) +
               "/AUROC a set\n" + sets(comparison, order) + "\n";
    }
    for (const ComparedDetector& detector : comparison.detectors) {
        if (detector.error) text += "Not run: " + detector.label + ". " + detector.error->message + "\n";
    }
    for (const std::string& sentence : comparisonConventions(comparison)) text += sentence + "\n";
    return text;
}

}  // namespace dicescope
