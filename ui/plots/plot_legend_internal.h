#pragma once

#include <qcustomplot.h>

#include <QVector>

namespace dicescope {

/// One line of the legend: what is drawn beside the name.
struct LegendEntry {
    QString name;
    QPen pen;                ///< a line through the sample; Qt::NoPen: none
    QBrush fill;             ///< of a box behind it; Qt::NoBrush: none
    QCPScatterStyle marker;  ///< on it
    bool toggles = true;     ///< whether a click hides it: the entry of a set
    bool hidden = false;     ///< drawn grey
};

/// A legend above the axes, where it covers no data: entries flow from left to right and break into rows.
/// Names that are too long are shortened in the middle, the more the less room there is.
class PlotLegend : public QCPLayoutElement {
  public:
    explicit PlotLegend(QCustomPlot* plot);

    void setEntries(QVector<LegendEntry> entries);
    [[nodiscard]] const QVector<LegendEntry>& entries() const { return entries_; }
    void setLook(const QFont& font, const QColor& text, const QColor& faint);

    /// -1 where there is none.
    [[nodiscard]] int entryAt(QPointF position) const;
    [[nodiscard]] QRect entryRect(int index) const;
    [[nodiscard]] bool isShortened(int index) const;

    [[nodiscard]] QSize minimumOuterSizeHint() const override;
    [[nodiscard]] QSize maximumOuterSizeHint() const override;

  protected:
    void draw(QCPPainter* painter) override;

  private:
    struct Place {
        QRect rect;  // relative to the legend's top left
        QString text;
    };
    [[nodiscard]] QVector<Place> places(int width) const;
    [[nodiscard]] QVector<Place> flow(int width, int nameWidth) const;
    [[nodiscard]] int height() const;
    void drawEntry(QCPPainter* painter, const LegendEntry& entry, const Place& place) const;

    QVector<LegendEntry> entries_;
    QFont font_;
    QColor text_;
    QColor faint_;
};

}  // namespace dicescope
