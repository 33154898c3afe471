#pragma once

#include <QStringList>
#include <QWidget>
#include <memory>

#include "core/analysis/exploration.h"

namespace dicescope {

/// The choices beside the slider: score, ranking rule, ReAct clip with its slider, bins and their range, TPR
/// level, how p is chosen. A flow of compact labelled controls that wraps. GUI thread.
class ExplorationControls : public QWidget {
    Q_OBJECT

  public:
    explicit ExplorationControls(QWidget* parent = nullptr);
    ~ExplorationControls() override;

    /// Emits nothing. What no control shows (levels, threads) comes back as it is, and so does a value that a
    /// control can only show rounded, until the user changes it.
    void setChoices(const ExplorationSweep& sweep, const ExplorationView& view);
    /// Names of validation sets that p may be chosen on, and of reported sets, of which the list says that a
    /// choice on them is optimistic. A chosen set that is not among them stays, marked as not there. Emits
    /// nothing.
    void setChoiceSets(const QStringList& validation, const QStringList& reported);
    /// Largest and 99th percentile value of the features: range and first value of the clip's slider. Emits
    /// nothing.
    void setFeatureRange(double largest, double usual);

    [[nodiscard]] ExplorationSweep sweep() const;
    [[nodiscard]] ExplorationView view() const;

  signals:
    void changed();  ///< by the user; once a change

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace dicescope
