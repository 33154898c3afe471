#include "core/report/comparison_rows.h"

#include <algorithm>
#include <optional>
#include <utility>

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

/// A row; `of` finds its intervals among those of a detector.
template <class Of>
ComparisonRow row(const ComparedDetector& detector, std::string ood, std::size_t images,
                  const OodMetrics& metrics, const Of& of) {
    const auto pick = [&](const std::optional<ComparedIntervals>& all) { return all ? of(*all) : nullptr; };
    return {std::move(ood), images, metrics, pick(detector.intervals), pick(detector.difference)};
}

const MetricIntervals* addressOf(const std::optional<MetricIntervals>& intervals) {
    return intervals ? &*intervals : nullptr;
}

}  // namespace

std::vector<ComparisonRow> comparisonRows(const Comparison& comparison, const ComparedDetector& detector) {
    using Intervals = ComparedIntervals;
    std::vector<ComparisonRow> rows;
    for (std::size_t s = 0; s < comparison.oodNames.size(); ++s) {
        rows.push_back(row(detector, comparison.oodNames[s], comparison.oodCounts[s], detector.metrics[s],
                           [s](const Intervals& all) { return &all.ood[s]; }));
    }
    rows.push_back(row(detector, "average", imagesOf(comparison, comparison.oodNames), detector.average,
                       [](const Intervals& all) { return &all.average; }));
    if (detector.nearAverage) {
        rows.push_back(row(detector, "average-near", imagesOf(comparison, comparison.nearSets),
                           *detector.nearAverage,
                           [](const Intervals& all) { return addressOf(all.nearAverage); }));
    }
    if (detector.farAverage) {
        rows.push_back(row(detector, "average-far", imagesOf(comparison, comparison.farSets),
                           *detector.farAverage,
                           [](const Intervals& all) { return addressOf(all.farAverage); }));
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
           " in that column does not hold 0; not corrected for the number of detectors.";
}

std::vector<std::string> comparisonConventions(const Comparison& comparison) {
    const std::string level = levelPercent(comparison.tprLevel);
    std::vector<std::string> sentences;
    if (comparison.partial) {
        sentences.emplace_back(
            "Partial: the comparison was interrupted; only detectors that were done by then are listed, "
            "without intervals.");
    }
    sentences.insert(
        sentences.end(),
        {"Every score is higher for in-distribution (ID) images; values in percent.",
         "FPR" + level + ": ID is positive; share of OOD images accepted when at least " + level +
             " % of the ID images are.",
         "AUROC: probability that an ID image scores above an OOD image, ties count one half.",
         "Averages: unweighted over the OOD sets. Ranks: by the average over all of them.",
         std::to_string(comparison.idCount) + " ID and " +
             std::to_string(imagesOf(comparison, comparison.oodNames)) + " OOD images.",
         "Seconds to fit: what an earlier run kept in the cache counts as the time to read it."});
    if (comparison.bootstrap > 0) {
        sentences.push_back("Intervals: 95 %, bootstrap over images with " +
                            std::to_string(comparison.bootstrap) + " resamples, seed " +
                            std::to_string(comparison.seed) + ".");
    }
    const std::string star = starLegend(comparison);
    if (!star.empty()) sentences.push_back("*: " + star);
    return sentences;
}

}  // namespace dicescope
