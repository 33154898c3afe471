#include "core/sparsity/sweep_kernel.h"

#include <algorithm>
#include <bit>
#include <limits>

// Vectors of a length that is not known at compile time cannot be members of a struct; NEON serves those
// processors.
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
// Highway compiles the rest of this file once for each instruction set.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/sparsity/sweep_kernel.cpp"
#include <hwy/cache_control.h>
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// After highway.h, whose macros they use.
#include <hwy/contrib/math/math-inl.h>

#include "core/sparsity/sweep_math-inl.h"
#include "core/sparsity/sweep_transpose-inl.h"

HWY_BEFORE_NAMESPACE();
namespace dicescope::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// Classes between two looks at the stop token.
constexpr std::size_t kClassesPerLook = 256;
/// From this many on, the entries of a class and step are summed apart from the logit: many small sums lose
/// less than one long one.
constexpr std::size_t kFewEntries = 8;
/// How far, in powers of two, the largest logit may lie from the reference of the powers: if it were further
/// above, they could overflow; further below, those that matter could vanish.
constexpr float kFarthest = 40.0f;
/// How far below its reference, in powers of two, the search for the largest logit starts; beyond kFarthest.
constexpr float kStartBelow = 200.0f;

HWY_INLINE void prefetchBlock(const float* block) {
    for (std::size_t i = 0; i < kVectors; ++i) hwy::Prefetch(block + i * kLanes);
}

HWY_INLINE void addProducts(const WalkEntry* entries, std::size_t count, const float* features, Block& sum) {
    for (std::size_t e = 0; e < count; ++e) {
        const float* h = features + entries[e].unit * kTile;
        prefetchBlock(features + entries[e + kEntriesAhead].unit * kTile);
        const Vec weight = hn::Set(Tag(), entries[e].weight);
        for (std::size_t i = 0; i < kVectors; ++i) {
            sum.v[i] = hn::MulAdd(weight, hn::Load(Tag(), h + i * kLanes), sum.v[i]);
        }
    }
}

/// Adds weight * feature of some entries of one class to its logit.
HWY_INLINE void addEntries(const WalkEntry* entries, std::size_t count, const float* features, Block& logit) {
    if (count < kFewEntries) {
        addProducts(entries, count, features, logit);
        return;
    }
    Block sum = setBlock(0);
    addProducts(entries, count, features, sum);
    for (std::size_t i = 0; i < kVectors; ++i) logit.v[i] = hn::Add(logit.v[i], sum.v[i]);
}

/// What is known of the logits of one step after some classes.
struct Seen {
    Block largest;
    Block others;  ///< sum of powerOf() of all logits but the largest one
    IntBlock prediction;
};

HWY_INLINE void updatePrediction(Vec logit, IntVec index, Vec largest, IntVec& best) {
    // Classes come in any order; among equal logits the smallest index counts.
    const auto larger = hn::RebindMask(IntTag(), hn::Gt(logit, largest));
    const auto equal = hn::RebindMask(IntTag(), hn::Eq(logit, largest));
    best = hn::IfThenElse(larger, index, best);
    best = hn::IfThenElse(equal, hn::Min(index, best), best);
}

/// Of a new logit and the largest so far, the smaller one joins the others: their sum never holds the largest
/// itself and so stays accurate where it is far smaller.
template <bool kPredict>
HWY_INLINE void include(const Block& logit, const float* shift, std::size_t c, Seen& seen) {
    const IntVec index = hn::Set(IntTag(), static_cast<std::int32_t>(c));
    for (std::size_t i = 0; i < kVectors; ++i) {
        Vec& largest = seen.largest.v[i];
        const Vec smaller = hn::Min(logit.v[i], largest);
        seen.others.v[i] = hn::Add(seen.others.v[i], powerOf(smaller, hn::Load(Tag(), shift + i * kLanes)));
        if constexpr (kPredict) updatePrediction(logit.v[i], index, largest, seen.prediction.v[i]);
        largest = hn::Max(logit.v[i], largest);
    }
}

/// A tile of samples on its way through the walk.
template <bool kPredict>
class Tile {
  public:
    Tile(const TileTask& task, float* scratch)
        : task_(task),
          walk_(*task.walk),
          features_(scratch),
          logits_(features_ + walk_.units * kTile),
          entries_(walk_.entries.data()) {}

    HWY_INLINE bool run() {
        loadFeatures();
        for (std::size_t c = 0; c < walk_.classes; ++c)
            storeBlock(setBlock(walk_.bias[c]), logits_ + c * kTile);
        std::fill_n(largest_, kTile, *std::max_element(walk_.bias.begin(), walk_.bias.end()));
        for (std::size_t pass = 0; pass < walk_.passes(); ++pass) {
            setReference();
            if (!runPass(pass)) return false;
        }
        return true;
    }

  private:
    HWY_INLINE void loadFeatures() {
        const std::size_t count = task_.samples.size();
        for (std::size_t s = 0; s < kTile; s += 4) {
            FourRows rows;
            for (std::size_t i = 0; i < 4; ++i) {
                // Lanes without a sample repeat the last one, so that they need no arithmetic of their own.
                rows.row[i] = task_.features.row(task_.samples[std::min(s + i, count - 1)]).data();
            }
            transposeRows(rows, walk_.units, task_.clip, features_ + s, kTile);
            for (std::size_t i = 0; i < 4; ++i) takeIn(std::bit_cast<float>(rows.largest[i]), s + i);
        }
    }

    /// A sample whose logits are not sure to be finite is marked, and its features become 0.
    void takeIn(float largestFeature, std::size_t s) {
        usable_[s] = largestFeature <= walk_.largestFeature;
        if (!usable_[s]) {
            largestFeature = 0;
            for (std::size_t u = 0; u < walk_.units; ++u) features_[u * kTile + s] = 0;
        }
        largestFeature_ = std::max(largestFeature_, largestFeature);
        // All bits set where the fast exponential does not hold.
        beyond_[s] = largestFeature <= walk_.largestFastFeature ? 0 : -1;
    }

    /// The reference of the next pass: the largest logit, as a whole number of powers of two.
    HWY_INLINE void setReference() {
        constexpr float kMost = static_cast<float>(kLargestFastLogit) * kLog2e;
        for (std::size_t s = 0; s < kTile; s += kLanes) {
            const Vec power = hn::Mul(hn::Load(Tag(), largest_ + s), hn::Set(Tag(), kLog2e));
            const Vec bounded = hn::Max(hn::Min(power, hn::Set(Tag(), kMost)), hn::Set(Tag(), -kMost));
            hn::Store(hn::Sub(hn::Set(Tag(), kShifter), hn::Round(bounded)), Tag(), shift_ + s);
        }
    }

    HWY_INLINE bool runPass(std::size_t pass) {
        const std::size_t first = pass * kStepsPerPass;
        const std::size_t steps = std::min(kStepsPerPass, walk_.steps() - first);
        if (pass > 0 && walk_.reach[pass] == 0) {
            for (std::size_t k = 0; k < steps; ++k) write(first + k);
            return true;
        }
        // The largest logit moves by no more than a class's logit does.
        const bool staysNear = largestFeature_ <= walk_.largestFastFeature &&
                               largestFeature_ * walk_.reach[pass] * kLog2e < kFarthest - 2.0f;
        if (staysNear && steps == kStepsPerPass) return walkSteps<0, kStepsPerPass>(pass);
        return walkApart(pass, steps);
    }

    /// One step after the other, so that the logits of each can be looked at twice.
    bool walkApart(std::size_t pass, std::size_t steps) {
        const WalkEntry* begin = entries_;
        if (!walkSteps<0, 1>(pass)) return false;
        if (steps == 1) return true;
        entries_ = begin;
        return walkSteps<1, 1>(pass);
    }

    /// Adds the weights of kSteps steps of a pass from its kFirst on and writes their rows; false when
    /// stopped.
    template <std::size_t kFirst, std::size_t kSteps>
    HWY_NOINLINE bool walkSteps(std::size_t pass) {
        const WalkVisit* visits = walk_.visits.data() + pass * walk_.classes;
        const WalkEntry* entries = entries_;
        Seen first, second;
        startSearch(first);
        startSearch(second);
        for (std::size_t i = 0; i < walk_.classes; ++i) {
            if (i % kClassesPerLook == 0 && task_.stop.stop_requested()) return false;
            float* at = logits_ + visits[i].classIndex * kTile;
            prefetchBlock(logits_ + visits[i + kVisitsAhead].classIndex * kTile);
            Block logit = loadBlock(at);
            visitStep<kFirst == 0>(visits[i], 0, entries, logit, first);
            visitStep<kFirst + kSteps == 2>(visits[i], 1, entries, logit, second);
            storeBlock(logit, at);
        }
        entries_ = entries;
        if constexpr (kFirst == 0) finish(first, pass * kStepsPerPass, kSteps == 1);
        if constexpr (kFirst + kSteps == 2) finish(second, pass * kStepsPerPass + 1, kSteps == 1);
        return true;
    }

    /// Adds a step's weights of one class to its logit and looks at it; or only passes over them.
    template <bool kActive>
    HWY_INLINE void visitStep(const WalkVisit& visit, std::size_t step, const WalkEntry*& entries,
                              Block& logit, Seen& seen) const {
        const std::size_t count = visit.counts[step];
        if constexpr (kActive) {
            addEntries(entries, count, features_, logit);
            include<kPredict>(logit, shift_, visit.classIndex, seen);
        }
        entries += count;
    }

    /// mayBeFar: whether the logits may have moved too far from their reference.
    HWY_INLINE void finish(const Seen& seen, std::size_t step, bool mayBeFar) {
        summarise(seen);
        if (mayBeFar && anyFar()) summariseAgain();
        write(step);
    }

    HWY_INLINE void startSearch(Seen& seen) const {
        const Vec start = hn::Set(Tag(), kShifter - kStartBelow);
        for (std::size_t i = 0; i < kVectors; ++i) {
            const Vec power = hn::Sub(start, hn::Load(Tag(), shift_ + i * kLanes));
            seen.largest.v[i] = hn::Mul(power, hn::Set(Tag(), 1.0f / kLog2e));
            seen.others.v[i] = hn::Zero(Tag());
            seen.prediction.v[i] = hn::Zero(IntTag());
        }
    }

    HWY_INLINE void summarise(const Seen& seen) {
        // Where there is nothing but powers too small to be told from 0.
        const Vec nothing = hn::Set(Tag(), static_cast<float>(walk_.classes) * kLeastPower * 1.01f);
        for (std::size_t i = 0; i < kVectors; ++i) {
            const std::size_t at = i * kLanes;
            const Vec largest = powerOf(seen.largest.v[i], hn::Load(Tag(), shift_ + at));
            const Vec others = hn::IfThenElseZero(hn::Gt(seen.others.v[i], nothing), seen.others.v[i]);
            hn::Store(hn::Log1p(Tag(), hn::Div(others, largest)), Tag(), excess_ + at);
            hn::Store(seen.largest.v[i], Tag(), largest_ + at);
            if constexpr (kPredict) hn::Store(seen.prediction.v[i], IntTag(), prediction_ + at);
        }
    }

    /// Samples whose summary does not hold, because the largest logit is far from the reference or logits are
    /// huge.
    HWY_INLINE hn::Mask<Tag> isFar(std::size_t at) const {
        const Vec reference = hn::Sub(hn::Set(Tag(), kShifter), hn::Load(Tag(), shift_ + at));
        const Vec distance = hn::MulSub(hn::Load(Tag(), largest_ + at), hn::Set(Tag(), kLog2e), reference);
        const auto beyond = hn::MaskFromVec(hn::BitCast(Tag(), hn::Load(IntTag(), beyond_ + at)));
        return hn::Or(beyond, hn::Gt(hn::Abs(distance), hn::Set(Tag(), kFarthest)));
    }

    HWY_INLINE bool anyFar() const {
        bool any = false;
        for (std::size_t s = 0; s < kTile; s += kLanes) any = any || !hn::AllFalse(Tag(), isFar(s));
        return any;
    }

    /// The summaries of such samples from their logits, without a reference.
    HWY_NOINLINE void summariseAgain() {
        for (std::size_t s = 0; s < kTile; s += kLanes) {
            const auto far = isFar(s);
            const auto farInt = hn::RebindMask(IntTag(), far);
            Vec largest = hn::Load(Tag(), logits_ + s);
            IntVec best = hn::Zero(IntTag());
            for (std::size_t c = 1; c < walk_.classes; ++c) {
                const Vec logit = hn::Load(Tag(), logits_ + c * kTile + s);
                updatePrediction(logit, hn::Set(IntTag(), static_cast<std::int32_t>(c)), largest, best);
                largest = hn::Max(logit, largest);
            }
            const Vec excess = hn::Log1p(Tag(), sumOfOthers(s, largest, best));
            hn::Store(hn::IfThenElse(far, largest, hn::Load(Tag(), largest_ + s)), Tag(), largest_ + s);
            hn::Store(hn::IfThenElse(far, excess, hn::Load(Tag(), excess_ + s)), Tag(), excess_ + s);
            hn::Store(hn::IfThenElse(farInt, best, hn::Load(IntTag(), prediction_ + s)), IntTag(),
                      prediction_ + s);
        }
    }

    HWY_INLINE Vec sumOfOthers(std::size_t s, Vec largest, IntVec best) const {
        Vec sum = hn::Zero(Tag());
        for (std::size_t c = 0; c < walk_.classes; ++c) {
            const Vec term = hn::Exp(Tag(), hn::Sub(hn::Load(Tag(), logits_ + c * kTile + s), largest));
            const auto isBest = hn::Eq(best, hn::Set(IntTag(), static_cast<std::int32_t>(c)));
            sum = hn::Add(sum, hn::IfThenZeroElse(hn::RebindMask(Tag(), isBest), term));
        }
        return sum;
    }

    void write(std::size_t step) const {
        constexpr float kNone = std::numeric_limits<float>::quiet_NaN();
        const std::size_t row = walk_.rowOfStep(step) * task_.stride;
        for (std::size_t s = 0; s < task_.samples.size(); ++s) {
            const std::size_t at = row + task_.columns[s];
            task_.maxLogit[at] = usable_[s] ? largest_[s] : kNone;
            task_.excess[at] = usable_[s] ? excess_[s] : kNone;
            if constexpr (kPredict) task_.prediction[at] = usable_[s] ? prediction_[s] : -1;
        }
    }

    const TileTask& task_;
    const Walk& walk_;
    float* features_;                      ///< D x kTile
    float* logits_;                        ///< C x kTile
    const WalkEntry* entries_;             ///< of the next pass
    float largestFeature_ = 0;             ///< the largest |h| of the tile
    HWY_ALIGN float shift_[kTile] = {};    ///< kShifter less the reference of the pass
    HWY_ALIGN float largest_[kTile] = {};  ///< of the last step, as are the next two
    HWY_ALIGN float excess_[kTile] = {};
    HWY_ALIGN std::int32_t prediction_[kTile] = {};
    HWY_ALIGN std::int32_t beyond_[kTile] = {};
    bool usable_[kTile] = {};
};

HWY_ATTR bool sweepTileOnTarget(const TileTask& task, float* scratch) {
    return task.prediction != nullptr ? Tile<true>(task, scratch).run() : Tile<false>(task, scratch).run();
}
std::size_t tileSamplesOnTarget() {
    return kTile;
}
const char* targetName() {
    return hwy::TargetName(HWY_TARGET);
}

}  // namespace dicescope::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace dicescope {

HWY_EXPORT(sweepTileOnTarget);
HWY_EXPORT(tileSamplesOnTarget);
HWY_EXPORT(targetName);

std::size_t tileSamples() {
    return HWY_DYNAMIC_DISPATCH(tileSamplesOnTarget)();
}
std::size_t tileScratch(const Walk& walk) {
    return (walk.units + walk.classes) * tileSamples();
}
bool sweepTile(const TileTask& task, float* scratch) {
    return HWY_DYNAMIC_DISPATCH(sweepTileOnTarget)(task, scratch);
}
const char* sweepTarget() {
    return HWY_DYNAMIC_DISPATCH(targetName)();
}

}  // namespace dicescope
#endif
