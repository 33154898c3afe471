#pragma once

#include <QString>
#include <array>
#include <cstddef>
#include <vector>

#include "core/analysis/inspection.h"
#include "core/base/error.h"
#include "core/base/job.h"
#include "core/explain/class_profile.h"
#include "ui/inspect/unit_view.h"

namespace dicescope {

class ClassView;

// What the views of the inspection ask of core, as calls without state, and how their answers are shown:
// compute...() on any thread, show...() on the GUI thread. A row is one of the exploration.

/// The unit that is looked at first: the one with the largest total contribution.
[[nodiscard]] std::size_t firstUnit(const Inspection& inspection);

/// The map with its units and classes in these orders.
[[nodiscard]] Result<ContributionMap> computeMap(const Inspection& inspection, UnitOrder units,
                                                 ClassOrder classes);

/// What the plots of one class are of.
struct ClassChoice {
    std::size_t classIndex = 0;
    std::size_t oodSet = 0;  ///< index among the OOD sets
    std::size_t row = 0;

    friend bool operator==(const ClassChoice&, const ClassChoice&) = default;
};

/// What the class view shows of one class.
struct ClassResult {
    ClassProfile profile;
    std::array<std::vector<float>, 2> idLogits;   ///< dense, masked
    std::array<std::vector<float>, 2> oodLogits;  ///< likewise
    std::size_t row = 0;
    std::size_t oodSet = 0;  ///< index among the OOD sets
};
/// Reads the features of the ID set and of one OOD set once.
[[nodiscard]] Result<ClassResult> computeClass(const Inspection& inspection, std::size_t c,
                                               std::size_t oodSet, std::size_t row, const Job& job);
void showClass(ClassView& view, const Inspection& inspection, const ClassResult& result);

/// What the unit view shows of one unit.
struct UnitResult {
    std::size_t unit = 0;
    UnitHistograms histograms;
    std::vector<OutgoingWeight> weights;
    std::vector<UnitImage> images;  ///< that activate it most, of every set
};
/// row: of the mask that says which weights are kept.
[[nodiscard]] Result<UnitResult> computeUnit(const Inspection& inspection, std::size_t unit, std::size_t row);
/// Everything but what showUnitWeights() shows, and the thumbnails.
void showUnit(UnitView& view, const Inspection& inspection, const UnitResult& result);
/// Which weights of the unit a row keeps, and the line of facts. O(C).
void showUnitWeights(UnitView& view, const Inspection& inspection, std::size_t unit, std::size_t row);

}  // namespace dicescope
