#include "core/report/comparison_rows.h"

#include <algorithm>
#include <numeric>

#include "core/report/text.h"

namespace dicescope {
namespace {

std::size_t imagesOf(const Comparison& comparison, const std::vector<std::string>& group) {
    std::size_t images = 0;
    for (std::size_t s = 0; s < comparison.oodNames.size(); ++s) {
        if (std::ranges::find(group, comparison.oodNames[s]) != group.end())
            images += comparison.oodCounts[s];
    }
    return images;
}

bool hasGroups(const Comparison& comparison) {
    return !comparison.nearSets.empty() || !comparison.farSets.empty();
}

const MetricIntervals* pick(const std::optional<BootstrapIntervals>& all, std::size_t set) {
    if (!all) return nullptr;
    return set < all->ood.size() ? &all->ood[set] : &all->average;
}

}  // namespace

std::vector<ComparisonRow> comparisonRows(const Comparison& comparison, const ComparedDetector& detector) {
    std::vector<ComparisonRow> rows;
    const std::size_t sets = comparison.oodNames.size();
    for (std::size_t s = 0; s < sets; ++s) {
        rows.push_back({comparison.oodNames[s], comparison.oodCounts[s], detector.metrics[s],
                        pick(detector.intervals, s), pick(detector.difference, s)});
    }
    rows.push_back({"average", imagesOf(comparison, comparison.oodNames), detector.average,
                    pick(detector.intervals, sets), pick(detector.difference, sets)});
    if (detector.nearAverage) {
        rows.push_back({"average-near", imagesOf(comparison, comparison.nearSets), *detector.nearAverage,
                        nullptr, nullptr});
    }
    if (detector.farAverage) {
        rows.push_back({"average-far", imagesOf(comparison, comparison.farSets), *detector.farAverage,
                        nullptr, nullptr});
    }
    return rows;
}

std::vector<std::string> comparisonColumns(const Comparison& comparison) {
    std::vector<std::string> columns = comparison.oodNames;
    columns.emplace_back("average");
    if (!comparison.nearSets.empty()) columns.emplace_back("average-near");
    if (!comparison.farSets.empty()) columns.emplace_back("average-far");
    return columns;
}

std::string starLegend(const Comparison& comparison) {
    if (comparison.bootstrap == 0 || !comparison.baseline) return {};
    return "the 95 % interval of the paired difference to " +
           comparison.detectors[*comparison.baseline].label +
           " in that column does not hold 0; not corrected for the number of detectors" +
           (hasGroups(comparison) ? "; averages of near and far sets are not tested." : ".");
}

std::vector<std::string> comparisonConventions(const Comparison& comparison) {
    const std::string level = levelPercent(comparison.tprLevel);
    std::vector<std::string> sentences;
    if (comparison.partial) {
        sentences.emplace_back(
            "Partial: the comparison was interrupted; only detectors that were done by then are listed, "
            "without intervals.");
    }
    sentences.insert(sentences.end(),
                     {"Every score is higher for in-distribution (ID) images; values in percent.",
                      "FPR" + level + ": ID is positive; share of OOD images accepted when at least " +
                          level + " % of the ID images are.",
                      "AUROC: probability that an ID image scores above an OOD image, ties count one half.",
                      "Averages: unweighted over the OOD sets. Ranks: by the average over all of them.",
                      std::to_string(comparison.idCount) + " ID and " +
                          std::to_string(imagesOf(comparison, comparison.oodNames)) + " OOD images."});
    if (comparison.bootstrap > 0) {
        sentences.push_back("Intervals: 95 %, bootstrap over images with " +
                            std::to_string(comparison.bootstrap) + " resamples, seed " +
                            std::to_string(comparison.seed) +
                            (hasGroups(comparison) ? "; none for averages of near and far sets." : "."));
    }
    const std::string star = starLegend(comparison);
    if (!star.empty()) sentences.push_back("*: " + star);
    return sentences;
}

}  // namespace dicescope
