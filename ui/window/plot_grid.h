#pragma once

#include <QList>
#include <QWidget>

namespace dicescope {

class HistogramPlot;
class LevelPlot;
class PlotView;
class RocPlot;

/// The three plots of the page: histogram and ROC side by side above the metrics over p. One of them can fill
/// the whole place. GUI thread.
class PlotGrid : public QWidget {
    Q_OBJECT

  public:
    explicit PlotGrid(QWidget* parent = nullptr);

    [[nodiscard]] HistogramPlot& histogram() const { return *histogram_; }
    [[nodiscard]] RocPlot& roc() const { return *roc_; }
    [[nodiscard]] LevelPlot& levels() const { return *levels_; }
    [[nodiscard]] QList<PlotView*> plots() const;

    /// Lets one plot fill the place, or all three share it again (null).
    void maximise(PlotView* plot);
    [[nodiscard]] PlotView* maximised() const { return maximised_; }

  private:
    HistogramPlot* histogram_;
    RocPlot* roc_;
    LevelPlot* levels_;
    PlotView* maximised_ = nullptr;
};

}  // namespace dicescope
