#include "core/analysis/compared_intervals.h"

#include <utility>

#include "core/analysis/ood_groups.h"
#include "core/metrics/bootstrap.h"

namespace dicescope {
namespace {

ScoreColumn column(const ComparedDetector& detector) {
    return {detector.idScores, {detector.oodScores.begin(), detector.oodScores.end()}};
}

/// Groups go through the bootstrap by their place, those without a set left out: near before far.
class Groups {
  public:
    explicit Groups(const Comparison& comparison)
        : near_(setsOfGroup(comparison.oodNames, comparison.nearSets)),
          far_(setsOfGroup(comparison.oodNames, comparison.farSets)) {}

    [[nodiscard]] std::vector<std::vector<std::size_t>> given() const {
        std::vector<std::vector<std::size_t>> groups;
        if (!near_.empty()) groups.push_back(near_);
        if (!far_.empty()) groups.push_back(far_);
        return groups;
    }

    [[nodiscard]] ComparedIntervals named(BootstrapIntervals intervals) const {
        ComparedIntervals result{std::move(intervals.ood), intervals.average, {}, {}};
        auto group = intervals.groups.begin();
        if (!near_.empty()) result.nearAverage = *group++;
        if (!far_.empty()) result.farAverage = *group;
        return result;
    }

  private:
    std::vector<std::size_t> near_;
    std::vector<std::size_t> far_;
};

}  // namespace

Status addIntervals(const Comparison& comparison, const ComparedDetector* baseline, unsigned threads,
                    const Job& job, ComparedDetector& detector) {
    const Groups groups(comparison);
    BootstrapOptions options;
    options.resamples = comparison.bootstrap;
    options.seed = comparison.seed;
    options.tprLevel = comparison.tprLevel;
    options.threads = threads;
    options.groups = groups.given();
    if (baseline == nullptr) {
        auto intervals = bootstrapIntervals(column(detector), options, job);
        if (!intervals) return forwardError(intervals);
        detector.intervals = groups.named(std::move(*intervals));
        return {};
    }
    auto paired = bootstrapDifference(column(detector), column(*baseline), options, job);
    if (!paired) return forwardError(paired);
    detector.intervals = groups.named(std::move(paired->first));
    detector.difference = groups.named(std::move(paired->difference));
    return {};
}

}  // namespace dicescope
