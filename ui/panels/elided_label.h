#pragma once

#include <QLabel>

namespace dicescope {

/// A label of one line that leaves out the middle of its text where there is no room for all of it. text() is
/// the whole text, which then is also the tool tip unless another was set.
class ElidedLabel : public QLabel {
    Q_OBJECT

  public:
    explicit ElidedLabel(QWidget* parent = nullptr);

    [[nodiscard]] QSize minimumSizeHint() const override;
    /// The text as it is drawn at the present width.
    [[nodiscard]] QString shownText() const;

  protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
};

}  // namespace dicescope
