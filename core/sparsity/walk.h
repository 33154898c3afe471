#pragma once

// Internal to core/sparsity: the order in which a sweep adds weights.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/error.h"
#include "core/base/matrix.h"
#include "core/sparsity/levels.h"

namespace dicescope {

/// One weight on its way into the logits.
struct WalkEntry {
    std::uint32_t unit = 0;
    float weight = 0;
};

/// Steps that are walked together, class by class: the running logits are read and written once for all of
/// them.
inline constexpr std::size_t kStepsPerPass = 2;

/// How many visits and entries ahead of the work memory is fetched; as many follow the last one, and do
/// nothing.
inline constexpr std::size_t kVisitsAhead = 2;
inline constexpr std::size_t kEntriesAhead = 8;

/// The weights of one class that enter in one pass.
struct WalkVisit {
    std::uint32_t classIndex = 0;
    std::array<std::uint32_t, kStepsPerPass> counts = {};  ///< entries of each step
};

/// The weights of a head ordered by the step at which they enter. Step 0 is the sparsest level, step L - 1
/// the densest, step L (where present) the dense head; steps 2i and 2i + 1 make pass i.
struct Walk {
    std::size_t classes = 0;
    std::size_t units = 0;
    std::size_t levels = 0;          ///< L
    bool dense = false;              ///< whether there is a step L
    std::vector<float> bias;         ///< C
    std::vector<WalkVisit> visits;   ///< passes x C (+ kVisitsAhead): each class once a pass, by counts
    std::vector<WalkEntry> entries;  ///< (+ kEntriesAhead) in the order of the visits, then by step and unit
    std::vector<float> reach;  ///< passes: the largest sum of |weight| of a class that enters in the pass
    /// While every |h_d| of a sample is at most this, no partial sum of a logit exceeds kLargestLogit.
    float largestFeature = 0;
    /// The same for kLargestFastLogit; negative where the bias alone exceeds it.
    float largestFastFeature = 0;

    [[nodiscard]] std::size_t steps() const { return levels + (dense ? 1 : 0); }
    [[nodiscard]] std::size_t passes() const { return (steps() + kStepsPerPass - 1) / kStepsPerPass; }
    /// The row of the result that shows a step.
    [[nodiscard]] std::size_t rowOfStep(std::size_t step) const {
        return step < levels ? levels - 1 - step : step;
    }
};

/// Leaves room for differences of two logits and their products with log2(e) in float32.
inline constexpr double kLargestLogit = 5e37;
/// Up to here the kernel's fast exponential holds.
inline constexpr double kLargestFastLogit = 500'000;

/// lastKept: C x D level indices as in LevelPlan, or null for the dense head alone (levels = 0).
/// Errors: Mismatch, InvalidArgument; see Sweep::plan().
[[nodiscard]] Result<Walk> makeWalk(MatrixView<const float> weight, std::span<const float> bias,
                                    const Matrix<int>* lastKept, std::size_t levels, bool dense);

}  // namespace dicescope
