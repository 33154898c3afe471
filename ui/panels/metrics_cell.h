#pragma once

#include <QColor>
#include <QMetaType>
#include <QString>

namespace dicescope {

/// What one cell of the metrics tree shows: a line, and for most rows a second one below it. Handed from
/// MetricsModel to MetricsDelegate.
struct MetricsCell {
    QString first;
    QString second;
    QString firstTag;  ///< faint, at the far end of the line: which metric its numbers are of
    QString secondTag;
    QColor firstColor;  ///< invalid: that of the text
    QColor secondColor;
    QColor swatch;  ///< the set's colour; invalid: none
    bool bold = false;
    bool smallSecond = false;  ///< the second line explains the first one
    int lines = 1;             ///< of the whole row
};

}  // namespace dicescope

Q_DECLARE_METATYPE(dicescope::MetricsCell)
