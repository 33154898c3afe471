#pragma once

#include <QSet>
#include <QWidget>
#include <memory>

#include "ui/base/theme.h"
#include "ui/plots/exportable.h"

namespace dicescope {

class PlotCanvas;
struct LegendEntry;

/// What the title row says of a place in the plot, and where the ring that marks it is.
struct PlotReading {
    QString text;
    QColor color;
    int axisRect = -1;  ///< that the marked point lies in; -1: nothing is marked
    QPointF point;      ///< in coordinates of that rectangle's bottom and left axes
};

/// One plot with its title row (name, reading of the point under the mouse, buttons) and what all plots
/// share, whatever they show: wheel zooms at the mouse (over an axis: that axis), drag pans, double click or
/// Home resets, + and - zoom, arrows pan, hovering reads the values, a click on a legend entry hides or shows
/// the set, a context menu does the same by keyboard, copies and exports. What the user zoomed to stays when
/// the row changes. GUI thread.
class PlotFrame : public QWidget, public Exportable {
    Q_OBJECT

  public:
    ~PlotFrame() override;

    /// Names of sets that are not drawn; their legend entries stay, greyed.
    void setHiddenSets(const QSet<QString>& hidden);
    [[nodiscard]] const QSet<QString>& hiddenSets() const;
    void setTheme(const Theme& theme);
    [[nodiscard]] const Theme& theme() const;
    /// Whether the plot fills the window; changes the look of the button only.
    void setMaximised(bool maximised);
    /// Shows the whole ranges again. The user asking for it also takes back what was dragged.
    void resetView();

    /// What the title row says: of the point under the mouse, else the caption.
    [[nodiscard]] QString reading() const;
    /// Where the legend entry of that name is, in coordinates of the canvas (the child "plotCanvas"); empty
    /// where there is none.
    [[nodiscard]] QRect legendEntryRect(const QString& name) const;

    /// Its object name.
    [[nodiscard]] QString exportName() const override { return objectName(); }
    // Zoomed as on screen, which does not change; dpi: 36..1200.
    [[nodiscard]] QImage image(QSize size, int dpi) const override;
    [[nodiscard]] QByteArray pdf(QSize size) const override;
    [[nodiscard]] QByteArray svg(QSize size) const override;

    /// The name in the title row, and what is shown of it where there is something.
    [[nodiscard]] QString title() const override;
    [[nodiscard]] bool isEmpty() const override { return !hasData(); }

  signals:
    void setToggled(const QString& name, bool visible);  ///< the user clicked a legend entry
    void maximiseToggled();                              ///< the user asked for it or back
    void exportRequested();                              ///< from the context menu

  protected:
    PlotFrame(const QString& title, const QString& accessibleName, QWidget* parent);

    void showEvent(QShowEvent* event) override;
    void changeEvent(QEvent* event) override;

    [[nodiscard]] PlotCanvas& canvas() const;
    [[nodiscard]] bool isSetHidden(const QString& name) const;
    /// Whether there is a button to fill the window; true unless said otherwise.
    void setMaximisable(bool maximisable);
    /// Puts a widget of the sub-class before the title row's buttons.
    void addToTitleRow(QWidget* widget);
    /// Draws once, before the next paint at the latest (calls in between cost nothing but the last one, and
    /// nothing is drawn while hidden): the whole plot rather than what moves where `everything`.
    void drawSoon(bool everything);

    /// Whether there is anything to draw; where not, the following but the next two are not called.
    [[nodiscard]] virtual bool hasData() const = 0;
    /// What stands in the place of a plot without data.
    [[nodiscard]] virtual QString emptyText() const;
    /// Share of what is to be computed that the plot speaks of.
    [[nodiscard]] virtual double shareDone() const;
    /// Makes the graphs where the data ask for other ones than there are.
    virtual void createGraphs() = 0;
    /// Everything that does not move with the row: looks, names, static curves.
    virtual void updateStatic() = 0;
    /// What moves: drawn on the canvas's layer above the rest.
    virtual void updateRow() = 0;
    [[nodiscard]] virtual QVector<LegendEntry> legendEntries() const = 0;
    /// What is shown, for the title row and above exported plots.
    [[nodiscard]] virtual QString caption() const = 0;
    /// An empty text where nothing is under the mouse.
    [[nodiscard]] virtual PlotReading readingAt(QPointF position) const = 0;
    [[nodiscard]] virtual QString toolTipAt(QPointF position) const;

    /// Whether a press of the left button there starts a drag of the sub-class's own. Then dragTo() follows
    /// for the press itself and for every move.
    virtual bool grabs(QPointF position);
    virtual void dragTo(QPointF position);
    /// A click that started no drag.
    virtual void clicked(QPointF position);
    /// What a mouse without a button looks like there.
    [[nodiscard]] virtual Qt::CursorShape cursorAt(QPointF position) const;
    /// The user asked for the whole view, by a double click or otherwise.
    virtual void userReset(bool doubleClick);
    /// A new plot of the same kind that shows the same, for export.
    [[nodiscard]] virtual std::unique_ptr<PlotFrame> twin() const = 0;

  private:
    struct Impl;
    [[nodiscard]] std::unique_ptr<PlotFrame> exportTwin() const;
    std::unique_ptr<Impl> impl_;
};

}  // namespace dicescope
