#pragma once

#include <QColor>
#include <QString>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "ui/base/theme.h"

namespace dicescope {

/// A colour by its meaning, so that a chart follows the theme.
struct ChartColor {
    enum class Role { Id, Ood, Text, Faint, Current, Best, Worse };
    Role role = Role::Text;
    int oodIndex = 0;  ///< of Role::Ood

    [[nodiscard]] QColor in(const Theme& theme) const;
};

enum class SeriesShape {
    Line,    ///< through the points
    Steps,   ///< histogram: y[i] from x[i] to x[i + 1], down to 0 at the last x; filled
    Band,    ///< filled between y and y2
    Points,  ///< a marker each
    Bars,    ///< from 0 to y, 0.8 wide around x; filled
};

/// One series of a chart. x does not decrease; x, y (and y2, labels where given) are of one length. Points
/// that are not finite are left out.
struct ChartSeries {
    QString name;  ///< of its legend entry; series of one name are hidden together and share an entry
    ChartColor color;
    SeriesShape shape = SeriesShape::Line;
    std::vector<double> x;
    std::vector<double> y;
    std::vector<double> y2 = {};       ///< Band's other edge
    std::vector<QString> labels = {};  ///< of the points, for readings; empty: their x
    bool dashed = false;
    bool faint = false;  ///< drawn thinner and lighter: what is not in focus
};

/// A vertical line with a name.
struct ChartMark {
    double x = 0;
    QString label;
};

struct ChartAxis {
    QString label;
    std::optional<std::pair<double, double>> range = {};  ///< else what the series need, with a margin
    bool fromZero = false;                                ///< the range starts at 0
    std::vector<std::pair<double, QString>> ticks = {};   ///< names at places; empty: numbers
};

/// What a chart shows, as plain values: it also is the table of the numbers behind the picture.
struct ChartData {
    QString caption;  ///< one line: what is shown
    ChartAxis x;
    ChartAxis y;
    std::vector<ChartSeries> series;
    std::vector<ChartMark> marks = {};

    [[nodiscard]] bool empty() const { return series.empty(); }
};

/// The numbers as CSV: one line a point, "series,x,y[,y2][,label]" with a header; fields in quotes where they
/// need them, numbers with the digits that read back to the same double.
[[nodiscard]] QByteArray chartCsv(const ChartData& data);

}  // namespace dicescope
