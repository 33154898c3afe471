#pragma once

#include <QWidget>
#include <memory>

#include "core/base/job.h"
#include "ui/base/theme.h"

namespace dicescope {

/// The foot of the analysis panel: what is still missing, the progress of a run in words and as a bar, and
/// the button that runs, which becomes the one that cancels.
class RunBox : public QWidget {
    Q_OBJECT

  public:
    explicit RunBox(QWidget* parent = nullptr);
    ~RunBox() override;

    /// Why a run cannot start, as a sentence; empty where it can.
    void setProblem(const QString& sentence);
    void setRunning(bool running);
    [[nodiscard]] bool isRunning() const;
    /// stage: what is done, for people; images: whether what is counted are images.
    void showProgress(const QString& stage, const Progress& progress, bool images);
    void setTheme(const Theme& theme);

  signals:
    void runRequested();
    void cancelRequested();

  private:
    void build();
    void arrange();

    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace dicescope
