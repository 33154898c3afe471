#pragma once

#include <QAbstractSlider>
#include <optional>
#include <vector>

namespace dicescope {

/// The part of SparsitySlider that is dragged: a stop for the dense head, a gap, and the scale 0..100 % with
/// its marks. value() is the index of a level, kDense at the dense head's stop; so assistive technology sees
/// an ordinary slider. GUI thread.
class SparsityGroove : public QAbstractSlider {
    Q_OBJECT

  public:
    static constexpr int kDense = -1;

    explicit SparsityGroove(QWidget* parent = nullptr);

    /// Percentages, strictly increasing, 0..100. The value is clamped to them; the marks are dropped.
    void setLevels(std::vector<double> levels);
    [[nodiscard]] const std::vector<double>& levels() const { return levels_; }
    void setMarks(std::optional<int> best, std::optional<int> chosen);

    /// The level nearest to p; kDense where there are no levels.
    [[nodiscard]] int nearest(double p) const;
    /// The value so many percent on from the current one, by at least one level and never past the scale's
    /// ends. The dense head comes before the first level, and neither is stepped over.
    [[nodiscard]] int moved(double percent) const;

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

    /// Where a value lies, in widget coordinates; the middle of the handle when it is there.
    [[nodiscard]] QPointF pointOf(int value) const;

  protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;

  private:
    struct Layout;
    struct Painter;

    [[nodiscard]] int valueAt(double x) const;
    [[nodiscard]] std::optional<int> markAt(QPointF point) const;
    [[nodiscard]] QString toolTipAt(QPointF point) const;

    std::vector<double> levels_;
    std::optional<int> best_;
    std::optional<int> chosen_;
    int wheelRest_ = 0;  ///< eighths of a degree that made no whole notch yet
};

}  // namespace dicescope
