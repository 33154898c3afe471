#include "ui/plots/chart_data.h"

#include <QLocale>
#include <cmath>

namespace dicescope {
namespace {

QByteArray field(const QString& text) {
    QString quoted = text;
    if (!quoted.contains(QLatin1Char(',')) && !quoted.contains(QLatin1Char('"')) &&
        !quoted.contains(QLatin1Char('\n')))
        return quoted.toUtf8();
    quoted.replace(QLatin1Char('"'), QLatin1String("\"\""));
    return '"' + quoted.toUtf8() + '"';
}

QByteArray number(double value) {
    return QByteArray::number(value, 'g', QLocale::FloatingPointShortest);
}

}  // namespace

QColor ChartColor::in(const Theme& theme) const {
    switch (role) {
        case Role::Id:
            return theme.id;
        case Role::Ood:
            return theme.ood(oodIndex);
        case Role::Faint:
            return theme.faintText;
        case Role::Current:
            return theme.current;
        case Role::Best:
            return theme.best;
        case Role::Worse:
            return theme.worse;
        case Role::Text:
            break;
    }
    return theme.text;
}

QByteArray chartCsv(const ChartData& data) {
    QByteArray csv = "series,x,y,y2,label\n";
    for (const ChartSeries& series : data.series) {
        for (std::size_t i = 0; i < series.x.size(); ++i) {
            csv += field(series.name) + ',' + number(series.x[i]) + ',' + number(series.y[i]) + ',';
            if (i < series.y2.size()) csv += number(series.y2[i]);
            csv += ',';
            if (i < series.labels.size()) csv += field(series.labels[i]);
            csv += '\n';
        }
    }
    return csv;
}

}  // namespace dicescope
