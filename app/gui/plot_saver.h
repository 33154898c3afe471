#pragma once

#include <QObject>
#include <QString>

namespace dicescope {

class AnalysisRunner;
class PlotFrame;

/// Saves single plots where their context menus ask for it: as PNG, PDF or SVG, or the numbers behind them as
/// CSV. GUI thread.
class PlotSaver : public QObject {
    Q_OBJECT

  public:
    /// The runner writes the files and outlives it.
    explicit PlotSaver(AnalysisRunner& runner);

    /// From now on a request of the plot opens a file dialog.
    void serve(PlotFrame& plot);
    /// Writes the plot into a file; its suffix says as what. Anything else becomes a PNG.
    void save(const PlotFrame& plot, const QString& path);

  private:
    void ask(PlotFrame& plot);

    AnalysisRunner& runner_;
};

}  // namespace dicescope
