#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/base/error.h"
#include "core/base/job.h"
#include "core/base/matrix.h"
#include "core/sparsity/head_view.h"

namespace dicescope {

/// Some rows of a set, as detectors get them.
struct FeatureBlock {
    MatrixView<const float> features;  ///< n x D
    MatrixView<const float> logits;    ///< n x C, W h + b of the dense head; may be empty (0 x 0) for a
                                       ///< detector whose usesLogits() is false
};

/// One score with everything that was fitted for it: larger = more in-distribution (ID). Made by
/// fitDetector() (registry.h). Immutable; may be used by several threads at a time. docs/detectors.md states
/// the formulas.
class Detector {
  public:
    Detector() = default;
    Detector(const Detector&) = delete;
    Detector& operator=(const Detector&) = delete;
    virtual ~Detector() = default;

    /// Whether the block must bring the logits of the dense head.
    [[nodiscard]] virtual bool usesLogits() const = 0;

    /// Writes one score a row of the block (scores: n values), with all processors; the values depend on the
    /// row alone, but for last bits that its place in the block decides. Finite for finite features and
    /// logits whose squares are far from the largest float. Memory: a few times the block, up to 200 MB
    /// beyond it. Detectors that compare with many training images report progress (in comparisons) and stop
    /// within 4,096 of these; the others neither. Errors: Mismatch (sizes, or logits missing), OutOfMemory,
    /// Cancelled, Internal.
    [[nodiscard]] Status score(const FeatureBlock& block, std::span<double> scores,
                               const Job& job = {}) const;

  private:
    /// The same for sizes that fit; may throw what the standard library throws.
    [[nodiscard]] virtual Status scoreRows(const FeatureBlock& block, std::span<double> scores,
                                           const Job& job) const = 0;
};

using DetectorPtr = std::shared_ptr<const Detector>;

/// What scoring one set by one detector gave.
struct DetectorRun {
    std::vector<double> scores;  ///< N; empty after an error
    double seconds = 0;          ///< wall time, that of the logits included where the detector uses them
    std::optional<Error> error;
};

/// Scores every row of a set (N x D, may be memory-mapped, N may be 0) by every detector, block of rows by
/// block of rows, with all processors; one run a detector, in their order. The logits of a block are computed
/// once for all. A detector that fails ends its own run only. Memory: the result and a few blocks of 1,024 x
/// (C + D) floats. Progress in rows, within a block by how many of the detectors are through with it. Stops
/// within one block of one detector, or within 4,096 training images that it is compared with. Errors:
/// Mismatch (features of another width than the head's), OutOfMemory, Cancelled.
[[nodiscard]] Result<std::vector<DetectorRun>> scoreFeatures(std::span<const DetectorPtr> detectors,
                                                             HeadView head, MatrixView<const float> features,
                                                             const Job& job = {});

}  // namespace dicescope
