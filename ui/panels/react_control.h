#pragma once

#include <QWidget>
#include <optional>

class QCheckBox;
class QDoubleSpinBox;
class QSlider;

namespace dicescope {

/// Switch, slider and number box for ReAct's clip c. The clip is kept as it was set, whatever the slider and
/// the box can show of it, until the user moves one. GUI thread.
class ReactControl : public QWidget {
    Q_OBJECT

  public:
    explicit ReactControl(QWidget* parent = nullptr);

    /// Emits nothing.
    void setClip(std::optional<float> clip);
    [[nodiscard]] std::optional<float> clip() const;
    /// `largest`: the slider's end; `usual`: c when it is switched on for the first time. Emits nothing. What
    /// is not a positive number is ignored.
    void setFeatureRange(double largest, double usual);

  signals:
    void clipChanged();  ///< by the user, at every move of the slider

  private:
    void toggle(bool on);
    void take(double clip);
    void sync();

    QCheckBox* check_;
    QSlider* slider_;
    QDoubleSpinBox* box_;
    double largest_ = 10;
    double clip_ = 1;       ///< also while it is off
    bool touched_ = false;  ///< clip_ was set by someone
    bool on_ = false;
};

}  // namespace dicescope
