#include "core/sparsity/slabs.h"

#include <algorithm>
#include <numeric>
#include <random>
#include <utility>

namespace dicescope {
namespace {

constexpr std::size_t kFirstSlab = 1024;

std::vector<std::size_t> shuffled(std::size_t count, std::uint64_t seed) {
    std::vector<std::size_t> order(count);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::mt19937_64 engine(seed);
    for (std::size_t left = count; left > 1; --left) {
        // The bias of a 64-bit remainder is below 1e-9 for any number of samples that fits in memory.
        std::swap(order[left - 1], order[engine() % left]);
    }
    return order;
}

}  // namespace

Slabs::Slabs(std::size_t samples, std::size_t most, std::uint64_t seed) : order_(shuffled(samples, seed)) {
    std::size_t length = std::min(kFirstSlab, most);
    for (std::size_t begin = 0; begin < samples; length = std::min(length * 2, most)) {
        const std::size_t end = begin + std::min(length, samples - begin);
        std::sort(order_.begin() + static_cast<std::ptrdiff_t>(begin),
                  order_.begin() + static_cast<std::ptrdiff_t>(end));
        ends_.push_back(end);
        begin = end;
    }
}

std::span<const std::size_t> Slabs::slab(std::size_t index) const {
    return upTo(index).subspan(index == 0 ? 0 : ends_[index - 1]);
}

std::span<const std::size_t> Slabs::upTo(std::size_t index) const {
    return std::span(order_).first(ends_[index]);
}

}  // namespace dicescope
