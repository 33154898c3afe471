#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "core/analysis/exploration.h"
#include "core/analysis/inputs.h"
#include "core/base/error.h"
#include "core/base/job.h"

namespace dicescope {

class InspectPage;

/// Fills the views of a page that is not on screen, for its plots to be exported: the contribution map, the
/// first class, the unit that contributes most, and why it works with the first class and the first OOD set,
/// all at a row of a complete exploration. Images are not looked at: nobody selected one. Computes on the
/// calling thread, which is the GUI thread; the covariances take minutes for 90,000 images of 2,048 features.
/// Returns sentences about plots that are left out, as those of the covariances where memory does not suffice
/// for them. Progress in stages. Errors: those of inspect() and of what the views ask of core, Cancelled.
[[nodiscard]] Result<std::vector<std::string>> fillInspection(
    InspectPage& page, const std::shared_ptr<const AnalysisInputs>& inputs, const ExplorationPtr& exploration,
    std::size_t row, const Job& job);

}  // namespace dicescope
