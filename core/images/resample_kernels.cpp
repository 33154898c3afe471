#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/images/resample_kernels.cpp"
#include <hwy/foreach_target.h>  // compiles this file once for each instruction set
// After foreach_target.h, as Highway demands.
#include <hwy/highway.h>

#include "core/images/resample_internal.h"

HWY_BEFORE_NAMESPACE();
namespace dicescope::detail::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

constexpr std::int32_t kHalf = 1 << (kWeightBits - 1);

std::uint8_t RoundAndClip(std::int32_t sum) {
    const std::int32_t value = sum >> kWeightBits;
    return static_cast<std::uint8_t>(value < 0 ? 0 : (value > 255 ? 255 : value));
}

#if HWY_TARGET == HWY_SCALAR
void ResampleRow(const std::uint8_t* row, int origin, const ResampleFilter& filter, std::uint8_t* out) {
    const std::int32_t* weights = filter.weights.data();
    for (std::size_t i = 0; i < filter.size(); ++i, weights += filter.stride) {
        const std::uint8_t* pixel = row + static_cast<std::size_t>(filter.first[i] - origin) * 3;
        for (std::size_t k = 0; k < 3; ++k) {
            std::int32_t sum = kHalf;
            for (int t = 0; t < filter.count[i]; ++t) sum += pixel[3 * t + static_cast<int>(k)] * weights[t];
            out[i * 3 + k] = RoundAndClip(sum);
        }
    }
}
#else
/// Four lanes are one RGB pixel and a neighbour's byte that is computed and overwritten by the next pixel.
void ResampleRow(const std::uint8_t* row, int origin, const ResampleFilter& filter, std::uint8_t* out) {
    const hn::FixedTag<std::int32_t, 4> d32;
    const hn::Rebind<std::uint8_t, decltype(d32)> d8;
    const std::int32_t* weights = filter.weights.data();
    for (std::size_t i = 0; i < filter.size(); ++i) {
        const std::uint8_t* pixel = row + static_cast<std::size_t>(filter.first[i] - origin) * 3;
        const int count = filter.count[i];
        auto even = hn::Set(d32, kHalf);
        auto odd = hn::Zero(d32);
        int t = 0;
        for (; t + 1 < count; t += 2, pixel += 6) {
            even = hn::Add(even, hn::Mul(hn::PromoteTo(d32, hn::LoadU(d8, pixel)), hn::Set(d32, weights[t])));
            odd = hn::Add(
                odd, hn::Mul(hn::PromoteTo(d32, hn::LoadU(d8, pixel + 3)), hn::Set(d32, weights[t + 1])));
        }
        if (t < count) {
            even = hn::Add(even, hn::Mul(hn::PromoteTo(d32, hn::LoadU(d8, pixel)), hn::Set(d32, weights[t])));
        }
        hn::StoreU(hn::DemoteTo(d8, hn::ShiftRight<kWeightBits>(hn::Add(even, odd))), d8, out + i * 3);
        weights += filter.stride;
    }
}
#endif

void ResampleColumns(const std::uint8_t* rows, std::size_t rowBytes, const std::int32_t* weights,
                     std::size_t count, std::size_t bytes, std::uint8_t* out) {
    const hn::ScalableTag<std::int32_t> d32;
    const hn::Rebind<std::uint8_t, decltype(d32)> d8;
    const std::size_t lanes = hn::Lanes(d32);
    std::size_t b = 0;
    for (; b + 2 * lanes <= bytes; b += 2 * lanes) {
        auto low = hn::Set(d32, kHalf);
        auto high = low;
        const std::uint8_t* in = rows + b;
        for (std::size_t t = 0; t < count; ++t, in += rowBytes) {
            const auto weight = hn::Set(d32, weights[t]);
            low = hn::Add(low, hn::Mul(hn::PromoteTo(d32, hn::LoadU(d8, in)), weight));
            high = hn::Add(high, hn::Mul(hn::PromoteTo(d32, hn::LoadU(d8, in + lanes)), weight));
        }
        hn::StoreU(hn::DemoteTo(d8, hn::ShiftRight<kWeightBits>(low)), d8, out + b);
        hn::StoreU(hn::DemoteTo(d8, hn::ShiftRight<kWeightBits>(high)), d8, out + b + lanes);
    }
    for (; b < bytes; ++b) {
        std::int32_t sum = kHalf;
        for (std::size_t t = 0; t < count; ++t) sum += rows[t * rowBytes + b] * weights[t];
        out[b] = RoundAndClip(sum);
    }
}

}  // namespace dicescope::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace dicescope::detail {

HWY_EXPORT(ResampleRow);
HWY_EXPORT(ResampleColumns);

void resampleRow(const std::uint8_t* row, int origin, const ResampleFilter& filter, std::uint8_t* out) {
    HWY_DYNAMIC_DISPATCH(ResampleRow)(row, origin, filter, out);
}

void resampleColumns(const std::uint8_t* rows, std::size_t rowBytes, std::span<const std::int32_t> weights,
                     std::size_t bytes, std::uint8_t* out) {
    HWY_DYNAMIC_DISPATCH(ResampleColumns)(rows, rowBytes, weights.data(), weights.size(), bytes, out);
}

}  // namespace dicescope::detail
#endif
