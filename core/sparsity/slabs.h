#pragma once

// Internal to core/sparsity: the order in which a sweep visits its samples.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace dicescope {

/// The samples 0..N-1 in a random order, cut into slabs that grow from 1,024 samples, doubling, to `most`.
/// Within a slab they ascend, so that a mapped file is read in order. The same on every platform.
class Slabs {
  public:
    Slabs(std::size_t samples, std::size_t most, std::uint64_t seed);

    [[nodiscard]] std::size_t count() const { return ends_.size(); }
    [[nodiscard]] std::span<const std::size_t> slab(std::size_t index) const;
    /// The samples of this slab and of all before it.
    [[nodiscard]] std::span<const std::size_t> upTo(std::size_t index) const;

  private:
    std::vector<std::size_t> order_;
    std::vector<std::size_t> ends_;
};

}  // namespace dicescope
