#pragma once

#include <QObject>
#include <QString>

#include "ui/inspect/image_list.h"

class QFileDialog;
class QWidget;

namespace dicescope {

class AnalysisRunner;
class Exportable;

/// Saves what is shown by itself, where its context menu or button asks for it: plots, the picture of an
/// image with its map, and the list of images. GUI thread; what takes longer than drawing is done by the
/// runner.
class PlotSaver : public QObject {
    Q_OBJECT

  public:
    /// The runner writes the files and outlives it.
    explicit PlotSaver(AnalysisRunner& runner);

    /// From now on a request of anything below the widget opens a file dialog.
    void serve(const QWidget& page);
    /// Writes a plot or picture into a file; its suffix says as what: PDF, SVG, or the numbers behind it as
    /// CSV where there are any. Anything else becomes a PNG.
    void save(const Exportable& plot, const QString& path);
    /// Writes the list of images as CSV; see writeImageListCsv().
    void saveList(const ImageList& list, const QString& path);

  private:
    void ask(QWidget& asking, const Exportable& plot);
    void askForList(QWidget& asking, const ImageList& list);

    AnalysisRunner& runner_;
};

}  // namespace dicescope
