#pragma once

#include <span>
#include <string>

#include "core/base/error.h"
#include "core/base/job.h"
#include "core/base/matrix.h"
#include "core/sparsity/levels.h"
#include "core/sparsity/sweep.h"

namespace dicescope {

/// The same as Sweep::plan() and Sweep::run() on a device of LibTorch, one masked product a level: for a GPU,
/// whose products cost less than the transfer of the features. Results agree with Sweep::run() within 1e-4 +
/// 1e-5 |score|, and mark the same samples as not finite. device: "cpu", "cuda", "cuda:N"; options.threads is
/// not used. The sink is called as by Sweep::run(). Stops within one level of a slab. Errors: as
/// Sweep::plan() and Sweep::run(); Device (no such device, or it failed), OutOfMemory (host or device).
[[nodiscard]] Result<SweepResult> sweepOnDevice(MatrixView<const float> features,
                                                MatrixView<const float> weight, std::span<const float> bias,
                                                const LevelPlan& plan, Sweep::Dense dense,
                                                const SweepOptions& options, const std::string& device,
                                                const Job& job, const PartialSink& sink = {});

}  // namespace dicescope
