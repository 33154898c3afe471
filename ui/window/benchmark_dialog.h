#pragma once

#include <QDialog>
#include <optional>

#include "core/session/benchmark.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QTimer;
class QTreeWidget;

namespace dicescope {

/// Asks for a benchmark, the folder that its archives were unpacked into and the model, and shows what is
/// there. Looking for the sets is up to whoever connects to locateRequested(). GUI thread.
class BenchmarkDialog : public QDialog {
    Q_OBJECT

  public:
    explicit BenchmarkDialog(QWidget* parent = nullptr);

    [[nodiscard]] const BenchmarkPreset& preset() const;
    [[nodiscard]] QString root() const;
    [[nodiscard]] QString model() const;
    /// Index into BenchmarkPreset::react; nothing: without ReAct.
    [[nodiscard]] std::optional<std::size_t> react() const;
    /// What was found of the preset below the root, or why nothing was looked for.
    void setLocated(const LocatedBenchmark& located);
    void setProblem(const QString& problem);
    [[nodiscard]] const std::optional<LocatedBenchmark>& located() const { return located_; }

  signals:
    void locateRequested();

  private:
    void buildForm();
    void presetChanged();
    void ask();
    void refresh();
    void chooseFolder();
    void chooseModel();

    QComboBox* preset_;
    QComboBox* react_;
    QLineEdit* root_;
    QLineEdit* model_;
    QLabel* expected_;
    QTreeWidget* sets_;
    QLabel* problem_;
    QPushButton* start_;
    QTimer* typing_;
    std::optional<LocatedBenchmark> located_;
};

}  // namespace dicescope
