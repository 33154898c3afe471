#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/base/error.h"
#include "core/base/job.h"
#include "core/base/matrix.h"
#include "core/explain/masked_head.h"
#include "core/metrics/histogram.h"

namespace dicescope {

/// What the units of one set of images do, one value a unit, in float64.
struct UnitStatistics {
    std::size_t samples = 0;
    std::vector<double> mean;       ///< D
    std::vector<double> variance;   ///< D, divided by N
    std::vector<double> zeroShare;  ///< D, share of activations that are exactly 0
    std::vector<double> maximum;    ///< D

    [[nodiscard]] std::size_t units() const { return mean.size(); }
};

/// features: N x D, may be memory-mapped; clip: ReAct's c, min(h, c) is looked at. Where N is 0, every value
/// is NaN. Rows are read once, in blocks, by all processors; the result does not depend on their number.
/// Progress in rows; stops within a block (a few ms). Errors: InvalidArgument (a clip that is not a positive
/// number), OutOfMemory, Cancelled.
[[nodiscard]] Result<UnitStatistics> unitStatistics(MatrixView<const float> features,
                                                    std::optional<float> clip = {}, const Job& job = {});

/// The N activations of one unit, in the order of the rows. unit < D.
[[nodiscard]] std::vector<float> unitActivations(MatrixView<const float> features, std::size_t unit,
                                                 std::optional<float> clip = {});

/// Histograms of one unit over several sets on common bins over all their values.
struct UnitHistograms {
    HistogramBins bins;
    std::vector<Histogram> sets;    ///< in the order of the sets
    std::vector<double> zeroShare;  ///< one a set, share of exact zeros; NaN where the set is empty
};

/// sets: features of each, N x D. NaN activations are left out. Errors: InvalidArgument (no bins, no such
/// unit), Mismatch (sets of different D), OutOfMemory.
[[nodiscard]] Result<UnitHistograms> unitHistograms(std::span<const MatrixView<const float>> sets,
                                                    std::size_t unit, std::size_t bins,
                                                    std::optional<float> clip = {});

/// One image and how strongly it activates a unit.
struct UnitActivation {
    std::size_t row = 0;
    float activation = 0;

    friend bool operator==(const UnitActivation&, const UnitActivation&) = default;
};

/// The `count` rows (fewer where the set is smaller) that activate a unit most, largest first, equal ones in
/// the order of the rows. NaN is passed over. unit < D.
[[nodiscard]] std::vector<UnitActivation> strongestRows(MatrixView<const float> features, std::size_t unit,
                                                        std::size_t count);

/// One weight that leaves a unit.
struct OutgoingWeight {
    std::size_t classIndex = 0;
    double weight = 0;
    double contribution = 0;  ///< W[c,d] E[h_d]; 0 where no mean was given
    bool kept = true;
};

/// The C weights of one unit in the order of the classes. mean: D values or none. Errors: those of
/// checkHead() and checkUnit(), Mismatch (mean).
[[nodiscard]] Result<std::vector<OutgoingWeight>> outgoingWeights(const HeadView& head, const HeadMask& mask,
                                                                  std::span<const double> mean,
                                                                  std::size_t unit);

}  // namespace dicescope
