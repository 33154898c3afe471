#include <QCoreApplication>
#include <algorithm>
#include <cmath>

#include "ui/plots/plot_ticks_internal.h"

namespace dicescope {
namespace {

constexpr int kLabelDigits = 8;  // enough for any zoom, too few to show rounding
// Fewer decades than this have too few powers of ten to read.
constexpr double kFewDecades = 1.3;

QString percentLabel(double share, const QLocale& locale) {
    return locale.toString(share * 100, 'g', kLabelDigits);
}

}  // namespace

QString PercentTicker::getTickLabel(double tick, const QLocale& locale, QChar, int) {
    return percentLabel(tick, locale);
}

// Over few decades the linear ticks of the grandparent are meant.
// NOLINTBEGIN(bugprone-parent-virtual-call)
double LogPercentTicker::getTickStep(const QCPRange& range) {
    linear_ = range.lower > 0 && std::log10(range.upper / range.lower) < kFewDecades;
    return linear_ ? QCPAxisTicker::getTickStep(range) : QCPAxisTickerLog::getTickStep(range);
}

int LogPercentTicker::getSubTickCount(double step) {
    return linear_ ? QCPAxisTicker::getSubTickCount(step) : QCPAxisTickerLog::getSubTickCount(step);
}

QVector<double> LogPercentTicker::createTickVector(double step, const QCPRange& range) {
    return linear_ ? QCPAxisTicker::createTickVector(step, range)
                   : QCPAxisTickerLog::createTickVector(step, range);
}
// NOLINTEND(bugprone-parent-virtual-call)

QString LogPercentTicker::getTickLabel(double tick, const QLocale& locale, QChar, int) {
    return percentLabel(tick, locale);
}

QVector<double> LevelTicker::createTickVector(double step, const QCPRange& range) {
    QVector<double> ticks = QCPAxisTicker::createTickVector(step, range);
    erase_if(ticks, [this](double tick) { return tick < first_ - 1e-9; });
    ticks.prepend(dense_);
    return ticks;
}

QVector<double> LevelTicker::createSubTickVector(int count, const QVector<double>& ticks) {
    return QCPAxisTicker::createSubTickVector(count, ticks.mid(1));
}

QString LevelTicker::getTickLabel(double tick, const QLocale& locale, QChar, int) {
    if (tick == dense_) return QCoreApplication::translate("dicescope::LevelPlot", "dense");
    return locale.toString(tick, 'g', kLabelDigits);
}

void CellTicker::setCells(int count, std::function<QString(int)> name, double pixelsPerName,
                          const QCPAxis* axis) {
    count_ = count;
    name_ = std::move(name);
    pixelsPerName_ = pixelsPerName;
    axis_ = axis;
}

bool CellTicker::hasRoom(const QCPRange& range) const {
    if (axis_ == nullptr || !name_) return false;
    const QCPAxisRect* rect = axis_->axisRect();
    const double pixels = axis_->orientation() == Qt::Horizontal ? rect->width() : rect->height();
    return pixels >= pixelsPerName_ * range.size();
}

QVector<double> CellTicker::createTickVector(double step, const QCPRange& range) {
    const int first = std::max(0, static_cast<int>(std::floor(range.lower)));
    const int last = std::min(count_ - 1, static_cast<int>(std::ceil(range.upper)) - 1);
    const int stride = hasRoom(range) ? 1 : std::max(1, static_cast<int>(std::lround(step)));
    QVector<double> ticks;
    for (int cell = (first + stride - 1) / stride * stride; cell <= last; cell += stride) ticks << cell + 0.5;
    return ticks;
}

int CellTicker::getSubTickCount(double /*step*/) {
    return 0;
}

QString CellTicker::getTickLabel(double tick, const QLocale& locale, QChar /*format*/, int /*precision*/) {
    const int cell = static_cast<int>(std::floor(tick));
    return axis_ != nullptr && hasRoom(axis_->range()) ? name_(cell) : locale.toString(cell);
}

double niceCeiling(double value) {
    const double magnitude = std::pow(10.0, std::floor(std::log10(value)));
    for (const double step : {1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0}) {
        if (step * magnitude >= value) return step * magnitude;
    }
    return 10 * magnitude;
}

QString percentText(double share, const QLocale& locale, int decimals) {
    return QCoreApplication::translate("dicescope::PlotView", "%1 %")
        .arg(locale.toString(share * 100, 'f', decimals));
}

QString levelName(double tprLevel) {
    return QString::number(tprLevel * 100, 'g', kLabelDigits);
}

QString rowText(const std::vector<double>& levels, std::size_t row, const QLocale& locale) {
    if (row >= levels.size()) return QCoreApplication::translate("dicescope::PlotView", "dense head");
    return QCoreApplication::translate("dicescope::PlotView", "p = %1 %")
        .arg(locale.toString(levels[row], 'f', 1));
}

}  // namespace dicescope
