#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "core/base/error.h"

namespace dicescope {

/// The share of positives that "FPR95" speaks of.
inline constexpr double kDefaultTprLevel = 0.95;

/// Detection quality of one score on one ID and one OOD set. Larger score = more in-distribution; all are
/// fractions in 0..1 but the threshold. Definitions and conventions: docs/conventions.md. "95 %" stands for
/// the TPR level asked for, which is 0.95 unless the caller chose another.
struct OodMetrics {
    double fpr95 = 0;  ///< ID positive: share of OOD scores >= threshold
    double fpr95OodPositive =
        0;  ///< OOD positive (OpenOOD, pytorch-ood): share of ID rejected when >= 95 % of OOD is caught
    double auroc = 0;      ///< P(ID > OOD), ties one half
    double auprIn = 0;     ///< average precision, ID positive
    double auprOut = 0;    ///< average precision, OOD positive
    double threshold = 0;  ///< largest ID score such that at least 95 % of ID scores are >= it
    double tpr = 0;        ///< share of ID scores >= threshold

    friend bool operator==(const OodMetrics&, const OodMetrics&) = default;
};

/// The smallest number of n samples that is at least the share `level` of them, by integer arithmetic:
/// `level` is taken to nine decimals, so 0.95 of 20 is 19 and 0.95 of 9,000 is 8,550. level in (0, 1], n <
/// 2^32.
[[nodiscard]] std::size_t samplesAtLevel(std::size_t n, double level);

/// Ok where scores can be evaluated: at least one, and none NaN (infinities are scores like others). `what`
/// names them in the sentence: "ID", "dtd5". Errors: InvalidArgument.
[[nodiscard]] Status checkScores(std::span<const float> scores, std::string_view what);
[[nodiscard]] Status checkScores(std::span<const double> scores, std::string_view what);

/// Ok where level is in (0, 1]. Errors: InvalidArgument.
[[nodiscard]] Status checkTprLevel(double level);

/// All metrics of one score on one ID and one OOD set (docs/conventions.md), in O(n) after a linear-time
/// sort. The order of the scores does not matter. tprLevel in (0, 1]. Errors: InvalidArgument (an empty set,
/// NaN, level out of range).
[[nodiscard]] Result<OodMetrics> computeOodMetrics(std::span<const float> idScores,
                                                   std::span<const float> oodScores,
                                                   double tprLevel = kDefaultTprLevel);
[[nodiscard]] Result<OodMetrics> computeOodMetrics(std::span<const double> idScores,
                                                   std::span<const double> oodScores,
                                                   double tprLevel = kDefaultTprLevel);

/// The unweighted mean over OOD sets of metrics against ONE ID set, which therefore all have the same
/// threshold and TPR. Not empty.
[[nodiscard]] OodMetrics averageMetrics(std::span<const OodMetrics> metrics);

/// The same from keys sorted by sortedKeys() (score_order.h), for one ID set against several OOD sets:
/// neither empty, level in (0, 1]. The threshold is that of the scores the keys were made of.
[[nodiscard]] OodMetrics metricsOfSortedKeys(std::span<const std::uint32_t> id,
                                             std::span<const std::uint32_t> ood, double tprLevel);
[[nodiscard]] OodMetrics metricsOfSortedKeys(std::span<const std::uint64_t> id,
                                             std::span<const std::uint64_t> ood, double tprLevel);

}  // namespace dicescope
