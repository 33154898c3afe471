#pragma once

#include <optional>
#include <utility>

#include "ui/plots/chart_data.h"
#include "ui/plots/plot_frame.h"

namespace dicescope {

/// A plot of any series over one axis. A click on a legend entry hides its series, in this chart. GUI thread.
class ChartView : public PlotFrame {
    Q_OBJECT

  public:
    explicit ChartView(const QString& title, QWidget* parent = nullptr);
    ~ChartView() override;

    /// Shows other data, soon. Hidden series of the same names stay hidden, zoomed axes zoomed.
    void setData(ChartData data);
    [[nodiscard]] const ChartData& data() const;
    /// Moves the marks only, which draws no series anew.
    void setMarks(std::vector<ChartMark> marks);
    /// What stands in the place of a chart without series.
    void setEmptyText(const QString& text);

    [[nodiscard]] std::function<QByteArray()> numbers() const override;
    /// Whether dragging selects a range of x instead of panning.
    void setRangeSelectable(bool selectable);
    /// Shades a range of x; nothing for none.
    void setSelectedRange(std::optional<std::pair<double, double>> range);

  signals:
    void rangeSelected(double low, double high);  ///< the user dragged over it, low < high
    void rangeCleared();                          ///< the user asked for the whole view
    /// The user clicked a point (nearest within reach) of a series that is shown.
    void pointPicked(std::size_t series, std::size_t point);

  protected:
    [[nodiscard]] bool hasData() const override;
    [[nodiscard]] QString emptyText() const override;
    void createGraphs() override;
    void updateStatic() override;
    void updateRow() override;
    [[nodiscard]] QVector<LegendEntry> legendEntries() const override;
    [[nodiscard]] QString caption() const override;
    [[nodiscard]] PlotReading readingAt(QPointF position) const override;
    bool grabs(QPointF position) override;
    void dragTo(QPointF position) override;
    void clicked(QPointF position) override;
    void userReset(bool doubleClick) override;
    [[nodiscard]] std::unique_ptr<PlotFrame> twin() const override;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace dicescope
