#pragma once

#include <QList>
#include <QObject>
#include <cstddef>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "app/gui/inspect_work.h"
#include "app/gui/latest_task.h"
#include "core/analysis/inspection.h"
#include "ui/inspect/theory_view.h"

namespace dicescope {

class Exportable;

/// Connects the view of variances, means and covariances with core. GUI thread.
class TheoryController : public QObject {
    Q_OBJECT

  public:
    /// The view must outlive it.
    explicit TheoryController(TheoryView& view, QObject* parent = nullptr);

    /// Another inspection (null: none). Covariances stay where inputs and sweep are the same.
    void setInspection(const InspectionPtr& inspection);
    /// Shows a class, an OOD set and a row.
    void show(const ClassChoice& choice);
    /// Empties the view, until show() fills it again.
    void clear();
    /// The plots of the view that are of this choice, and of the average where the view says so: not those
    /// that have yet to follow it.
    [[nodiscard]] QList<const Exportable*> plotsOf(const ClassChoice& choice) const;

    [[nodiscard]] LatestTask& covariances() { return covariances_; }
    [[nodiscard]] LatestTask& outputs() { return outputs_; }
    [[nodiscard]] LatestTask& gaps() { return gaps_; }
    /// Its tasks were cancelled: they can be started again.
    void stopped();

  private:
    void start();
    void refresh();
    void showGap();
    void markGap();
    void computeOutputs();

    TheoryView& view_;
    InspectionPtr inspection_;
    std::shared_ptr<const std::vector<TheoryOfSet>> theory_;
    InspectionPtr theoryOf_;
    std::optional<ChartData> gap_;  ///< of inspection_, without marks
    ClassChoice choice_;
    std::optional<std::size_t> gapRow_;  ///< that the gap in the view is marked at
    /// What the outputs in the view are of, and whether they are averages.
    std::optional<std::pair<ClassChoice, bool>> shown_;
    LatestTask covariances_;
    LatestTask gaps_;
    LatestTask outputs_{LatestTask::Newer::Waits};
};

}  // namespace dicescope
