#pragma once

#include <QStringList>
#include <QWidget>
#include <memory>

#include "core/analysis/inputs.h"
#include "core/base/job.h"
#include "ui/base/theme.h"

namespace dicescope {

/// The left side of the window: the model card, the sets with their state, preprocessing and device, and the
/// buttons that run and cancel. It edits an InputsConfig and shows what a run reports; it runs nothing, and
/// looks at the disk only in threads of its own. Choices can be edited while a run goes on: what that run
/// reports then finds its sets by the names that they had when it began. GUI thread.
class AnalysisPanel : public QWidget {
    Q_OBJECT

  public:
    explicit AnalysisPanel(QWidget* parent = nullptr);
    ~AnalysisPanel() override;

    /// Shows these inputs; no set has been read. Emits nothing.
    void setInputs(const InputsConfig& inputs);
    /// What is shown. Folders of the cache and of temporary features are those given to setInputs().
    [[nodiscard]] InputsConfig inputs() const;
    void setTheme(const Theme& theme);
    /// Why a run cannot start now, as a sentence; empty where it can as far as is known.
    [[nodiscard]] QString problem() const;

    // What a run reports; a set that was named after runStarted() is not part of it.
    /// All sets are waiting.
    void runStarted();
    /// Of the set that is being read, or of what comes before and after the sets.
    void showProgress(const Progress& progress);
    void modelLoaded(const ClassifierInfo& info);
    void setStarted(SetRole role, const QString& name);
    void setReady(const InputSet& set);
    /// `failed`: the set or model that was being read is marked; notes are shown below the card. Sets that
    /// were not reached are idle again.
    void runEnded(bool failed, const QStringList& notes);

    /// Takes dropped paths: a .pt file becomes the model, folders and feature files become sets: those whose
    /// name says "train", "test" or "ood" what it says where that is still missing, the others ID training,
    /// ID, then OOD by what is still missing. Emits inputsEdited() once. Returns whether any was taken. Also
    /// done for what is dropped onto the panel itself.
    bool takeDropped(const QStringList& paths);

  signals:
    void inputsEdited();  ///< by the user
    void runRequested();
    void cancelRequested();
    /// The user clicked "n skipped"; `name` is the one that the set had in the run.
    void skippedFilesRequested(SetRole role, const QString& name);

  protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

  private:
    void build();
    [[nodiscard]] QWidget* buildSets();
    [[nodiscard]] QWidget* buildValidation();
    void connectParts();
    void edited();
    void checkProblem();

    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace dicescope
