#pragma once

#include <QImage>
#include <QRect>
#include <functional>

#include "ui/plots/plot_frame.h"

namespace dicescope {

/// What a heatmap shows. Cells are counted from the top left. The calls come on the GUI thread.
struct HeatmapSource {
    int columns = 0;
    int rows = 0;
    QString columnLabel;  ///< of the axes
    QString rowLabel;
    QString caption;
    /// The picture of a region of cells on at most so many pixels: smaller where there are fewer cells, to be
    /// enlarged without smoothing. Every cell has to play a part.
    std::function<QImage(QRect cells, QSize pixels, const Theme& theme)> picture;
    /// One line about a cell.
    std::function<QString(int row, int column)> reading;
    /// Names of a column and of a row, shown where there is room; empty: their numbers.
    std::function<QString(int)> columnName;
    std::function<QString(int)> rowName;
    /// Colours and their meaning, for the legend.
    std::function<QVector<std::pair<QString, QColor>>(const Theme& theme)> legend;

    /// Gives what PlotFrame::numbers() returns, of what is shown now; may be empty.
    std::function<std::function<QByteArray()>()> numbers;

    [[nodiscard]] bool empty() const { return columns == 0 || rows == 0 || !picture; }
};

/// A matrix as a picture, from the whole to single cells; the cell under the mouse is read and a click picks
/// it. GUI thread.
class HeatmapView : public PlotFrame {
    Q_OBJECT

  public:
    explicit HeatmapView(const QString& title, QWidget* parent = nullptr);
    ~HeatmapView() override;

    /// Shows another source, soon; an empty one shows nothing. What was zoomed to stays where the size stays.
    void setSource(HeatmapSource source);
    /// The source's pictures have changed.
    void refresh();
    /// Marks a row and a column (negative: none) by lines over the whole map.
    void setSelected(int row, int column);
    void setEmptyText(const QString& text);
    [[nodiscard]] std::function<QByteArray()> numbers() const override;

  signals:
    void cellPicked(int row, int column);

  protected:
    [[nodiscard]] bool hasData() const override;
    [[nodiscard]] QString emptyText() const override;
    void createGraphs() override;
    void updateStatic() override;
    void updateRow() override;
    [[nodiscard]] QVector<LegendEntry> legendEntries() const override;
    [[nodiscard]] QString caption() const override;
    [[nodiscard]] PlotReading readingAt(QPointF position) const override;
    void clicked(QPointF position) override;
    [[nodiscard]] std::unique_ptr<PlotFrame> twin() const override;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace dicescope
