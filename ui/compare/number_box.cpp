#include "ui/compare/number_box.h"

#include <QLocale>

namespace dicescope {
namespace {

constexpr int kDecimals = 12;
constexpr int kWidth = 10;  // characters

}  // namespace

NumberBox::NumberBox(QWidget* parent) : QDoubleSpinBox(parent) {
    setDecimals(kDecimals);
    setStepType(AdaptiveDecimalStepType);
    setKeyboardTracking(false);
    setMinimumWidth(kWidth * fontMetrics().averageCharWidth());
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

QString NumberBox::textFromValue(double value) const {
    return QLocale::c().toString(value, 'g', QLocale::FloatingPointShortest);
}

double NumberBox::valueFromText(const QString& text) const {
    return QLocale::c().toDouble(text.trimmed());
}

QValidator::State NumberBox::validate(QString& text, int& /*position*/) const {
    bool isNumber = false;
    const double value = QLocale::c().toDouble(text.trimmed(), &isNumber);
    if (isNumber)
        return value >= minimum() && value <= maximum() ? QValidator::Acceptable : QValidator::Intermediate;
    static const QString kPartOfNumber = QStringLiteral("0123456789.eE+-");
    for (const QChar each : text.trimmed()) {
        if (!kPartOfNumber.contains(each)) return QValidator::Invalid;
    }
    return QValidator::Intermediate;
}

}  // namespace dicescope
