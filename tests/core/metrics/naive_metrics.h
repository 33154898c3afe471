#pragma once

// The definitions of docs/conventions.md, counted pair by pair in O(n * m): the reference for the fast
// versions.

#include <algorithm>
#include <cstddef>
#include <set>
#include <vector>

#include "core/metrics/ood_metrics.h"

namespace naive {

using Scores = std::vector<double>;

inline std::size_t atLeast(const Scores& scores, double t) {
    return static_cast<std::size_t>(
        std::count_if(scores.begin(), scores.end(), [t](double s) { return s >= t; }));
}

inline Scores negated(Scores scores) {
    for (double& score : scores) score = -score;
    return scores;
}

/// The largest score of `positives` that at least `percent` % of them reach.
inline double threshold(const Scores& positives, std::size_t percent) {
    double best = *std::min_element(positives.begin(), positives.end());
    for (const double t : positives) {
        if (100 * atLeast(positives, t) >= percent * positives.size()) best = std::max(best, t);
    }
    return best;
}

inline double share(std::size_t part, const Scores& whole) {
    return static_cast<double>(part) / static_cast<double>(whole.size());
}

inline double auroc(const Scores& id, const Scores& ood) {
    double wins = 0;
    for (const double i : id) {
        for (const double o : ood) wins += i > o ? 1 : i == o ? 0.5 : 0;
    }
    return wins / static_cast<double>(id.size()) / static_cast<double>(ood.size());
}

inline double averagePrecision(const Scores& positives, const Scores& negatives) {
    const std::set<double, std::greater<>> thresholds(positives.begin(), positives.end());
    double sum = 0;
    double recallBefore = 0;
    for (const double t : thresholds) {
        const auto hits = static_cast<double>(atLeast(positives, t));
        const double recall = hits / static_cast<double>(positives.size());
        sum += (recall - recallBefore) * hits / (hits + static_cast<double>(atLeast(negatives, t)));
        recallBefore = recall;
    }
    return sum;
}

inline dicescope::OodMetrics metrics(const Scores& id, const Scores& ood, std::size_t percent = 95) {
    dicescope::OodMetrics m;
    m.threshold = threshold(id, percent);
    m.tpr = share(atLeast(id, m.threshold), id);
    m.fpr95 = share(atLeast(ood, m.threshold), ood);
    const Scores oodAsPositive = negated(ood);
    const Scores idAsNegative = negated(id);
    m.fpr95OodPositive = share(atLeast(idAsNegative, threshold(oodAsPositive, percent)), id);
    m.auroc = auroc(id, ood);
    m.auprIn = averagePrecision(id, ood);
    m.auprOut = averagePrecision(oodAsPositive, idAsNegative);
    return m;
}

/// Whether two results agree: counts exactly, areas but for rounding.
inline bool agree(const dicescope::OodMetrics& a, const dicescope::OodMetrics& b) {
    const auto near = [](double x, double y) { return std::max(x - y, y - x) < 1e-12; };
    return a.threshold == b.threshold && a.tpr == b.tpr && a.fpr95 == b.fpr95 &&
           a.fpr95OodPositive == b.fpr95OodPositive && near(a.auroc, b.auroc) && near(a.auprIn, b.auprIn) &&
           near(a.auprOut, b.auprOut);
}

}  // namespace naive
