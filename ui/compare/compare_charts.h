#pragma once

#include <QString>

#include "core/analysis/comparison.h"
#include "core/base/job.h"
#include "ui/plots/chart_data.h"

namespace dicescope {

/// The two pictures of one detector.
struct DetectorCharts {
    ChartData histogram;  ///< density of the scores, ID and every OOD set, and the threshold
    ChartData roc;        ///< ID positive, one curve an OOD set
};

/// Makes the charts from the scores of a detector of the comparison. idName: what the ID set is called. Where
/// a few scores lie far from all others the histogram leaves them out and says so. Empty charts where the
/// detector has no numbers. Any thread; stops between sets. Errors: InvalidArgument (NaN scores), Cancelled.
[[nodiscard]] Result<DetectorCharts> detectorCharts(const Comparison& comparison,
                                                    const ComparedDetector& detector, const QString& idName,
                                                    const Job& job = {});

}  // namespace dicescope
