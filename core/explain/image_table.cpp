#include "core/explain/image_table.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <utility>

#include "core/base/exceptions.h"
#include "core/metrics/score_order.h"

namespace dicescope {
namespace {

constexpr const char* kOutOfMemory = "There is not enough memory for the table of images; use fewer images.";
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

Status checkSet(const TableSet& set) {
    const std::size_t count = set.dense.size();
    if (set.predicted.size() == count && set.atLevel.size() == count &&
        (set.labels.empty() || set.labels.size() == count)) {
        return {};
    }
    return fail(ErrorCode::Mismatch, "The scores, predictions and labels of the set \"" + set.name +
                                         "\" are not of the same images; evaluate it again.");
}

/// The largest ID score that the share tprLevel of the ID scores reaches.
double thresholdOf(std::span<const TableSet> sets, std::span<const float> TableSet::*column,
                   double tprLevel) {
    std::vector<float> scores;
    for (const TableSet& set : sets) {
        if (!set.inDistribution) continue;
        std::ranges::copy_if(set.*column, std::back_inserter(scores),
                             [](float score) { return !std::isnan(score); });
    }
    if (scores.empty()) return static_cast<double>(kNan);
    const auto place =
        scores.begin() + static_cast<std::ptrdiff_t>(samplesAtLevel(scores.size(), tprLevel) - 1);
    std::ranges::nth_element(scores, place, std::greater());
    return static_cast<double>(*place);
}

/// A filter made ready to be asked 90,000 times.
class Matcher {
  public:
    Matcher(const ImageFilter& filter, std::size_t sets)
        : filter_(filter), wanted_(sets, filter.sets.empty()) {
        for (const std::uint32_t set : filter.sets) {
            if (set < sets) wanted_[set] = true;
        }
    }

    bool operator()(const ImageRecord& record) const {
        return wanted_[record.set] && (!filter_.label || record.label == *filter_.label) &&
               (!filter_.predicted || record.predicted == *filter_.predicted) &&
               (!filter_.changed || record.changed()) && meetsErrors(record) && meetsBounds(record);
    }

  private:
    [[nodiscard]] bool meetsErrors(const ImageRecord& record) const {
        if (!filter_.wronglyAccepted && !filter_.wronglyRejected) return true;
        const bool accepted =
            filter_.side == ScoreSide::Dense ? record.acceptedDense : record.acceptedAtLevel;
        return (filter_.wronglyAccepted && !record.inDistribution && accepted) ||
               (filter_.wronglyRejected && record.inDistribution && !accepted);
    }

    [[nodiscard]] bool meetsBounds(const ImageRecord& record) const {
        const float score = filter_.side == ScoreSide::Dense ? record.dense : record.atLevel;
        return (!filter_.low || score >= *filter_.low) && (!filter_.high || score <= *filter_.high);
    }

    const ImageFilter& filter_;
    std::vector<bool> wanted_;
};

struct Ranked {
    std::uint32_t key;
    std::uint32_t index;
};

/// Sorts by value, NaN last, equal ones as they are.
std::vector<std::uint32_t> sortedBy(std::span<const std::uint32_t> indices,
                                    const std::function<float(std::uint32_t)>& valueOf, bool descending) {
    std::vector<Ranked> items;
    items.reserve(indices.size());
    for (const std::uint32_t index : indices) {
        const float value = valueOf(index);
        const std::uint32_t key = std::isnan(value) ? std::numeric_limits<std::uint32_t>::max()
                                                    : descendingKey(descending ? value : -value);
        items.push_back({key, index});
    }
    std::vector<Ranked> scratch;
    radixSort(items, scratch, [](const Ranked& item) { return item.key; });
    std::vector<std::uint32_t> sorted(items.size());
    std::ranges::transform(items, sorted.begin(), &Ranked::index);
    return sorted;
}

/// Mean ranks as shares: 0 for the lowest score, 1 for the highest. NaN has none.
std::vector<double> rankShares(std::span<const float> scores, const std::vector<bool>& counted) {
    std::vector<Ranked> items;
    for (std::size_t i = 0; i < scores.size(); ++i) {
        if (counted[i]) items.push_back({descendingKey(-scores[i]), static_cast<std::uint32_t>(i)});
    }
    std::vector<Ranked> scratch;
    radixSort(items, scratch, [](const Ranked& item) { return item.key; });
    std::vector<double> shares(scores.size());
    const double most = items.size() > 1 ? static_cast<double>(items.size() - 1) : 1;
    for (std::size_t begin = 0; begin < items.size();) {
        std::size_t end = begin + 1;
        while (end < items.size() && items[end].key == items[begin].key) ++end;
        const double rank = static_cast<double>(begin + end - 1) / 2;
        for (std::size_t i = begin; i < end; ++i) shares[items[i].index] = rank / most;
        begin = end;
    }
    return shares;
}

}  // namespace

Result<ImageTable> ImageTable::make(std::span<const TableSet> sets, double tprLevel) {
    if (const Status status = checkTprLevel(tprLevel); !status) return forwardError(status);
    for (const TableSet& set : sets) {
        if (const Status status = checkSet(set); !status) return forwardError(status);
    }
    return withoutExceptions("The table of images", kOutOfMemory, [&]() -> Result<ImageTable> {
        ImageTable table;
        table.denseThreshold_ = thresholdOf(sets, &TableSet::dense, tprLevel);
        table.levelThreshold_ = thresholdOf(sets, &TableSet::atLevel, tprLevel);
        const auto accepted = [](float score, double threshold) {
            return static_cast<double>(score) >= threshold;
        };
        for (std::size_t s = 0; s < sets.size(); ++s) {
            const TableSet& set = sets[s];
            table.starts_.push_back(table.records_.size());
            for (std::size_t row = 0; row < set.dense.size(); ++row) {
                table.records_.push_back(
                    {.set = static_cast<std::uint32_t>(s),
                     .row = static_cast<std::uint32_t>(row),
                     .label = set.labels.empty() ? -1 : set.labels[row],
                     .predicted = set.predicted[row],
                     .dense = set.dense[row],
                     .atLevel = set.atLevel[row],
                     .inDistribution = set.inDistribution,
                     .acceptedDense = accepted(set.dense[row], table.denseThreshold_),
                     .acceptedAtLevel = accepted(set.atLevel[row], table.levelThreshold_)});
            }
        }
        return table;
    });
}

std::vector<std::uint32_t> ImageTable::select(const ImageFilter& filter, ImageOrder order, bool descending,
                                              std::span<const float> column) const {
    const Matcher matches(filter, starts_.size());
    std::vector<std::uint32_t> found;
    for (std::size_t i = 0; i < records_.size(); ++i) {
        if (matches(records_[i])) found.push_back(static_cast<std::uint32_t>(i));
    }
    switch (order) {
        case ImageOrder::AsTheyAre:
            break;
        case ImageOrder::DenseScore:
            return sortedBy(
                found, [&](std::uint32_t i) { return records_[i].dense; }, descending);
        case ImageOrder::LevelScore:
            return sortedBy(
                found, [&](std::uint32_t i) { return records_[i].atLevel; }, descending);
        case ImageOrder::MarginChange:
            return sortedBy(
                found, [&](std::uint32_t i) { return marginChange(records_[i]); }, descending);
        case ImageOrder::Column:
            return sortedBy(
                found, [&](std::uint32_t i) { return i < column.size() ? column[i] : kNan; }, descending);
    }
    if (descending) std::ranges::reverse(found);
    return found;
}

float ImageTable::marginChange(const ImageRecord& record) const {
    return static_cast<float>((static_cast<double>(record.atLevel) - levelThreshold_) -
                              (static_cast<double>(record.dense) - denseThreshold_));
}

Result<std::vector<float>> rankDisagreement(std::span<const float> first, std::span<const float> second) {
    if (first.size() != second.size()) {
        return fail(ErrorCode::Mismatch, "The two scores are not of the same images (" +
                                             std::to_string(first.size()) + " and " +
                                             std::to_string(second.size()) + "); evaluate both again.");
    }
    return withoutExceptions("The comparison", kOutOfMemory, [&]() -> Result<std::vector<float>> {
        std::vector<bool> counted(first.size());
        for (std::size_t i = 0; i < first.size(); ++i)
            counted[i] = !std::isnan(first[i]) && !std::isnan(second[i]);
        const auto a = rankShares(first, counted);
        const auto b = rankShares(second, counted);
        std::vector<float> difference(first.size(), kNan);
        for (std::size_t i = 0; i < first.size(); ++i) {
            if (counted[i]) difference[i] = static_cast<float>(std::abs(a[i] - b[i]));
        }
        return difference;
    });
}

}  // namespace dicescope
