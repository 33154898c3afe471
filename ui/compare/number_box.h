#pragma once

#include <QDoubleSpinBox>

namespace dicescope {

/// A box for numbers of any magnitude: written with the digits they need ("0.0014", "1e-7"), stepped by a
/// tenth of their magnitude. GUI thread.
class NumberBox : public QDoubleSpinBox {
    Q_OBJECT

  public:
    explicit NumberBox(QWidget* parent = nullptr);

    [[nodiscard]] QString textFromValue(double value) const override;
    [[nodiscard]] double valueFromText(const QString& text) const override;
    [[nodiscard]] QValidator::State validate(QString& text, int& position) const override;
};

}  // namespace dicescope
