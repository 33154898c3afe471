#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/metrics/bootstrap.h"

namespace dicescope {

/// The metrics of one resample.
struct Replicate {
    double fpr95 = 0;
    double auroc = 0;
};

/// A column reduced to ranks. A resample is a weight for every ID image and a list of OOD images; with the
/// weights summed along the ranks, each drawn OOD image costs two look-ups and nothing is ever sorted again.
/// Immutable.
class RankedColumn {
  public:
    /// The scores must hold no NaN, and fewer than 2^32 in each set.
    explicit RankedColumn(const ScoreColumn& column);

    /// Fills cumulative[r] with the number of drawn ID images among the r highest, r = 0..K. idWeights: how
    /// often each of the K ID images was drawn.
    void accumulate(std::span<const std::uint32_t> idWeights, std::vector<std::uint32_t>& cumulative) const;

    /// The metrics on the drawn images of one OOD set against the ID weights of `cumulative`; the threshold
    /// is the largest ID score that at least `needed` of the drawn ID images reach.
    [[nodiscard]] Replicate evaluate(std::size_t set, std::span<const std::uint32_t> oodDraws,
                                     std::span<const std::uint32_t> cumulative, std::size_t needed) const;

  private:
    /// Where an OOD score stands among the ID scores sorted from high to low.
    struct Standing {
        std::uint32_t idAbove;      // ID scores > it
        std::uint32_t idAtOrAbove;  // ID scores >= it
    };

    static std::vector<Standing> standings(std::span<const double> scores,
                                           std::span<const std::uint64_t> idKeys);

    std::vector<std::uint32_t> imageAtRank_;
    std::vector<std::vector<Standing>> ood_;
};

}  // namespace dicescope
