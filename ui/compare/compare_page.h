#pragma once

#include <QList>
#include <QWidget>
#include <utility>

#include "core/base/job.h"
#include "ui/base/theme.h"
#include "ui/compare/compare_charts.h"
#include "ui/compare/comparison_panel.h"

class QLabel;
class QProgressBar;
class QPushButton;
class QSplitter;
class QStackedWidget;
class QVBoxLayout;

namespace dicescope {

class ChartView;
class CompareSetup;
class DetectorForm;
class DetectorList;
class ElidedLabel;

/// The page that compares detectors: which and how on the left, the results as a table on the right, and the
/// scores and ROC curves of the selected one below. Shows and asks only. GUI thread.
class ComparePage : public QWidget {
    Q_OBJECT

  public:
    explicit ComparePage(QWidget* parent = nullptr);

    [[nodiscard]] DetectorList& detectors() const { return *detectors_; }
    [[nodiscard]] DetectorForm& form() const { return *form_; }
    [[nodiscard]] CompareSetup& setup() const { return *setup_; }
    [[nodiscard]] ComparisonPanel& results() const { return *results_; }
    [[nodiscard]] ChartView& histogram() const { return *histogram_; }
    [[nodiscard]] ChartView& roc() const { return *roc_; }

    /// Shows a sentence in place of everything; empty: shows the page.
    void setWaiting(const QString& text);
    void setRunning(bool running);
    /// A line about the run: what it does, or how it ended. Where it runs, the bar follows the progress.
    void setState(const QString& text);
    void setProgress(const Progress& progress);
    void setCharts(DetectorCharts charts);
    void setTheme(const Theme& theme);

  signals:
    void runRequested();
    void cancelRequested();
    void detectorSelected(int row);  ///< of the results' model; -1: none

  private:
    QWidget* buildChoices();
    QWidget* buildResults();
    void buildRun(QVBoxLayout& column);
    void connectParts();
    void showDetector();
    void refreshRun();

    QStackedWidget* pages_;
    QLabel* waiting_;
    DetectorList* detectors_;
    DetectorForm* form_;
    CompareSetup* setup_;
    ComparisonPanel* results_;
    ChartView* histogram_;
    ChartView* roc_;
    QSplitter* charts_;
    QPushButton* run_;
    QPushButton* cancel_;
    QLabel* estimate_;
    ElidedLabel* state_;
    QProgressBar* progress_;
    bool running_ = false;
};

}  // namespace dicescope
