#pragma once

#include <QObject>
#include <cstddef>
#include <optional>
#include <vector>

#include "app/gui/latest_task.h"
#include "core/analysis/inspection.h"
#include "ui/inspect/edit_panel.h"

namespace dicescope {

/// Units switched off by hand: connects the edit panel with the engine that updates the logits. GUI thread.
class EditsController : public QObject {
    Q_OBJECT

  public:
    /// The panel must outlive it.
    explicit EditsController(EditPanel& panel, QObject* parent = nullptr);

    /// Another inspection (null: none), at a row. Units stay off as long as there are as many units.
    void setInspection(const InspectionPtr& inspection, std::size_t row);
    void setRow(std::size_t row);
    void setUnit(std::size_t unit);
    /// The edits that the session keeps.
    void setKept(std::vector<MaskEdit> kept);
    [[nodiscard]] const std::vector<std::size_t>& unitsOff() const { return unitsOff_; }

    [[nodiscard]] bool idle() const { return task_.idle(); }
    /// Its task was cancelled.
    void stopped();
    [[nodiscard]] LatestTask& task() { return task_; }

  signals:
    void keptChanged(const std::vector<MaskEdit>& kept);  ///< by the user
    void levelWanted(std::optional<double> p);            ///< of a kept edit that is to be shown
    void unitPicked(std::size_t unit);

  private:
    void change(std::vector<std::size_t> unitsOff, bool remember);
    void toggle(std::size_t unit);
    void keep(const QString& name);
    void showKept(int index);
    void removeKept(int index);
    void evaluate();
    void showOutcome(const Result<std::pair<HandEdits, EditOutcome>>& outcome);
    [[nodiscard]] std::vector<OodMetrics> metricsAt(std::size_t row) const;

    EditPanel& panel_;
    InspectionPtr inspection_;
    std::size_t row_ = 0;
    std::size_t unit_ = 0;
    std::vector<std::size_t> unitsOff_;  ///< ascending
    std::vector<std::vector<std::size_t>> history_;
    std::vector<MaskEdit> kept_;
    std::optional<HandEdits> engine_;
    InspectionPtr engineOf_;  ///< that, at engineRow_, engine_ was made for
    std::size_t engineRow_ = 0;
    LatestTask task_;
};

}  // namespace dicescope
