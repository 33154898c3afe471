#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/base/job.h"
#include "core/metrics/histogram.h"
#include "core/metrics/level_metrics.h"

namespace dicescope {

/// Over which scores the bins of a histogram reach.
enum class BinRange {
    AllRows,  ///< "all-levels": one range for every row, so that a move of p shows how the scores move
    EachRow,  ///< "each-level": the range of each row's own scores
};

/// The low end of a logarithmic FPR axis. What accepts less OOD, none even, is drawn here.
inline constexpr double kSmallestLogFpr = 1e-4;

/// One point of a ROC curve as it is drawn; see RocPoint.
struct RocVertex {
    float fpr = 0;
    float tpr = 0;
};

/// Histogram counts of one set at every row.
struct SetHistograms {
    std::string name;
    std::vector<std::vector<std::uint32_t>> counts;  ///< rows x bins
    std::size_t samples = 0;                         ///< of each row; no score lies outside the bins
};

/// The ROC curve of one OOD set at every row, thinned.
struct SetRocs {
    std::string name;
    std::vector<std::vector<RocVertex>>
        curves;  ///< rows; from (0, 0) to (1, 1), both coordinates never decreasing
};

/// Histograms and ROC curves of one score at every row, ready to draw: immutable, shared between threads.
struct LevelCurves {
    ScoreKind score = ScoreKind::Energy;
    BinRange range = BinRange::AllRows;
    std::vector<HistogramBins> bins;  ///< one a row, in units of the score; all the same for AllRows
    SetHistograms id;
    std::vector<SetHistograms> ood;  ///< in the order of the request
    std::vector<SetRocs> rocs;       ///< likewise
};

using LevelCurvesPtr = std::shared_ptr<const LevelCurves>;

struct LevelCurvesOptions {
    std::size_t bins = 100;  ///< 1..10,000
    BinRange range = BinRange::AllRows;
    /// ROC curves are thinned for a square view of so many pixels a side, 1..1,048,576, and likewise for one
    /// whose FPR axis is logarithmic from kSmallestLogFpr to 1: what straight lines between the vertices draw
    /// on either is what the whole curve would draw, to half a pixel.
    unsigned rocPixels = 1024;
};

/// Ok where curves can be computed with these options. Errors: InvalidArgument (bins, pixels).
[[nodiscard]] Status checkCurvesOptions(const LevelCurvesOptions& options);

/// Curves of all rows of the sweeps of a request (its score; its TPR level plays no part). The whole curves
/// are those of rocCurve() and histogram(). Samples that are not finite are left out. The result does not
/// depend on the number of threads. Stops within the time of one row; progress in rows. Errors: as
/// computeLevelMetrics() but for the TPR level, and those of checkCurvesOptions().
[[nodiscard]] Result<LevelCurvesPtr> computeLevelCurves(const LevelMetricsRequest& request,
                                                        const LevelCurvesOptions& options, const Job& job);

}  // namespace dicescope
