#pragma once

#include <QWidget>
#include <memory>

#include "core/explain/covariance_picture.h"
#include "ui/base/theme.h"
#include "ui/plots/chart_data.h"

class QCheckBox;
class QLabel;
class QPushButton;

namespace dicescope {

class ChartView;
class HeatmapView;

/// Why sparsification works: variance, mean and gap of the outputs over p, and the covariance of the
/// contributions to one class (figure 4 of the DICE paper). Its covariances take a while, so they are
/// computed when asked for. GUI thread.
class TheoryView : public QWidget {
    Q_OBJECT

  public:
    explicit TheoryView(QWidget* parent = nullptr);

    void setVariance(ChartData variance);
    void setMean(ChartData mean);
    void setGap(ChartData gap);
    /// The covariance of the contributions of one class, of units in the order of the class's profile: the
    /// kept ones, or all where none is kept.
    void setCovariance(const std::shared_ptr<const CovariancePicture>& picture, bool keptUnits,
                       const QString& caption);
    /// What is being done, or what went wrong; empty for neither.
    void setState(const QString& text, bool canStart);
    void clear();
    void setTheme(const Theme& theme);
    /// Whether the average over the classes is to be shown rather than the selected class.
    [[nodiscard]] bool showsAverage() const;
    [[nodiscard]] ChartView& variance() const { return *variance_; }
    [[nodiscard]] ChartView& mean() const { return *mean_; }
    [[nodiscard]] ChartView& gap() const { return *gap_; }
    [[nodiscard]] HeatmapView& covariance() const { return *covariance_; }

  signals:
    void startRequested();
    void averageToggled(bool average);

  private:
    ChartView* variance_;
    ChartView* mean_;
    ChartView* gap_;
    HeatmapView* covariance_;
    QPushButton* start_;
    QCheckBox* average_;
    QLabel* state_;
};

}  // namespace dicescope
