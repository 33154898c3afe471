#pragma once

#include <QByteArray>
#include <QSet>
#include <QWidget>
#include <cstddef>

#include "core/analysis/exploration.h"
#include "ui/base/theme.h"

class QLabel;
class QSplitter;
class QStackedWidget;
class QTabBar;

namespace dicescope {

class AnalysisPanel;
class ComparePage;
class ExplorationControls;
class InspectPage;
class MetricsPanel;
class PlotGrid;
class SparsitySlider;

/// The page of an analysis: inputs on the left; in the middle one of its sections, the detector's plots with
/// their controls and metrics, the look inside, or detectors side by side. Everything on it shows the same
/// row of the same exploration. GUI thread.
class AnalysisPage : public QWidget {
    Q_OBJECT

  public:
    enum Section { Detector, Inspect, Compare, SectionCount };

    explicit AnalysisPage(QWidget* parent = nullptr);

    [[nodiscard]] AnalysisPanel& inputs() const { return *inputs_; }
    [[nodiscard]] ExplorationControls& controls() const { return *controls_; }
    [[nodiscard]] SparsitySlider& slider() const { return *slider_; }
    [[nodiscard]] MetricsPanel& metrics() const { return *metrics_; }
    [[nodiscard]] PlotGrid& plots() const { return *plots_; }
    [[nodiscard]] InspectPage& inspect() const { return *inspect_; }
    [[nodiscard]] ComparePage& compare() const { return *compare_; }

    [[nodiscard]] Section section() const;
    void setSection(Section section);

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
    void sectionChanged();

  private:
    void refreshSection();

    QSplitter* splitter_;
    QTabBar* sections_;
    QStackedWidget* centre_;
    AnalysisPanel* inputs_;
    PlotGrid* plots_;
    SparsitySlider* slider_;
    ExplorationControls* controls_;
    QLabel* activity_;
    MetricsPanel* metrics_;
    InspectPage* inspect_;
    ComparePage* compare_;
    bool metricsVisible_ = true;
    ExplorationPtr exploration_;
};

}  // namespace dicescope
