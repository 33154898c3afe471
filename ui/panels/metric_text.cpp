#include "ui/panels/metric_text.h"

#include <QCoreApplication>
#include <QLocale>
#include <cmath>

namespace dicescope {

namespace {

const QChar kMinus(0x2212);
const QChar kNoBreakSpace(0x00A0);

const QLocale& english() {
    static const QLocale locale(QLocale::English, QLocale::UnitedStates);
    return locale;
}

}  // namespace

QString fprName(double tprLevel) {
    // Nine digits: 0.999 times 100 is not exactly 99.9.
    return QCoreApplication::translate("MetricText", "FPR%1").arg(QString::number(tprLevel * 100, 'g', 9));
}

QString percentText(double fraction, int decimals) {
    return english().toString(fraction * 100, 'f', decimals);
}

QString pointsText(double fraction, int decimals) {
    const double scale = std::pow(10, decimals);
    const double points = std::round(std::abs(fraction) * 100 * scale) / scale;
    QString number = english().toString(points, 'f', decimals);
    if (points == 0) return number;
    return (fraction < 0 ? kMinus : QChar(u'+')) + number;
}

QString percentLevelText(double p, int decimals) {
    // Levels may lie closer than a tenth; then they need their digits to be told apart.
    const double scaled = p * std::pow(10, decimals);
    const bool exact = std::abs(scaled - std::round(scaled)) < 1e-6;
    const QString number = exact ? english().toString(p, 'f', decimals) : english().toString(p, 'g', 6);
    return number + kNoBreakSpace + u'%';
}

}  // namespace dicescope
