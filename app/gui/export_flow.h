#pragma once

#include <QObject>
#include <QStringList>
#include <cstddef>
#include <memory>

#include "app/gui/analysis_runner.h"
#include "core/analysis/exploration.h"
#include "core/session/session.h"
#include "ui/window/export_dialog.h"

namespace dicescope {

class MainWindow;
class Exportable;

/// Export from the window: asks what and where, draws the plots, and has the rest written by the runner. GUI
/// thread.
class ExportFlow : public QObject {
    Q_OBJECT

  public:
    /// Both outlive it.
    ExportFlow(MainWindow& window, AnalysisRunner& runner);

    /// Opens the dialog for what is shown, with these plots as they are; the export speaks of it even where
    /// the window goes on.
    void ask(const AnalysisInputsPtr& inputs, const Session& session, const ExplorationPtr& exploration,
             std::size_t row, const QList<const Exportable*>& inspected);

  private:
    void start(const AnalysisInputsPtr& inputs, const Session& session, const ExplorationPtr& exploration,
               std::size_t row, const QList<const Exportable*>& inspected);

    MainWindow& window_;
    AnalysisRunner& runner_;
    ExportChoices choices_;               ///< the last ones
    std::shared_ptr<QStringList> notes_;  ///< filled by the writer before it reports its end
};

}  // namespace dicescope
