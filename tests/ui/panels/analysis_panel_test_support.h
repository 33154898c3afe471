#pragma once

#include <QComboBox>
#include <QDir>
#include <QFile>
#include <QListView>
#include <QPushButton>
#include <QScrollArea>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "tests/ui/panels/panel_test_support.h"
#include "ui/panels/analysis_panel.h"
#include "ui/panels/panel_text.h"

namespace dicescope::testing {

/// A folder with a model file and set folders (all empty: the panel must not look into them), and a panel
/// that is shown.
struct ShownPanel {
    QTemporaryDir folder;
    AnalysisPanel panel;
    QSignalSpy edited{&panel, &AnalysisPanel::inputsEdited};

    ShownPanel() {
        touch("net.pt");
        for (const char* name : {"id-train", "id-test", "dtd", "sun"}) QDir(folder.path()).mkdir(name);
        panel.resize(300, 700);
        panel.show();
        panel.activateWindow();
    }
    [[nodiscard]] bool ready() { return QTest::qWaitForWindowActive(&panel); }

    void touch(const char* name) const {
        QFile file(path(name));
        if (!file.open(QIODevice::WriteOnly)) qFatal("cannot write a test file");
    }
    [[nodiscard]] QString path(const char* name) const { return folder.filePath(name); }
    [[nodiscard]] InputsConfig completeInputs() const {
        InputsConfig inputs;
        inputs.model = toPath(path("net.pt"));
        inputs.preprocess = "cifar";
        inputs.idTrain = toPath(path("id-train"));
        inputs.id = toPath(path("id-test"));
        inputs.ood = {{"dtd", toPath(path("dtd"))}, {"sun", toPath(path("sun"))}};
        return inputs;
    }

    template <class T>
    [[nodiscard]] T* part(const char* name) const {
        auto* found = panel.findChild<T*>(QLatin1String(name));
        if (found == nullptr) qFatal("the panel has no '%s'", name);
        return found;
    }
    [[nodiscard]] QString text(const char* name) const { return labelText(&panel, name); }
    [[nodiscard]] bool shows(const char* name) const { return isShown(&panel, name); }

    /// Scrolls to a button and clicks it.
    void click(const char* name) {
        auto* button = part<QPushButton>(name);
        part<QScrollArea>("analysisScroll")->ensureWidgetVisible(button);
        QCoreApplication::processEvents();
        QTest::mouseClick(button, Qt::LeftButton);
    }
    /// Chooses a menu entry by its name.
    void trigger(const char* name) const { part<QAction>(name)->trigger(); }

    [[nodiscard]] QListView* list(const char* name) const { return part<QListView>(name); }
    /// Name and state of a set as a screen reader says them.
    [[nodiscard]] QString said(const char* listName, int row) const {
        return list(listName)->model()->index(row, 0).data(Qt::AccessibleTextRole).toString();
    }
};

}  // namespace dicescope::testing
