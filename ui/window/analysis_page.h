#pragma once

#include <QByteArray>
#include <QSet>
#include <QWidget>
#include <cstddef>

#include "core/analysis/exploration.h"
#include "ui/base/theme.h"

class QLabel;
class QSplitter;

namespace dicescope {

class AnalysisPanel;
class ExplorationControls;
class MetricsPanel;
class PlotGrid;
class SparsitySlider;

/// The page of an analysis: inputs on the left, plots with the slider and the controls in the middle, metrics
/// on the right. Everything on it shows the same row of the same exploration. GUI thread.
class AnalysisPage : public QWidget {
    Q_OBJECT

  public:
    explicit AnalysisPage(QWidget* parent = nullptr);

    [[nodiscard]] AnalysisPanel& inputs() const { return *inputs_; }
    [[nodiscard]] ExplorationControls& controls() const { return *controls_; }
    [[nodiscard]] SparsitySlider& slider() const { return *slider_; }
    [[nodiscard]] MetricsPanel& metrics() const { return *metrics_; }
    [[nodiscard]] PlotGrid& plots() const { return *plots_; }

    /// Shows a row of an exploration everywhere (null: nothing). Its levels become those of the slider.
    void show(const ExplorationPtr& exploration, std::size_t row);
    void setHiddenSets(const QSet<QString>& hidden);
    void setTheme(const Theme& theme);
    /// A line below the controls about what goes on; empty for none.
    void setActivity(const QString& text);

    void setInputsVisible(bool visible);
    void setMetricsVisible(bool visible);
    [[nodiscard]] QByteArray saveLayout() const;
    void restoreLayout(const QByteArray& layout);

  signals:
    void rowChanged(std::size_t row);                    ///< by the user, on the slider or in a plot
    void setToggled(const QString& name, bool visible);  ///< by the user, in a legend

  private:
    QSplitter* splitter_;
    AnalysisPanel* inputs_;
    PlotGrid* plots_;
    SparsitySlider* slider_;
    ExplorationControls* controls_;
    QLabel* activity_;
    MetricsPanel* metrics_;
    ExplorationPtr exploration_;
};

}  // namespace dicescope
