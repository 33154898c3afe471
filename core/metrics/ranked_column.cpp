#include "core/metrics/ranked_column.h"

#include <algorithm>

#include "core/metrics/score_order.h"

namespace dicescope {

RankedColumn::RankedColumn(const ScoreColumn& column) : imageAtRank_(column.id.size()) {
    struct Item {
        std::uint64_t key;
        std::uint32_t image;
    };
    std::vector<Item> items(column.id.size());
    for (std::size_t i = 0; i < items.size(); ++i) {
        items[i] = {descendingKey(column.id[i]), static_cast<std::uint32_t>(i)};
    }
    std::vector<Item> scratch;
    radixSort(items, scratch, [](const Item& item) { return item.key; });
    std::vector<std::uint64_t> keys(items.size());
    for (std::size_t rank = 0; rank < items.size(); ++rank) {
        imageAtRank_[rank] = items[rank].image;
        keys[rank] = items[rank].key;
    }
    for (const auto& scores : column.ood) ood_.push_back(standings(scores, keys));
}

void RankedColumn::accumulate(std::span<const std::uint32_t> idWeights,
                              std::vector<std::uint32_t>& cumulative) const {
    cumulative.resize(imageAtRank_.size() + 1);
    std::uint32_t sum = 0;
    for (std::size_t rank = 0; rank < imageAtRank_.size(); ++rank) {
        cumulative[rank] = sum;
        sum += idWeights[imageAtRank_[rank]];
    }
    cumulative.back() = sum;
}

Replicate RankedColumn::evaluate(std::size_t set, std::span<const std::uint32_t> oodDraws,
                                 std::span<const std::uint32_t> cumulative, std::size_t needed) const {
    const auto reached = std::lower_bound(cumulative.begin(), cumulative.end(), needed);
    const auto thresholdRank = static_cast<std::uint32_t>(reached - cumulative.begin() - 1);
    std::uint64_t twiceWins = 0;
    std::size_t accepted = 0;
    for (const std::uint32_t image : oodDraws) {
        const Standing standing = ood_[set][image];
        twiceWins += cumulative[standing.idAbove] + std::uint64_t{cumulative[standing.idAtOrAbove]};
        accepted += standing.idAbove <= thresholdRank ? 1 : 0;
    }
    const auto oods = static_cast<double>(oodDraws.size());
    return {static_cast<double>(accepted) / oods,
            static_cast<double>(twiceWins) / (2.0 * static_cast<double>(cumulative.back()) * oods)};
}

std::vector<RankedColumn::Standing> RankedColumn::standings(std::span<const double> scores,
                                                            std::span<const std::uint64_t> idKeys) {
    std::vector<Standing> result(scores.size());
    std::transform(scores.begin(), scores.end(), result.begin(), [idKeys](double score) {
        const auto [first, last] = std::equal_range(idKeys.begin(), idKeys.end(), descendingKey(score));
        return Standing{static_cast<std::uint32_t>(first - idKeys.begin()),
                        static_cast<std::uint32_t>(last - idKeys.begin())};
    });
    return result;
}

}  // namespace dicescope
