#include "app/gui/headless_inspection.h"

#include <utility>

#include "app/gui/inspect_work.h"
#include "app/gui/theory_work.h"
#include "ui/inspect/class_view.h"
#include "ui/inspect/inspect_page.h"
#include "ui/inspect/map_view.h"
#include "ui/inspect/theory_view.h"
#include "ui/inspect/unit_view.h"
#include "ui/plots/chart_view.h"

namespace dicescope {
namespace {

constexpr std::size_t kFirstClass = 0;
constexpr std::size_t kFirstOodSet = 0;

Status fillMap(MapView& view, const InspectionPtr& inspection, std::size_t row) {
    auto map = computeMap(*inspection, view.unitOrder(), view.classOrder());
    if (!map) return forwardError(map);
    view.setMap(inspection, std::move(*map));
    view.setRow(row);
    view.setSelected(kFirstClass, firstUnit(*inspection));
    return {};
}

Status fillClass(ClassView& view, const Inspection& inspection, std::size_t row, const Job& job) {
    const auto result = computeClass(inspection, kFirstClass, kFirstOodSet, row, job);
    if (!result) return forwardError(result);
    showClass(view, inspection, *result);
    return {};
}

Status fillUnit(UnitView& view, const Inspection& inspection, std::size_t row) {
    const auto result = computeUnit(inspection, firstUnit(inspection), row);
    if (!result) return forwardError(result);
    showUnit(view, inspection, *result);
    showUnitWeights(view, inspection, result->unit, row);
    return {};
}

Status fillTheory(TheoryView& view, const InspectionPtr& inspection, std::size_t row, const Job& job) {
    view.setGap(gapChart(*inspection));
    view.gap().setMarks(theoryMarks(*inspection, row));
    auto theory = theoryOfSets(*inspection, job);
    if (!theory) return forwardError(theory);
    const TheoryQuestion question{inspection,
                                  std::make_shared<const std::vector<TheoryOfSet>>(std::move(*theory)),
                                  kFirstClass, kFirstOodSet, row};
    const auto outputs = computeTheory(question, job);
    if (!outputs) return forwardError(outputs);
    showTheory(view, question, *outputs);
    return {};
}

}  // namespace

Result<std::vector<std::string>> fillInspection(InspectPage& page,
                                                const std::shared_ptr<const AnalysisInputs>& inputs,
                                                const ExplorationPtr& exploration, std::size_t row,
                                                const Job& job) {
    const auto inspection = inspect(inputs, exploration, job);
    if (!inspection) return forwardError(inspection);
    if (auto status = fillMap(page.map(), *inspection, row); !status) return forwardError(status);
    if (auto status = fillClass(page.classes(), **inspection, row, job); !status) return forwardError(status);
    if (auto status = fillUnit(page.unit(), **inspection, row); !status) return forwardError(status);
    std::vector<std::string> notes;
    if (auto status = fillTheory(page.theory(), *inspection, row, job); !status) {
        if (status.error().code == ErrorCode::Cancelled) return cancelled();
        notes.push_back("The plots of variance, mean and covariance are left out: " + status.error().message);
    }
    return notes;
}

}  // namespace dicescope
