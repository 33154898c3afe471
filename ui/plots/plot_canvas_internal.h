#pragma once

#include <qcustomplot.h>

#include <QString>
#include <vector>

#include "ui/base/theme.h"

namespace dicescope {

class PlotLegend;

/// What the canvas tells the view it belongs to.
class CanvasEvents {
  public:
    virtual ~CanvasEvents() = default;
    /// Before anything is painted or read: bring the plot up to date.
    virtual void settle() = 0;
    /// Whether the view takes this press for a drag of its own; then drag() follows until the release.
    virtual bool grab(QPointF position) = 0;
    virtual void drag(QPointF position) = 0;
    virtual void click(QPointF position) = 0;
    virtual void hover(QPointF position) = 0;
    virtual void leave() = 0;
    virtual void reset(bool doubleClick) = 0;
    virtual QString toolTip(QPointF position) = 0;
    virtual void contextMenu(QPoint global) = 0;
};

/// The drawing of one plot. Two paint buffers: everything that stays while the row changes, and the layer
/// "overlay" above it, which alone is drawn anew for a row. Keeps for every axis the range that it shows
/// unless zoomed.
class PlotCanvas : public QCustomPlot {
  public:
    PlotCanvas(CanvasEvents& events, QWidget* parent);

    [[nodiscard]] PlotLegend& legendRow() const { return *legend_; }
    [[nodiscard]] QCPLayer* moving() const { return layer(QStringLiteral("overlay")); }

    /// A new pair of axes below those that are there, on the static layers.
    QCPAxisRect* addAxisRect();
    /// Makes an axis one that is zoomed and panned within its home range; anchored: its lower end stays.
    void addAxis(QCPAxis* axis, bool anchored = false);
    /// The whole range of an axis; shown at once unless it is zoomed.
    void setHome(QCPAxis* axis, const QCPRange& home);
    [[nodiscard]] bool isZoomed(const QCPAxis* axis) const;
    void resetAxes();
    void resetAxis(QCPAxis* axis);
    /// Ranges of the zoomed axes of another canvas of the same kind.
    void copyZoom(const PlotCanvas& other);

    void applyTheme(const Theme& theme, const QFont& font);
    /// Shows or hides the axes, and a text in their place.
    void setEmptyText(const QString& text);
    /// A ring around a point; axisRect -1: none. Returns whether that changed anything.
    bool markPoint(int axisRect, QPointF point, const QColor& color);

    /// A line above everything, for plots that stand alone.
    void addHeading(const QString& text, const QFont& font, const QColor& color);
    /// Lays out for a size other than the widget's; does not draw.
    void fitTo(QSize size);
    /// Draws the overlay, and the rest where an axis changed or `everything`.
    void redraw(bool everything);

  protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

  private:
    struct Zoomable {
        QCPAxis* axis;
        QCPRange home;
        bool anchored;
        bool zoomed;
    };
    void constrain(Zoomable& zoomable, QCPRange range);
    void setQuietly(QCPAxis* axis, const QCPRange& range);
    void zoomBy(double factor);
    void panBy(double horizontal, double vertical);
    void fitMargins(const QFont& font);
    void fitTicks();

    CanvasEvents& events_;
    std::vector<Zoomable> axes_;
    PlotLegend* legend_;
    QCPItemText* emptyText_;
    QCPItemTracer* mark_;
    QColor focusColor_;
    bool settingRange_ = false;
    bool axesChanged_ = true;
    bool pressed_ = false;
    bool grabbed_ = false;
    QPointF pressedAt_;
};

}  // namespace dicescope
