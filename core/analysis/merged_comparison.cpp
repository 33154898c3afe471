#include "core/analysis/merged_comparison.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/analysis/comparison_frame.h"

namespace dicescope {
namespace {

std::optional<DetectorSpec> baselineOf(const Comparison& comparison) {
    if (!comparison.baseline) return std::nullopt;
    return comparison.detectors[*comparison.baseline].spec;
}

auto find(const Comparison& comparison, const DetectorSpec& spec) {
    return std::ranges::find(comparison.detectors, spec, &ComparedDetector::spec);
}

/// Whether it tells nothing that the comparison of before does not.
bool isKnown(const ComparedDetector& detector, const Comparison* before) {
    if (before == nullptr) return false;
    const auto found = find(*before, detector.spec);
    return found != before->detectors.end() && (!found->error || detector.error);
}

/// Adds the intervals that a comparison lacks and, at its end, the detectors. Ranks were among others.
void completeFrom(const Comparison& other, const std::optional<DetectorSpec>& baseline,
                  Comparison& comparison) {
    const bool sameIntervals = resampledAlike(comparison, other);
    const bool sameBaseline = sameIntervals && baseline == baselineOf(other);
    for (const ComparedDetector& detector : other.detectors) {
        auto mine = std::ranges::find(comparison.detectors, detector.spec, &ComparedDetector::spec);
        if (mine == comparison.detectors.end()) {
            mine = comparison.detectors.insert(mine, detector);
            mine->rankByFpr95 = mine->rankByAuroc = 0;
            if (!sameIntervals) mine->intervals.reset();
            if (!sameBaseline) mine->difference.reset();
        }
        if (mine->error) continue;
        if (sameIntervals && !mine->intervals) mine->intervals = detector.intervals;
        if (sameBaseline && !mine->difference) mine->difference = detector.difference;
    }
}

}  // namespace

std::shared_ptr<const Comparison> comparisonEndedEarly(
    const Comparison& frame, const std::vector<std::shared_ptr<const ComparedDetector>>& done,
    const std::shared_ptr<const Comparison>& before) {
    const bool nothingNew = std::ranges::all_of(
        done, [&](const auto& detector) { return !detector || isKnown(*detector, before.get()); });
    if (nothingNew) return before;
    Comparison merged = frame;
    merged.partial = true;
    merged.detectors.clear();
    merged.baseline.reset();
    for (const auto& detector : done) {
        if (detector) merged.detectors.push_back(*detector);
    }
    const auto baseline = baselineOf(frame);
    if (before && measuredAlike(*before, merged)) completeFrom(*before, baseline, merged);
    if (baseline) {
        const auto found = find(merged, *baseline);
        if (found != merged.detectors.end())
            merged.baseline = static_cast<std::size_t>(found - merged.detectors.begin());
    }
    return std::make_shared<const Comparison>(std::move(merged));
}

std::shared_ptr<const Comparison> withKnownScores(const std::shared_ptr<const Comparison>& latest,
                                                  const std::shared_ptr<const Comparison>& known) {
    if (!latest) return known;
    if (!known || latest == known) return latest;
    Comparison all = *latest;
    completeFrom(*known, baselineOf(all), all);
    return std::make_shared<const Comparison>(std::move(all));
}

}  // namespace dicescope
