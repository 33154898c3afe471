#include "ui/panels/choice_combo.h"

#include "ui/panels/panel_text.h"
#include "ui/panels/wheel_guard.h"

namespace dicescope {

ChoiceCombo::ChoiceCombo(const QString& objectName, const QString& accessibleName, const QString& tip,
                         QWidget* parent)
    : QComboBox(parent) {
    setObjectName(objectName);
    setAccessibleName(accessibleName);
    setToolTip(wrappedTip(tip));
    setSizeAdjustPolicy(AdjustToMinimumContentsLengthWithIcon);
    setMinimumContentsLength(8);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    guardWheel(this);
    connect(this, &QComboBox::activated, this, [this] { emit chosen(value()); });
}

void ChoiceCombo::addChoice(const QString& text, const QString& value) {
    addItem(text, value);
    setItemData(count() - 1, text, Qt::AccessibleTextRole);
}

void ChoiceCombo::setValue(const QString& value, const QString& textIfNew) {
    int at = findData(value);
    if (at < 0) {
        addChoice(textIfNew, value);
        at = count() - 1;
    }
    setCurrentIndex(at);
}

QString ChoiceCombo::value() const {
    return currentData().toString();
}

}  // namespace dicescope
