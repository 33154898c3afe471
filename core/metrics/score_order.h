#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

namespace dicescope {

/// The unsigned integer type with as many bits as the floating-point type T (float or double).
template <class T>
using OrderKey = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;

/// A key whose integer order is the reverse of the score's: of two scores the larger has the smaller key,
/// equal scores
/// (-0 and +0 too) have equal keys, +inf comes first and -inf last. Not for NaN.
template <class T>
[[nodiscard]] inline OrderKey<T> descendingKey(T score) {
    using Key = OrderKey<T>;
    constexpr Key kSign = Key{1} << (8 * sizeof(T) - 1);
    const Key bits = std::bit_cast<Key>(score + T{0});  // adding +0 turns -0 into +0
    return (bits & kSign) != 0 ? bits : static_cast<Key>(~(bits | kSign));
}

/// The score of a key made by descendingKey.
template <class T>
[[nodiscard]] inline T scoreOfKey(OrderKey<T> key) {
    using Key = OrderKey<T>;
    constexpr Key kSign = Key{1} << (8 * sizeof(T) - 1);
    return std::bit_cast<T>((key & kSign) != 0 ? key : static_cast<Key>(~(key | kSign)));
}

/// Sorts items by an unsigned integer key of theirs, smallest first, keeping the order of equal ones.
/// `scratch` is resized and overwritten. Least significant digit first in digits of 11 bits: time linear in
/// the number of items.
template <class Item, class KeyOf>
void radixSort(std::vector<Item>& items, std::vector<Item>& scratch, KeyOf keyOf) {
    using Key = std::remove_cvref_t<decltype(keyOf(items[0]))>;
    constexpr unsigned kDigitBits = 11;
    constexpr std::size_t kBuckets = std::size_t{1} << kDigitBits;
    constexpr std::size_t kPasses = (8 * sizeof(Key) + kDigitBits - 1) / kDigitBits;
    const auto digit = [&](const Item& item, std::size_t pass) {
        return static_cast<std::size_t>(keyOf(item) >> (kDigitBits * pass)) & (kBuckets - 1);
    };
    std::array<std::array<std::size_t, kBuckets>, kPasses> starts{};
    for (const Item& item : items) {
        for (std::size_t pass = 0; pass < kPasses; ++pass) ++starts[pass][digit(item, pass)];
    }
    scratch.resize(items.size());
    for (std::size_t pass = 0; pass < kPasses; ++pass) {
        auto& start = starts[pass];
        if (std::find(start.begin(), start.end(), items.size()) != start.end()) continue;
        std::size_t sum = 0;
        for (std::size_t& bucket : start) {
            const std::size_t size = bucket;
            bucket = sum;
            sum += size;
        }
        for (const Item& item : items) scratch[start[digit(item, pass)]++] = item;
        items.swap(scratch);
    }
}

/// The keys of scores, sorted: from the highest score to the lowest. Scores must hold no NaN.
template <class T>
[[nodiscard]] std::vector<OrderKey<T>> sortedKeys(std::span<const T> scores) {
    constexpr std::size_t kFewScores = 512;  // below this, clearing the buckets costs more than comparing
    std::vector<OrderKey<T>> keys(scores.size());
    std::transform(scores.begin(), scores.end(), keys.begin(), [](T score) { return descendingKey(score); });
    if (keys.size() < kFewScores) {
        std::sort(keys.begin(), keys.end());
    } else {
        std::vector<OrderKey<T>> scratch;
        radixSort(keys, scratch, [](OrderKey<T> key) { return key; });
    }
    return keys;
}

/// Visits every distinct score of two sorted key lists from the highest to the lowest:
/// visit(key, ID scores with this value, OOD scores with this value).
template <class Key, class Visit>
void walkDescending(std::span<const Key> id, std::span<const Key> ood, Visit visit) {
    std::size_t i = 0;
    std::size_t o = 0;
    while (i < id.size() || o < ood.size()) {
        const bool fromId = o == ood.size() || (i < id.size() && id[i] <= ood[o]);
        const Key key = fromId ? id[i] : ood[o];
        const std::size_t idBefore = i;
        const std::size_t oodBefore = o;
        while (i < id.size() && id[i] == key) ++i;
        while (o < ood.size() && ood[o] == key) ++o;
        visit(key, i - idBefore, o - oodBefore);
    }
}

}  // namespace dicescope
