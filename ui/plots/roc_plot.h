#pragma once

#include "ui/plots/plot_view.h"

namespace dicescope {

/// One ROC curve an OOD set at one row (ID positive), the dense head's curves thin and dashed behind them,
/// and the operating point at the TPR level on each.
class RocPlot : public PlotView {
    Q_OBJECT

  public:
    explicit RocPlot(QWidget* parent = nullptr);
    ~RocPlot() override;

    /// FPR from 1e-4 on a logarithmic axis.
    void setLogarithmicFpr(bool logarithmic);
    [[nodiscard]] bool logarithmicFpr() const;

  signals:
    void logarithmicFprToggled(bool logarithmic);  ///< by the user

  protected:
    void createSetGraphs() override;
    void updateStatic() override;
    void updateRow() override;
    [[nodiscard]] QVector<LegendEntry> legendEntries() const override;
    [[nodiscard]] QString caption() const override;
    [[nodiscard]] PlotReading readingAt(QPointF position) const override;
    [[nodiscard]] std::unique_ptr<PlotView> emptyTwin() const override;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace dicescope
