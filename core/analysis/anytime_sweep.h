#pragma once

// Internal to core/analysis: a sweep that can be looked at while it runs.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "core/analysis/inputs.h"
#include "core/analysis/swept_sets.h"
#include "core/base/error.h"
#include "core/base/job.h"
#include "core/metrics/level_metrics.h"

namespace dicescope {

/// Images of each set that a preview takes at most.
inline constexpr std::size_t kPreviewSamples = 512;

/// The samples of a preview: min(count, kPreviewSamples) different ones of 0..count-1 at random, ascending.
[[nodiscard]] std::vector<std::size_t> previewSamples(std::size_t count);

/// What is known of the ID and OOD sets at one time; valid during the call only.
struct PartialSets {
    SweptSet id;
    std::vector<SweptSet> ood;      ///< in the order of AnalysisInputs::ood
    std::span<const int> idLabels;  ///< of the samples of id.sweep; empty where none is known
    std::size_t samples = 0;        ///< that are done, over these sets
};

/// Called on the thread that called sweepAnytime().
using PartialSetsSink = std::function<void(const PartialSets& partial)>;

/// sweepSets(), after a preview of every ID and OOD set that the sink gets first. Then the sink gets every
/// slab of those sets, while sets whose turn has not come show their preview. Errors: those of sweepSets().
[[nodiscard]] Result<SweptSets> sweepAnytime(const PlannedSweep& planned, const AnalysisInputs& inputs,
                                             const SweepOptions& options, const Job& job,
                                             const PartialSetsSink& sink);

}  // namespace dicescope
