#include "app/gui/theory_controller.h"

#include <utility>

#include "app/gui/theory_work.h"
#include "ui/inspect/inspect_charts.h"
#include "ui/plots/chart_view.h"

namespace dicescope {

TheoryController::TheoryController(TheoryView& view, QObject* parent) : QObject(parent), view_(view) {
    connect(&view_, &TheoryView::startRequested, this, &TheoryController::start);
    connect(&view_, &TheoryView::averageToggled, this, &TheoryController::refresh);
}

void TheoryController::setInspection(const InspectionPtr& inspection) {
    const auto sameSweep = [&](const InspectionPtr& other) {
        return inspection && other && other->inputs == inspection->inputs &&
               other->exploration->sweep == inspection->exploration->sweep;
    };
    const bool same = sameSweep(theoryOf_);
    inspection_ = inspection;
    gap_.reset();
    gaps_.cancel();
    if (same) return;
    covariances_.cancel();
    outputs_.cancel();
    theory_.reset();
    theoryOf_ = inspection;
    view_.clear();
}

void TheoryController::stopped() {
    if (inspection_ && !theory_) view_.setState(tr("Stopped."), true);
}

void TheoryController::show(std::size_t c, std::size_t oodSet, std::size_t row) {
    class_ = c;
    oodSet_ = oodSet;
    row_ = row;
    refresh();
}

void TheoryController::start() {
    if (!inspection_) return;
    view_.setState(tr("Computing the covariances…"), false);
    covariances_.start([inspection = inspection_](const Job& job) { return theoryOfSets(*inspection, job); },
                       [this](Result<std::vector<TheoryOfSet>> theory) {
                           if (!theory)
                               return view_.setState(QString::fromStdString(theory.error().message), true);
                           theory_ = std::make_shared<const std::vector<TheoryOfSet>>(std::move(*theory));
                           refresh();
                       });
}

void TheoryController::refresh() {
    if (!inspection_) return;
    showGap();
    if (theory_) return computeOutputs();
    if (!covariances_.waiting())
        view_.setState(tr("Variance, mean and covariance need one covariance matrix of each set."), true);
}

// Every score at every level is looked at, once.
void TheoryController::showGap() {
    if (gap_) {
        if (view_.gap().isEmpty()) view_.setGap(*gap_);
        return view_.gap().setMarks(theoryMarks(*inspection_, row_));
    }
    if (gaps_.waiting()) return;
    gaps_.start([inspection = inspection_](const Job&) -> Result<ChartData> { return gapChart(*inspection); },
                [this](Result<ChartData> gap) {
                    if (!gap) return;
                    gap_ = std::move(*gap);
                    view_.setGap(*gap_);
                    view_.gap().setMarks(theoryMarks(*inspection_, row_));
                });
}

void TheoryController::computeOutputs() {
    const TheoryQuestion question{inspection_, theory_, class_, oodSet_, row_, view_.showsAverage()};
    outputs_.start([question](const Job& job) { return computeTheory(question, job); },
                   [this, question](const Result<TheoryOutputs>& outputs) {
                       if (!outputs)
                           return view_.setState(QString::fromStdString(outputs.error().message), false);
                       view_.setState({}, false);
                       showTheory(view_, question, *outputs);
                   });
}

}  // namespace dicescope
