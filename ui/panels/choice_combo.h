#pragma once

#include <QComboBox>

namespace dicescope {

/// A combo box whose entries stand for strings. Keeps the wheel for scrolling while it has no focus, and does
/// not grow with long entries.
class ChoiceCombo : public QComboBox {
    Q_OBJECT

  public:
    ChoiceCombo(const QString& objectName, const QString& accessibleName, const QString& tip,
                QWidget* parent = nullptr);

    void addChoice(const QString& text, const QString& value);
    /// Selects the entry of that value, made with that text where there is none. Emits no chosen().
    void setValue(const QString& value, const QString& textIfNew);
    [[nodiscard]] QString value() const;

  signals:
    void chosen(const QString& value);  ///< by the user
};

}  // namespace dicescope
