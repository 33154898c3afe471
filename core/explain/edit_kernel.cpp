#include "core/explain/edit_kernel.h"

#include <algorithm>
#include <cmath>
#include <limits>

// The same targets as the sweep's, whose arithmetic is used.
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
// Highway compiles the rest of this file once for each instruction set.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/explain/edit_kernel.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// After highway.h, whose macros it uses.
#include "core/sparsity/sweep_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace dicescope::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

static_assert(kClassGroup % kLanes == 0);
constexpr std::size_t kGroupVectors = kClassGroup / kLanes;
/// exp of less is 0 beside the largest logit, whose own is 1.
constexpr float kLowestPower = -100.0f;

/// The largest logit of one image; NaN where one of them is not finite.
HWY_INLINE float editLogits(const EditRows& task, std::size_t row, float* edited) {
    const Tag d;
    const float* base = task.logits + row * task.stride;
    const float* h = task.activations + row * task.units;
    const float* weights = task.weights;
    Vec largest = hn::Set(d, kNoLogit);
    Vec notFinite = hn::Zero(d);
    for (std::size_t c = 0; c < task.stride; c += kClassGroup) {
        Vec logit[kGroupVectors];
        for (std::size_t i = 0; i < kGroupVectors; ++i) logit[i] = hn::Load(d, base + c + i * kLanes);
        for (std::size_t u = 0; u < task.units; ++u, weights += kClassGroup) {
            const Vec activation = hn::Set(d, h[u]);
            for (std::size_t i = 0; i < kGroupVectors; ++i)
                logit[i] = hn::NegMulAdd(activation, hn::Load(d, weights + i * kLanes), logit[i]);
        }
        for (std::size_t i = 0; i < kGroupVectors; ++i) {
            hn::Store(logit[i], d, edited + c + i * kLanes);
            largest = hn::Max(largest, logit[i]);
            // 0 for every finite number, NaN for all others.
            notFinite = hn::MulAdd(logit[i], hn::Zero(d), notFinite);
        }
    }
    return hn::GetLane(hn::MaxOfLanes(d, largest)) + hn::GetLane(hn::SumOfLanes(d, notFinite));
}

/// sum of exp(logit - largest) over all but one of the largest, which is taken out of `edited`.
HWY_INLINE float sumOfOthers(float* edited, std::size_t stride, float largest, std::size_t prediction) {
    const Tag d;
    edited[prediction] = kNoLogit;
    Vec sums[kGroupVectors];
    for (auto& sum : sums) sum = hn::Zero(d);
    const Vec shift = hn::Set(d, kShifter);
    for (std::size_t c = 0; c < stride; c += kClassGroup) {
        for (std::size_t i = 0; i < kGroupVectors; ++i) {
            const Vec below = hn::Sub(hn::Load(d, edited + c + i * kLanes), hn::Set(d, largest));
            sums[i] = hn::Add(sums[i], powerOf(hn::Max(below, hn::Set(d, kLowestPower)), shift));
        }
    }
    for (std::size_t i = 1; i < kGroupVectors; ++i) sums[0] = hn::Add(sums[0], sums[i]);
    const float sum = hn::GetLane(hn::SumOfLanes(d, sums[0]));
    // Where there is nothing but powers too small to be told from 0.
    return sum > static_cast<float>(stride) * kLeastPower * 1.01f ? sum : 0;
}

HWY_ATTR void summariseOnTarget(const EditRows& task, float* scratch) {
    for (std::size_t row = 0; row < task.rows; ++row) {
        const float largest = editLogits(task, row, scratch);
        if (!(std::abs(largest) <= kLargestEditedLogit)) {
            task.maxLogit[row] = task.excess[row] = std::numeric_limits<float>::quiet_NaN();
            task.prediction[row] = -1;
            continue;
        }
        const auto best =
            static_cast<std::size_t>(std::find(scratch, scratch + task.stride, largest) - scratch);
        task.maxLogit[row] = largest;
        task.excess[row] = std::log1p(sumOfOthers(scratch, task.stride, largest, best));
        task.prediction[row] = static_cast<std::int32_t>(best);
    }
}

}  // namespace dicescope::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace dicescope {

HWY_EXPORT(summariseOnTarget);

void summariseEdited(const EditRows& rows, float* scratch) {
    HWY_DYNAMIC_DISPATCH(summariseOnTarget)(rows, scratch);
}

}  // namespace dicescope
#endif
