// Included by sweep_kernel.cpp once for each instruction set, hence Highway's guard instead of #pragma once.
#if defined(DICESCOPE_SWEEP_TRANSPOSE_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef DICESCOPE_SWEEP_TRANSPOSE_INL_H
#undef DICESCOPE_SWEEP_TRANSPOSE_INL_H
#else
#define DICESCOPE_SWEEP_TRANSPOSE_INL_H
#endif

#include <hwy/highway.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

HWY_BEFORE_NAMESPACE();
namespace dicescope::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// Four samples of a tile: their rows of features, and the bits of the largest |h| in each. Compared as
/// integers, a NaN is larger than infinity and infinity larger than any number, so one maximum finds them
/// all.
struct FourRows {
    const float* row[4];
    std::int32_t largest[4];
};

#if HWY_TARGET == HWY_SCALAR

/// Writes units [0, units) of four samples to columns 0..3 of `to`, whose rows (units) are `stride` floats
/// apart.
inline void transposeRows(FourRows& rows, std::size_t units, float clip, float* to, std::size_t stride) {
    for (std::size_t i = 0; i < 4; ++i) {
        rows.largest[i] = 0;
        for (std::size_t u = 0; u < units; ++u) {
            const float h = rows.row[i][u] > clip ? clip : rows.row[i][u];
            rows.largest[i] = std::max(rows.largest[i], std::bit_cast<std::int32_t>(std::abs(h)));
            to[u * stride + i] = h;
        }
    }
}

#else

using FourTag = hn::FixedTag<float, 4>;
using FourIntTag = hn::FixedTag<std::int32_t, 4>;
using Four = hn::Vec<FourTag>;
using FourInt = hn::Vec<FourIntTag>;

HWY_INLINE void transposeFour(Four (&v)[4]) {
    const FourTag df;
    const hn::Repartition<double, FourTag> dd;
    const auto ab01 = hn::BitCast(dd, hn::InterleaveLower(df, v[0], v[1]));
    const auto ab23 = hn::BitCast(dd, hn::InterleaveUpper(df, v[0], v[1]));
    const auto cd01 = hn::BitCast(dd, hn::InterleaveLower(df, v[2], v[3]));
    const auto cd23 = hn::BitCast(dd, hn::InterleaveUpper(df, v[2], v[3]));
    v[0] = hn::BitCast(df, hn::InterleaveLower(dd, ab01, cd01));
    v[1] = hn::BitCast(df, hn::InterleaveUpper(dd, ab01, cd01));
    v[2] = hn::BitCast(df, hn::InterleaveLower(dd, ab23, cd23));
    v[3] = hn::BitCast(df, hn::InterleaveUpper(dd, ab23, cd23));
}

/// Four units of four samples, clipped; keeps the largest magnitudes in `largest`.
HWY_INLINE void loadClipped(const float* const (&from)[4], std::size_t unit, float clip, Four (&v)[4],
                            FourInt (&largest)[4]) {
    const Four limit = hn::Set(FourTag(), clip);
    for (std::size_t i = 0; i < 4; ++i) {
        const Four h = hn::LoadU(FourTag(), from[i] + unit);
        // Not Min(), which loses a NaN on some instruction sets.
        v[i] = hn::IfThenElse(hn::Gt(h, limit), limit, h);
        largest[i] = hn::Max(largest[i], hn::BitCast(FourIntTag(), hn::Abs(v[i])));
    }
}

/// Writes units [0, units) of four samples to columns 0..3 of `to`, whose rows (units) are `stride` floats
/// apart.
HWY_INLINE void transposeRows(FourRows& rows, std::size_t units, float clip, float* to, std::size_t stride) {
    FourInt largest[4] = {hn::Zero(FourIntTag()), hn::Zero(FourIntTag()), hn::Zero(FourIntTag()),
                          hn::Zero(FourIntTag())};
    Four v[4];
    const std::size_t whole = units - units % 4;
    for (std::size_t u = 0; u < whole; u += 4) {
        loadClipped(rows.row, u, clip, v, largest);
        transposeFour(v);
        for (std::size_t i = 0; i < 4; ++i) hn::Store(v[i], FourTag(), to + (u + i) * stride);
    }
    if (whole < units) {
        float rest[4][4] = {};
        for (int i = 0; i < 4; ++i)
            std::memcpy(rest[i], rows.row[i] + whole, (units - whole) * sizeof(float));
        const float* const from[4] = {rest[0], rest[1], rest[2], rest[3]};
        loadClipped(from, 0, clip, v, largest);
        transposeFour(v);
        for (std::size_t i = 0; whole + i < units; ++i) hn::Store(v[i], FourTag(), to + (whole + i) * stride);
    }
    for (int i = 0; i < 4; ++i) {
        std::int32_t lanes[4];
        hn::StoreU(largest[i], FourIntTag(), lanes);
        rows.largest[i] = *std::max_element(lanes, lanes + 4);
    }
}

#endif  // HWY_TARGET

}  // namespace dicescope::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
