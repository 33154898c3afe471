#pragma once

// Internal to core/sparsity: what the sweeps on the processor and on a device have in common.

#include <cstddef>

#include "core/base/error.h"
#include "core/base/matrix.h"
#include "core/sparsity/sweep.h"
#include "core/sparsity/walk.h"

namespace dicescope {

/// Errors: Mismatch, InvalidArgument; see Sweep::run().
[[nodiscard]] Status checkSweepRequest(const Walk& walk, MatrixView<const float> features,
                                       const SweepOptions& options);

/// Sizes a result for the rows of a walk, all values 0. Errors: OutOfMemory where the size overflows; throws
/// std::bad_alloc where there is not as much.
[[nodiscard]] Status allocateResult(SweepResult& result, const Walk& walk, std::size_t samples,
                                    bool predictions);

}  // namespace dicescope
