#pragma once

#include "ui/plots/plot_view.h"

namespace dicescope {

/// Score histograms of the ID set and every OOD set at one row, as densities, with the threshold as a line
/// that can be dragged where the exploration is complete; the line's label reads TPR and FPR (mean over the
/// OOD sets) there. A dragged threshold stays until another row or a double click. Where the bins are those
/// of all rows the score axis stays; where they are each row's own it follows. The density axis ends at the
/// first of 1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 8 times a power of ten that is at least 1.04 times the highest
/// bin shown at the row.
class HistogramPlot : public PlotView {
    Q_OBJECT

  public:
    explicit HistogramPlot(QWidget* parent = nullptr);
    ~HistogramPlot() override;

    /// The threshold that is drawn, in units of the score: that of the TPR level, or where it was dragged to.
    /// NaN without an exploration.
    [[nodiscard]] double threshold() const;

  signals:
    void thresholdDragged(double threshold);

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
    [[nodiscard]] Qt::CursorShape cursorAt(QPointF position) const override;
    void userReset(bool doubleClick) override;
    [[nodiscard]] std::unique_ptr<PlotView> emptyTwin() const override;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace dicescope
