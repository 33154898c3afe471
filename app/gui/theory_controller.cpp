#include "app/gui/theory_controller.h"

#include <utility>

#include "app/gui/theory_work.h"
#include "ui/inspect/inspect_charts.h"
#include "ui/plots/chart_view.h"
#include "ui/plots/heatmap_view.h"

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
    clear();
}

void TheoryController::clear() {
    shown_.reset();
    gapRow_.reset();
    view_.clear();
}

QList<const Exportable*> TheoryController::plotsOf(const ClassChoice& choice) const {
    QList<const Exportable*> plots;
    const bool current = shown_ == std::pair(choice, view_.showsAverage());
    if (current) plots << &view_.variance() << &view_.mean();
    if (gapRow_ == choice.row) plots << &view_.gap();
    if (current) plots << &view_.covariance();
    return plots;
}

void TheoryController::stopped() {
    if (inspection_ && !theory_) view_.setState(tr("Stopped."), true);
}

void TheoryController::show(const ClassChoice& choice) {
    choice_ = choice;
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
        return markGap();
    }
    if (gaps_.waiting()) return;
    gaps_.start([inspection = inspection_](const Job&) -> Result<ChartData> { return gapChart(*inspection); },
                [this](Result<ChartData> gap) {
                    if (!gap) return;
                    gap_ = std::move(*gap);
                    view_.setGap(*gap_);
                    markGap();
                });
}

void TheoryController::markGap() {
    view_.gap().setMarks(theoryMarks(*inspection_, choice_.row));
    gapRow_ = choice_.row;
}

void TheoryController::computeOutputs() {
    const bool average = view_.showsAverage();
    const TheoryQuestion question{inspection_,    theory_,     choice_.classIndex,
                                  choice_.oodSet, choice_.row, average};
    outputs_.start(
        [question](const Job& job) { return computeTheory(question, job); },
        [this, question, shown = std::pair(choice_, average)](const Result<TheoryOutputs>& outputs) {
            if (!outputs) return view_.setState(QString::fromStdString(outputs.error().message), false);
            view_.setState({}, false);
            shown_ = shown;
            showTheory(view_, question, *outputs);
        });
}

}  // namespace dicescope
