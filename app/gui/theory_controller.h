#pragma once

#include <QObject>
#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "app/gui/latest_task.h"
#include "core/analysis/inspection.h"
#include "ui/inspect/theory_view.h"

namespace dicescope {

/// Connects the view of variances, means and covariances with core. GUI thread.
class TheoryController : public QObject {
    Q_OBJECT

  public:
    /// The view must outlive it.
    explicit TheoryController(TheoryView& view, QObject* parent = nullptr);

    /// Another inspection (null: none). Covariances stay where inputs and sweep are the same.
    void setInspection(const InspectionPtr& inspection);
    /// Shows a class, an OOD set (index among them) and a row.
    void show(std::size_t c, std::size_t oodSet, std::size_t row);

    [[nodiscard]] LatestTask& covariances() { return covariances_; }
    [[nodiscard]] LatestTask& outputs() { return outputs_; }
    [[nodiscard]] LatestTask& gaps() { return gaps_; }
    /// Its tasks were cancelled: they can be started again.
    void stopped();

  private:
    void start();
    void refresh();
    void showGap();
    void computeOutputs();

    TheoryView& view_;
    InspectionPtr inspection_;
    std::shared_ptr<const std::vector<TheoryOfSet>> theory_;
    InspectionPtr theoryOf_;
    std::optional<ChartData> gap_;  ///< of inspection_, without marks
    std::size_t class_ = 0;
    std::size_t oodSet_ = 0;
    std::size_t row_ = 0;
    LatestTask covariances_;
    LatestTask gaps_;
    LatestTask outputs_{LatestTask::Newer::Waits};
};

}  // namespace dicescope
