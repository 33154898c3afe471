#include "app/gui/benchmark_flow.h"

#include <QPointer>

#include "core/session/benchmark.h"
#include "ui/window/benchmark_dialog.h"
#include "ui/window/main_window.h"

namespace dicescope {

BenchmarkFlow::BenchmarkFlow(MainWindow& window) : window_(window) {
    connect(&locate_, &LatestTask::becameIdle, this, &BenchmarkFlow::becameIdle);
}

void BenchmarkFlow::ask() {
    auto* dialog = new BenchmarkDialog(&window_);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &BenchmarkDialog::locateRequested, this, [this, dialog] { locate(*dialog); });
    connect(dialog, &QDialog::finished, this, [this] { locate_.cancel(); });
    connect(dialog, &QDialog::accepted, this, [this, dialog] {
        emit sessionReady(benchmarkSession(dialog->preset(), *dialog->located(),
                                           dialog->model().toStdString(), dialog->react()));
    });
    dialog->open();
}

void BenchmarkFlow::locate(BenchmarkDialog& dialog) {
    locate_.start(
        // The presets live as long as the program.
        [preset = &dialog.preset(), root = std::filesystem::path(dialog.root().toStdString())](
            const Job& job) { return locateBenchmark(*preset, root, job); },
        [shown = QPointer<BenchmarkDialog>(&dialog), preset = &dialog.preset(),
         root = dialog.root()](const Result<LocatedBenchmark>& located) {
            // The dialog may ask for something else by now.
            if (!shown || &shown->preset() != preset || shown->root() != root) return;
            if (located) {
                shown->setLocated(*located);
            } else {
                shown->setProblem(QString::fromStdString(located.error().message));
            }
        });
}

}  // namespace dicescope
