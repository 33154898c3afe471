#pragma once

#include <QObject>

#include "app/gui/latest_task.h"
#include "core/session/session.h"

namespace dicescope {

class BenchmarkDialog;
class MainWindow;

/// A new analysis of a benchmark: asks for its folder and model, looks for the sets off the GUI thread, and
/// makes the session. GUI thread.
class BenchmarkFlow : public QObject {
    Q_OBJECT

  public:
    /// The window outlives it.
    explicit BenchmarkFlow(MainWindow& window);

    void ask();
    [[nodiscard]] bool idle() const { return locate_.idle(); }
    void stop() { locate_.cancel(); }

  signals:
    void sessionReady(const Session& session);
    void becameIdle();

  private:
    void locate(BenchmarkDialog& dialog);

    MainWindow& window_;
    LatestTask locate_;
};

}  // namespace dicescope
