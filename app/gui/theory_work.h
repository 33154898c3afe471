#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "core/analysis/inspection.h"
#include "core/base/error.h"
#include "core/base/job.h"
#include "core/explain/covariance_picture.h"
#include "ui/inspect/inspect_charts.h"

namespace dicescope {

class TheoryView;

// What the view of variances, means and covariances asks of core, as calls without state, and how the answer
// is shown: computeTheory() on any thread, showTheory() on the GUI thread.

/// What is to be shown.
struct TheoryQuestion {
    InspectionPtr inspection;
    std::shared_ptr<const std::vector<TheoryOfSet>> theory;  ///< theoryOfSets() of the inspection's inputs
    std::size_t classIndex = 0;
    std::size_t oodSet = 0;  ///< index among the OOD sets
    std::size_t row = 0;
    bool average = false;  ///< over all classes, rather than of the class
};

struct TheoryOutputs {
    std::vector<TheoryColumns> columns;
    std::shared_ptr<const CovariancePicture> covariance;
    bool keptUnits = true;  ///< the covariance is of the units whose weight is kept; else, none is, of all
};

/// Of the training set (where there are features of it), the ID set and the OOD set in question. Errors:
/// those of predictOutput(), measureOutput(), classProfile() and covariancePicture(), Cancelled.
[[nodiscard]] Result<TheoryOutputs> computeTheory(const TheoryQuestion& question, const Job& job);
void showTheory(TheoryView& view, const TheoryQuestion& question, const TheoryOutputs& outputs);

/// Where a row is on the axis of p.
[[nodiscard]] std::vector<ChartMark> theoryMarks(const Inspection& inspection, std::size_t row);

}  // namespace dicescope
