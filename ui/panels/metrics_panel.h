#pragma once

#include <QWidget>
#include <memory>
#include <vector>

#include "core/analysis/exploration.h"
#include "ui/base/theme.h"
#include "ui/panels/metrics_model.h"

namespace dicescope {

/// The right side of the window: what is shown (rule, score, p, weights kept, share of the images so far),
/// the ID accuracy dense and masked, threshold and true TPR, and the tree of a MetricsModel; copies as
/// tab-separated text. GUI thread.
class MetricsPanel : public QWidget {
    Q_OBJECT

  public:
    explicit MetricsPanel(QWidget* parent = nullptr);
    ~MetricsPanel() override;

    using QWidget::show;
    /// See MetricsModel::show().
    void show(const ExplorationPtr& exploration, std::size_t row);
    /// See MetricsModel::setIntervals().
    void setIntervals(const ExplorationPtr& exploration, std::size_t row, const PairedIntervals& intervals,
                      const BootstrapOptions& options = {});
    /// Numbers to lay beside one's own; their column shows while there are any.
    void setPublished(const std::vector<PublishedMetrics>& published);
    void setTheme(const Theme& theme);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace dicescope
