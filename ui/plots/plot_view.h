#pragma once

#include <cstddef>
#include <memory>

#include "core/analysis/exploration.h"
#include "ui/plots/plot_frame.h"

namespace dicescope {

/// A plot of one row of an exploration. GUI thread.
class PlotView : public PlotFrame {
    Q_OBJECT

  public:
    ~PlotView() override;

    /// Shows one row (at most denseRow()) of an exploration (a null pointer: nothing), soon; see drawSoon().
    void show(ExplorationPtr exploration, std::size_t row);
    using PlotFrame::show;
    [[nodiscard]] const ExplorationPtr& exploration() const { return exploration_; }
    [[nodiscard]] std::size_t row() const { return row_; }

  protected:
    PlotView(const QString& title, const QString& accessibleName, QWidget* parent);

    [[nodiscard]] bool hasData() const override { return exploration_ != nullptr; }
    [[nodiscard]] double shareDone() const override;
    void createGraphs() override;
    /// Makes the graphs of an exploration with another number of sets than the last; there are none then.
    virtual void createSetGraphs() = 0;
    [[nodiscard]] std::unique_ptr<PlotFrame> twin() const override;
    /// A new plot of the same kind with the sub-class's own state.
    [[nodiscard]] virtual std::unique_ptr<PlotView> emptyTwin() const = 0;

  private:
    ExplorationPtr exploration_;
    std::size_t row_ = 0;
    std::size_t graphSets_ = 0;  ///< that there are graphs for
};

}  // namespace dicescope
