#include "app/gui/edits_controller.h"

#include <algorithm>
#include <utility>

#include "ui/inspect/inspect_charts.h"

namespace dicescope {

EditsController::EditsController(EditPanel& panel, QObject* parent) : QObject(parent), panel_(panel) {
    connect(&panel_, &EditPanel::toggleRequested, this, &EditsController::toggle);
    connect(&panel_, &EditPanel::undoRequested, this, [this] {
        if (history_.empty()) return;
        auto last = std::move(history_.back());
        history_.pop_back();
        change(std::move(last), false);
    });
    connect(&panel_, &EditPanel::clearRequested, this, [this] { change({}, true); });
    connect(&panel_, &EditPanel::keepRequested, this, &EditsController::keep);
    connect(&panel_, &EditPanel::keptChosen, this, &EditsController::showKept);
    connect(&panel_, &EditPanel::keptRemoved, this, &EditsController::removeKept);
    connect(&panel_, &EditPanel::unitPicked, this, &EditsController::unitPicked);
}

void EditsController::setInspection(const InspectionPtr& inspection, std::size_t row) {
    const bool sameUnits =
        inspection && inspection_ && inspection->head().units() == inspection_->head().units();
    inspection_ = inspection;
    row_ = row;
    engine_.reset();
    engineOf_.reset();
    if (!sameUnits) {
        history_.clear();
        unitsOff_.clear();
        panel_.setUnitsOff(unitsOff_);
        panel_.setCanUndo(false);
    }
    evaluate();
}

void EditsController::setRow(std::size_t row) {
    if (row == row_) return;
    row_ = row;
    evaluate();
}

void EditsController::setUnit(std::size_t unit) {
    unit_ = unit;
    panel_.setUnit(unit);
}

void EditsController::setKept(std::vector<MaskEdit> kept) {
    kept_ = std::move(kept);
    panel_.setKept(kept_);
}

void EditsController::change(std::vector<std::size_t> unitsOff, bool remember) {
    if (remember) history_.push_back(unitsOff_);
    unitsOff_ = std::move(unitsOff);
    panel_.setUnitsOff(unitsOff_);
    panel_.setCanUndo(!history_.empty());
    evaluate();
}

void EditsController::toggle(std::size_t unit) {
    if (!inspection_) return;
    std::vector<std::size_t> units = unitsOff_;
    const auto place = std::ranges::lower_bound(units, unit);
    if (place != units.end() && *place == unit) {
        units.erase(place);
    } else {
        units.insert(place, unit);
    }
    change(std::move(units), true);
}

void EditsController::keep(const QString& name) {
    if (!inspection_ || unitsOff_.empty()) return;
    const std::vector<double>& levels = inspection_->plan.levels;
    MaskEdit edit{name.toStdString(), row_ < levels.size() ? std::optional(levels[row_]) : std::nullopt,
                  unitsOff_};
    auto place = std::ranges::find(kept_, edit.name, &MaskEdit::name);
    if (place == kept_.end()) place = kept_.insert(kept_.end(), MaskEdit());
    *place = std::move(edit);
    panel_.setKept(kept_, static_cast<std::size_t>(place - kept_.begin()));
    emit keptChanged(kept_);
}

void EditsController::showKept(int index) {
    if (!inspection_ || index < 0 || static_cast<std::size_t>(index) >= kept_.size()) return;
    const MaskEdit edit = kept_[static_cast<std::size_t>(index)];
    const std::size_t units = inspection_->head().units();
    std::vector<std::size_t> there;
    std::ranges::copy_if(edit.unitsOff, std::back_inserter(there),
                         [units](std::size_t unit) { return unit < units; });
    change(std::move(there), true);
    emit levelWanted(edit.p);
}

void EditsController::removeKept(int index) {
    if (index < 0 || static_cast<std::size_t>(index) >= kept_.size()) return;
    kept_.erase(kept_.begin() + index);
    panel_.setKept(kept_);
    emit keptChanged(kept_);
}

std::vector<OodMetrics> EditsController::metricsAt(std::size_t row) const {
    std::vector<OodMetrics> metrics;
    for (const OodLevels& set : inspection_->exploration->metrics->ood)
        metrics.push_back(set.metrics.at(row));
    return metrics;
}

void EditsController::evaluate() {
    if (!inspection_ || unitsOff_.empty()) {
        task_.cancel();
        panel_.setComparison(std::nullopt, tr("Switch a unit off to see what the detector is without it."));
        return;
    }
    const bool ready = engine_ && engineOf_ == inspection_ && engineRow_ == row_;
    if (!ready)
        panel_.setComparison(
            std::nullopt, tr("Computing the logits of all images at %1…").arg(rowLabel(*inspection_, row_)));
    task_.start(
        [inspection = inspection_, row = row_, units = unitsOff_, engine = ready ? engine_ : std::nullopt](
            const Job& job) -> Result<std::pair<HandEdits, EditOutcome>> {
            auto base = engine ? Result<HandEdits>(*engine) : handEdits(*inspection, row, job);
            if (!base) return forwardError(base);
            const ExplorationView& view = inspection->exploration->view;
            auto outcome = base->evaluate(units, view.score, view.tprLevel, job);
            if (!outcome) return forwardError(outcome);
            return std::pair(std::move(*base), std::move(*outcome));
        },
        [this, inspection = inspection_, row = row_](const auto& outcome) {
            if (outcome) {
                engine_ = outcome->first;
                engineOf_ = inspection;
                engineRow_ = row;
            }
            showOutcome(outcome);
        });
}

void EditsController::stopped() {
    if (inspection_ && !unitsOff_.empty()) panel_.setComparison(std::nullopt, tr("Stopped."));
}

void EditsController::showOutcome(const Result<std::pair<HandEdits, EditOutcome>>& outcome) {
    if (!outcome) return panel_.setComparison(std::nullopt, QString::fromStdString(outcome.error().message));
    EditComparison comparison;
    comparison.sets = setNames(*inspection_).mid(1);
    comparison.dense = metricsAt(inspection_->exploration->denseRow());
    comparison.base = metricsAt(row_);
    for (std::size_t s = 0; s < comparison.base.size(); ++s)
        comparison.edited.push_back(outcome->second.ofSet(s));
    panel_.setComparison(comparison, tr("Before: %1. After: the same with %2.")
                                         .arg(rowLabel(*inspection_, row_), unitsOffText(unitsOff_.size())));
}

}  // namespace dicescope
