#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace dicescope {

/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): an increment and a bijective mix of 64 bits.
class SplitMix64 {
  public:
    explicit SplitMix64(std::uint64_t state) : state_(state) {}

    std::uint64_t next() {
        state_ += 0x9E3779B97F4A7C15ULL;
        return mix(state_);
    }
    static std::uint64_t mix(std::uint64_t z) {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
        return z ^ (z >> 31);
    }

  private:
    std::uint64_t state_;
};

/// Where the draws of a resample come from: a pure function of (seed, resample, set), so that neither the
/// number of threads nor the other sets matter. Set 0 is ID, set k + 1 is OOD set k.
struct ResampleId {
    std::uint64_t seed = 0;
    std::uint64_t resample = 0;
    std::uint64_t set = 0;
};

/// Fills `draws` with indices drawn uniformly, with replacement, from 0..count-1. Exactly uniform (Lemire's
/// multiplication with rejection). 0 < count < 2^32.
inline void drawIndices(const ResampleId& id, std::size_t count, std::span<std::uint32_t> draws) {
    const std::uint64_t start =
        SplitMix64::mix(SplitMix64::mix(SplitMix64::mix(id.seed + 1) + id.resample + 1) + id.set + 1);
    SplitMix64 random(start);
    const auto bound = static_cast<std::uint32_t>(count);
    const std::uint32_t biased = (0U - bound) % bound;
    for (std::uint32_t& draw : draws) {
        std::uint64_t product = 0;
        do {
            product = (random.next() >> 32) * bound;
        } while (static_cast<std::uint32_t>(product) < biased);
        draw = static_cast<std::uint32_t>(product >> 32);
    }
}

}  // namespace dicescope
