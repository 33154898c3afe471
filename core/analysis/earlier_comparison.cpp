#include "core/analysis/earlier_comparison.h"

#include <algorithm>

#include "core/analysis/comparison_frame.h"

namespace dicescope {
namespace {

bool sameSets(const Comparison& a, const Comparison& b) {
    return a.idCount == b.idCount && a.oodNames == b.oodNames && a.oodCounts == b.oodCounts;
}

bool hasScores(const ComparedDetector& detector, const Comparison& comparison) {
    return !detector.error && detector.idScores.size() == comparison.idCount &&
           std::ranges::equal(detector.oodScores, comparison.oodCounts, {},
                              [](const std::vector<double>& scores) { return scores.size(); });
}

}  // namespace

// Detectors of a partial comparison may come from several others, which had their own resamples.
EarlierComparison::EarlierComparison(const Comparison* earlier, const Comparison& frame)
    : earlier_(earlier != nullptr && sameSets(*earlier, frame) ? earlier : nullptr),
      bootstrappedAlike_(earlier_ != nullptr && !earlier_->partial && resampledAlike(*earlier_, frame)) {}

const ComparedDetector* EarlierComparison::scored(const DetectorSpec& spec) const {
    if (earlier_ == nullptr) return nullptr;
    const auto found = std::ranges::find(earlier_->detectors, spec, &ComparedDetector::spec);
    return found != earlier_->detectors.end() && hasScores(*found, *earlier_) ? &*found : nullptr;
}

const ComparedDetector* EarlierComparison::bootstrapped(const DetectorSpec& spec,
                                                        const std::optional<DetectorSpec>& baseline) const {
    const ComparedDetector* found = bootstrappedAlike_ ? scored(spec) : nullptr;
    if (found == nullptr || !found->intervals) return nullptr;
    if (!baseline) return found;
    const bool sameBaseline =
        earlier_->baseline && earlier_->detectors[*earlier_->baseline].spec == *baseline && scored(*baseline);
    return sameBaseline && found->difference ? found : nullptr;
}

}  // namespace dicescope
