#pragma once

#include <QWidget>
#include <memory>
#include <optional>

#include "core/analysis/inspection.h"
#include "core/explain/contribution_map.h"
#include "ui/base/theme.h"

class QComboBox;

namespace dicescope {

class HeatmapView;

/// The contribution of every weight as a picture: classes down, units across. What is dropped at the current
/// p is faded. GUI thread.
class MapView : public QWidget {
    Q_OBJECT

  public:
    explicit MapView(QWidget* parent = nullptr);
    ~MapView() override;

    /// Shows a map of the inspection (null: nothing) laid out in unitOrder() and classOrder().
    void setMap(InspectionPtr inspection, std::optional<ContributionMap> map);
    void setRow(std::size_t row);
    void setSelected(std::size_t c, std::size_t unit);
    void setTheme(const Theme& theme);
    [[nodiscard]] UnitOrder unitOrder() const;
    [[nodiscard]] ClassOrder classOrder() const;
    [[nodiscard]] HeatmapView& heatmap() const { return *heatmap_; }

  signals:
    void orderChanged();
    void picked(std::size_t c, std::size_t unit);

  private:
    struct Impl;
    HeatmapView* heatmap_;
    QComboBox* units_;
    QComboBox* classes_;
    std::unique_ptr<Impl> impl_;
};

}  // namespace dicescope
