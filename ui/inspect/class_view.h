#pragma once

#include <QWidget>

#include "ui/base/theme.h"
#include "ui/plots/chart_data.h"

namespace dicescope {

class ChartView;

/// One class: the contributions of its units (figure 1 of the DICE paper) above the densities of its logit
/// (figure 2). GUI thread.
class ClassView : public QWidget {
    Q_OBJECT

  public:
    explicit ClassView(QWidget* parent = nullptr);

    /// units: the unit of each point of the profile, in its order.
    void setProfile(ChartData profile, std::vector<std::uint32_t> units);
    void setLogits(ChartData logits);
    void clear();
    void setTheme(const Theme& theme);
    [[nodiscard]] ChartView& profile() const { return *profile_; }
    [[nodiscard]] ChartView& logits() const { return *logits_; }

  signals:
    void unitPicked(std::size_t unit);

  private:
    ChartView* profile_;
    ChartView* logits_;
    std::vector<std::uint32_t> units_;
};

}  // namespace dicescope
