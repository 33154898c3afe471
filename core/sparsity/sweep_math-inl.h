// Included by kernels once for each instruction set, hence Highway's guard instead of #pragma once.
#if defined(DICESCOPE_SWEEP_MATH_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef DICESCOPE_SWEEP_MATH_INL_H
#undef DICESCOPE_SWEEP_MATH_INL_H
#else
#define DICESCOPE_SWEEP_MATH_INL_H
#endif

#include <hwy/highway.h>

#include <bit>
#include <cstddef>
#include <cstdint>

HWY_BEFORE_NAMESPACE();
namespace dicescope::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Tag = hn::ScalableTag<float>;
using IntTag = hn::RebindToSigned<Tag>;
using Vec = hn::Vec<Tag>;
using IntVec = hn::Vec<IntTag>;

constexpr std::size_t kVectors = 4;
constexpr std::size_t kLanes = hn::MaxLanes(Tag());
/// Samples in a tile.
constexpr std::size_t kTile = kVectors * kLanes;

constexpr float kLog2e = 1.44269504f;
/// Adding this to a number below 2^22 rounds it to an integer, which is then in the low bits of the sum.
constexpr float kShifter = 0x1.8p23f;
/// powerOf() is at least this.
constexpr float kLeastPower = 0x1p-126f;

/// One value for each sample of the tile.
struct Block {
    Vec v[kVectors];
};
struct IntBlock {
    IntVec v[kVectors];
};

HWY_INLINE Block setBlock(float value) {
    Block block;
    for (std::size_t i = 0; i < kVectors; ++i) block.v[i] = hn::Set(Tag(), value);
    return block;
}

HWY_INLINE Block loadBlock(const float* from) {
    Block block;
    for (std::size_t i = 0; i < kVectors; ++i) block.v[i] = hn::Load(Tag(), from + i * kLanes);
    return block;
}

HWY_INLINE void storeBlock(const Block& block, float* to) {
    for (std::size_t i = 0; i < kVectors; ++i) hn::Store(block.v[i], Tag(), to + i * kLanes);
}

/// 2^(x log2(e) - r) for an integer r, with shift = kShifter - r: exp(x) in units of 2^r. |x|
/// and |r| at most 2^20 and the exponent at most 127; below -126 it counts as -126. Relative error
/// below 1.3e-7 + 2e-8 |x|. A third of the cost of hwy::Exp: reference, rounding and scaling share their
/// steps, and nothing flushes to zero.
HWY_INLINE Vec powerOf(Vec x, Vec shift) {
    const Tag d;
    const IntTag di;
    const Vec log2e = hn::Set(d, kLog2e);
    const Vec shifted = hn::MulAdd(x, log2e, shift);
    const Vec f = hn::MulSub(x, log2e, hn::Sub(shifted, shift));
    // 2^f on [-1/2, 1/2] as 1 + f q(f), minimax in the relative error.
    Vec q = hn::MulAdd(f, hn::Set(d, 0x1.5bba14p-10f), hn::Set(d, 0x1.3cea88p-7f));
    q = hn::MulAdd(f, q, hn::Set(d, 0x1.c6b752p-5f));
    q = hn::MulAdd(f, q, hn::Set(d, 0x1.ebf9bcp-3f));
    q = hn::MulAdd(f, q, hn::Set(d, 0x1.62e42ap-1f));
    const Vec power = hn::MulAdd(f, q, hn::Set(d, 1.0f));
    const IntVec least = hn::Set(di, std::bit_cast<std::int32_t>(kShifter - 126.0f));
    const IntVec exponent = hn::ShiftLeft<23>(hn::Max(hn::BitCast(di, shifted), least));
    return hn::BitCast(d, hn::Add(hn::BitCast(di, power), exponent));
}

}  // namespace dicescope::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
