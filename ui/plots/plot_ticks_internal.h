#pragma once

#include <qcustomplot.h>

#include <QString>
#include <functional>

namespace dicescope {

/// Ticks of an axis of shares (0..1) with labels in percent.
class PercentTicker : public QCPAxisTicker {
  protected:
    QString getTickLabel(double tick, const QLocale& locale, QChar format, int precision) override;
};

/// The same for a logarithmic axis; linear ticks where less than a decade or so is seen.
class LogPercentTicker : public QCPAxisTickerLog {
  protected:
    double getTickStep(const QCPRange& range) override;
    int getSubTickCount(double step) override;
    QVector<double> createTickVector(double step, const QCPRange& range) override;
    QString getTickLabel(double tick, const QLocale& locale, QChar format, int precision) override;

  private:
    bool linear_ = false;
};

/// Ticks of p in percent, and of the dense head left of the first level.
class LevelTicker : public QCPAxisTicker {
  public:
    void setLevels(double dense, double first) {
        dense_ = dense;
        first_ = first;
    }

  protected:
    QVector<double> createTickVector(double step, const QCPRange& range) override;
    QVector<double> createSubTickVector(int count, const QVector<double>& ticks) override;
    QString getTickLabel(double tick, const QLocale& locale, QChar format, int precision) override;

  private:
    double dense_ = 0;
    double first_ = 0;
};

/// Ticks of an axis of cells, cell i between i and i + 1: in the middle of cells, with their names where each
/// cell has room for one, else with their numbers.
class CellTicker : public QCPAxisTicker {
  public:
    /// name: of cell i; empty: numbers only. pixelsPerName: what a name needs along the axis.
    void setCells(int count, std::function<QString(int)> name, double pixelsPerName, const QCPAxis* axis);

  protected:
    QVector<double> createTickVector(double step, const QCPRange& range) override;
    int getSubTickCount(double step) override;
    QString getTickLabel(double tick, const QLocale& locale, QChar format, int precision) override;

  private:
    [[nodiscard]] bool hasRoom(const QCPRange& range) const;
    int count_ = 0;
    std::function<QString(int)> name_;
    double pixelsPerName_ = 1;
    const QCPAxis* axis_ = nullptr;
};

/// The smallest of 1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 8 times a power of ten that is >= value > 0.
[[nodiscard]] double niceCeiling(double value);

/// "12.34 %"
[[nodiscard]] QString percentText(double share, const QLocale& locale, int decimals = 2);
/// "95 %", "97.5 %" without the unit, for names like FPR95.
[[nodiscard]] QString levelName(double tprLevel);
/// "p = 90.0 %" or "dense head"
[[nodiscard]] QString rowText(const std::vector<double>& levels, std::size_t row, const QLocale& locale);

}  // namespace dicescope
