#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/base/job.h"
#include "core/base/matrix.h"
#include "core/explain/masked_head.h"
#include "core/metrics/level_metrics.h"
#include "core/metrics/score_kind.h"
#include "core/sparsity/sweep.h"

namespace dicescope {

/// A mask made by hand, as a session keeps it: units switched off on top of a level or of the dense head.
struct MaskEdit {
    std::string name;
    std::optional<double> p;            ///< percent of weights dropped before; nullopt: the dense head
    std::vector<std::size_t> unitsOff;  ///< ascending, each once

    friend bool operator==(const MaskEdit&, const MaskEdit&) = default;
};

/// A set of images by name. The features must outlive the engine.
struct EditedSet {
    std::string name;
    MatrixView<const float> features;  ///< N x D
};

struct EditOptions {
    std::optional<float> clip = {};  ///< ReAct's c
    unsigned threads = 0;            ///< of score(), 0: all processors; the base product takes all
};

/// What a head says with some units switched off. Summaries have one row, the "dense" one, as in a sweep
/// without levels: scoresAt(summary, 0, kind, samples) gives scores of any kind. An image whose logits are
/// not finite has NaN and prediction -1 there, as in a sweep.
struct EditedScores {
    SweepResult id;
    std::vector<SweepResult> ood;  ///< in the order of the sets
};

/// Quality with some units switched off: one row each, fractions and units as in OodMetrics.
struct EditOutcome {
    EditedScores scores;
    LevelMetricsPtr metrics;  ///< one row, the "dense" one: metrics->ood[s].metrics.at(0), average.at(0)

    [[nodiscard]] OodMetrics average() const { return metrics->average.at(0); }
    [[nodiscard]] OodMetrics ofSet(std::size_t ood) const { return metrics->ood[ood].metrics.at(0); }
};

/// Switches units off on top of one base mask and says at once what becomes of the scores. Keeps the logits
/// of the base mask for all images (4 N C bytes: 360 MB for 90,000 images and 1,000 classes) and never
/// changes them, so any group of units is evaluated from the base, exactly and without drift: an empty group
/// gives the base again, bit for bit. Immutable and cheap to copy; may be used by several threads at a time.
class HandEdits {
  public:
    /// Computes the base logits block by block (the cost of one dense product, seconds at 90,000 x 1,000 x
    /// 2,048). head and features must outlive the engine; plan and flags of the mask need not. Progress in
    /// images. Errors: those of checkHead() and checkFeatures(); InvalidArgument (no OOD set),
    /// OutOfMemory, Cancelled.
    [[nodiscard]] static Result<HandEdits> make(const HeadView& head, const HeadMask& base, EditedSet id,
                                                std::vector<EditedSet> ood, const EditOptions& options,
                                                const Job& job);

    [[nodiscard]] std::size_t units() const;
    /// Images of all sets.
    [[nodiscard]] std::size_t samples() const;

    /// The scores with these units off (any order; one listed twice counts once). Cost: one read of the base
    /// logits, N C exponentials and N C multiplications a unit. Stops within a few ms. Errors:
    /// InvalidArgument (no such unit), OutOfMemory, Cancelled.
    [[nodiscard]] Result<EditedScores> score(std::span<const std::size_t> unitsOff,
                                             const Job& job = {}) const;

    /// The same with its metrics. Errors: also those of computeLevelMetrics().
    [[nodiscard]] Result<EditOutcome> evaluate(std::span<const std::size_t> unitsOff, ScoreKind kind,
                                               double tprLevel = kDefaultTprLevel, const Job& job = {}) const;

  private:
    struct Base;
    std::shared_ptr<const Base> base_;
};

}  // namespace dicescope
