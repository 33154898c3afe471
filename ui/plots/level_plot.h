#pragma once

#include "ui/plots/plot_view.h"

namespace dicescope {

/// FPR95 above AUROC over p, one curve an OOD set and a thicker one of the average, the dense head's values
/// as dotted lines and as points left of the first level, the current p as a vertical line, the best p
/// (triangle) and the chosen one (diamond) marked on the average. A click moves p; so does a drag, but where
/// the plot is zoomed only one of the vertical line, and others pan.
class LevelPlot : public PlotView {
    Q_OBJECT

  public:
    explicit LevelPlot(QWidget* parent = nullptr);
    ~LevelPlot() override;

  signals:
    void rowPicked(std::size_t row);  ///< the user clicked at a level, or dragged to it

  protected:
    void createSetGraphs() override;
    void updateStatic() override;
    void updateRow() override;
    [[nodiscard]] QVector<LegendEntry> legendEntries() const override;
    [[nodiscard]] QString caption() const override;
    [[nodiscard]] PlotReading readingAt(QPointF position) const override;
    [[nodiscard]] QString toolTipAt(QPointF position) const override;
    bool grabs(QPointF position) override;
    void dragTo(QPointF position) override;
    void clicked(QPointF position) override;
    [[nodiscard]] Qt::CursorShape cursorAt(QPointF position) const override;
    void userReset(bool doubleClick) override;
    [[nodiscard]] std::unique_ptr<PlotView> emptyTwin() const override;

  private:
    struct Impl;
    void pick(QPointF position);
    std::unique_ptr<Impl> impl_;
};

}  // namespace dicescope
