#include "core/metrics/ood_metrics.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "core/metrics/score_order.h"

namespace dicescope {
namespace {

/// Counts gathered on the walk from the highest score down: what lies at or above, and from them the areas.
struct Areas {
    std::size_t idTotal;
    std::size_t oodTotal;
    std::size_t idSeen = 0;
    std::size_t oodSeen = 0;
    std::uint64_t twiceWins = 0;  // pairs with ID > OOD, doubled so that a tie counts 1
    double auprIn = 0;
    double auprOut = 0;

    void add(std::size_t ids, std::size_t oods) {
        const std::size_t notHigher = idTotal - idSeen + oodTotal - oodSeen;
        if (oods > 0) {
            twiceWins += std::uint64_t{oods} * (2 * idSeen + ids);
            auprOut += static_cast<double>(oods) * static_cast<double>(oodTotal - oodSeen) /
                       static_cast<double>(notHigher);
        }
        idSeen += ids;
        oodSeen += oods;
        if (ids > 0) {
            auprIn += static_cast<double>(ids) * static_cast<double>(idSeen) /
                      static_cast<double>(idSeen + oodSeen);
        }
    }
};

double share(std::size_t part, std::size_t whole) {
    return static_cast<double>(part) / static_cast<double>(whole);
}

template <class Key>
OodMetrics fromSortedKeys(std::span<const Key> id, std::span<const Key> ood, double tprLevel) {
    using Score = std::conditional_t<sizeof(Key) == 4, float, double>;
    Areas areas{id.size(), ood.size()};
    walkDescending(id, ood, [&](Key, std::size_t ids, std::size_t oods) { areas.add(ids, oods); });

    const auto atOrAbove = [](std::span<const Key> keys, Key key) {
        return static_cast<std::size_t>(std::upper_bound(keys.begin(), keys.end(), key) - keys.begin());
    };
    const auto above = [](std::span<const Key> keys, Key key) {
        return static_cast<std::size_t>(std::lower_bound(keys.begin(), keys.end(), key) - keys.begin());
    };
    const Key threshold = id[samplesAtLevel(id.size(), tprLevel) - 1];
    const Key oodThreshold = ood[ood.size() - samplesAtLevel(ood.size(), tprLevel)];

    OodMetrics m;
    m.fpr95 = share(atOrAbove(ood, threshold), ood.size());
    m.fpr95OodPositive = share(id.size() - above(id, oodThreshold), id.size());
    m.auroc = static_cast<double>(areas.twiceWins) /
              (2.0 * static_cast<double>(id.size()) * static_cast<double>(ood.size()));
    m.auprIn = areas.auprIn / static_cast<double>(id.size());
    m.auprOut = areas.auprOut / static_cast<double>(ood.size());
    m.threshold = static_cast<double>(scoreOfKey<Score>(threshold));
    m.tpr = share(atOrAbove(id, threshold), id.size());
    return m;
}

template <class T>
Status check(std::span<const T> scores, std::string_view what) {
    const std::string set(what);
    if (scores.empty()) {
        return fail(ErrorCode::InvalidArgument,
                    "The set \"" + set + "\" has no scores; give at least one readable image for it.");
    }
    const auto bad = std::count_if(scores.begin(), scores.end(), [](T score) { return std::isnan(score); });
    if (bad > 0) {
        return fail(ErrorCode::InvalidArgument, std::to_string(bad) + " of the " +
                                                    std::to_string(scores.size()) + " scores of the set \"" +
                                                    set +
                                                    "\" are not numbers (NaN); find the images whose "
                                                    "features are not finite and leave them out.");
    }
    return {};
}

template <class T>
Result<OodMetrics> compute(std::span<const T> id, std::span<const T> ood, double tprLevel) {
    for (const Status& status : {check(id, "ID"), check(ood, "OOD"), checkTprLevel(tprLevel)}) {
        if (!status) return forwardError(status);
    }
    const auto idKeys = sortedKeys(id);
    const auto oodKeys = sortedKeys(ood);
    return fromSortedKeys<OrderKey<T>>(idKeys, oodKeys, tprLevel);
}

}  // namespace

std::size_t samplesAtLevel(std::size_t n, double level) {
    constexpr std::uint64_t kUnit = 1'000'000'000;
    const auto units = std::clamp<std::uint64_t>(
        static_cast<std::uint64_t>(std::llround(level * static_cast<double>(kUnit))), 1, kUnit);
    return static_cast<std::size_t>((units * n + kUnit - 1) / kUnit);
}

Status checkScores(std::span<const float> scores, std::string_view what) {
    return check(scores, what);
}
Status checkScores(std::span<const double> scores, std::string_view what) {
    return check(scores, what);
}

Status checkTprLevel(double level) {
    if (level > 0 && level <= 1) return {};
    return fail(ErrorCode::InvalidArgument, "The true positive rate must be above 0 and at most 1, not " +
                                                std::to_string(level) + "; the usual one is 0.95.");
}

Result<OodMetrics> computeOodMetrics(std::span<const float> idScores, std::span<const float> oodScores,
                                     double tprLevel) {
    return compute(idScores, oodScores, tprLevel);
}

Result<OodMetrics> computeOodMetrics(std::span<const double> idScores, std::span<const double> oodScores,
                                     double tprLevel) {
    return compute(idScores, oodScores, tprLevel);
}

OodMetrics averageMetrics(std::span<const OodMetrics> metrics) {
    OodMetrics average = metrics.front();
    for (double OodMetrics::*member : {&OodMetrics::fpr95, &OodMetrics::fpr95OodPositive, &OodMetrics::auroc,
                                       &OodMetrics::auprIn, &OodMetrics::auprOut}) {
        double sum = 0;
        for (const OodMetrics& m : metrics) sum += m.*member;
        average.*member = sum / static_cast<double>(metrics.size());
    }
    return average;
}

OodMetrics metricsOfSortedKeys(std::span<const std::uint32_t> id, std::span<const std::uint32_t> ood,
                               double tprLevel) {
    return fromSortedKeys(id, ood, tprLevel);
}

OodMetrics metricsOfSortedKeys(std::span<const std::uint64_t> id, std::span<const std::uint64_t> ood,
                               double tprLevel) {
    return fromSortedKeys(id, ood, tprLevel);
}

}  // namespace dicescope
