#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/base/error.h"
#include "core/base/job.h"
#include "core/base/matrix.h"
#include "core/sparsity/levels.h"

namespace dicescope {

/// What one head (dense or masked) says about one sample, in a form from which every score follows without
/// loss: energy = maxLogit + excess, MSP = exp(-excess), MaxLogit = maxLogit.
struct LogitSummary {
    float maxLogit = 0;  ///< max_c l_c
    float excess =
        0;  ///< logsumexp_c(l_c) - max_c l_c >= 0, accurate even where it is far below 1 (MSP near 1)
    int prediction = 0;  ///< argmax_c l_c, the smallest index among equals
};

/// Summaries of N samples by R heads ("rows"): the levels of a plan in their order and, where asked for, the
/// dense head as the last row. Row-major arrays: value of row k and sample i at [k * N + i].
///
/// A sample with a feature that is NaN or infinite (after the ReAct clip), or with features so large that a
/// logit might overflow float32, has maxLogit = excess = NaN and prediction = -1 in every row; other samples
/// are not affected.
struct SweepResult {
    std::size_t samples = 0;  ///< N
    std::size_t levels = 0;   ///< L, the rows of the plan; without the dense one
    bool hasDense = false;    ///< whether row L is the dense head
    std::vector<float> maxLogit;
    std::vector<float> excess;
    std::vector<std::int32_t> prediction;  ///< empty where SweepOptions::predictions is false

    [[nodiscard]] std::size_t rows() const { return levels + (hasDense ? 1 : 0); }
    /// The row of the dense head; only where hasDense.
    [[nodiscard]] std::size_t denseRow() const { return levels; }
    [[nodiscard]] std::span<const float> maxLogitAt(std::size_t row) const {
        return std::span(maxLogit).subspan(row * samples, samples);
    }
    [[nodiscard]] std::span<const float> excessAt(std::size_t row) const {
        return std::span(excess).subspan(row * samples, samples);
    }
    [[nodiscard]] std::span<const std::int32_t> predictionAt(std::size_t row) const {
        return std::span(prediction).subspan(row * samples, samples);
    }
};

struct SweepOptions {
    std::optional<float> reactClip = {};  ///< ReAct: features are min(h, clip) when scored
    bool predictions = true;  ///< false: leave SweepResult::prediction empty (a third of the memory)
    unsigned threads = 0;     ///< 0: all processors
    /// Most samples between two calls of the sink, at least 1. The first slab has at most 1,024 and each next
    /// one is twice as large until it reaches this, so that a first picture comes early.
    std::size_t slab = 8192;
    std::uint64_t seed = 0;  ///< of the random order in which samples are visited
};

/// Called on the thread that called run(), between two slabs: `done` lists the samples whose values in
/// `partial` are final, a uniform random subset of all (0..N-1), those of earlier slabs first; other values
/// are 0. Both are valid during the call only.
using PartialSink = std::function<void(const SweepResult& partial, std::span<const std::size_t> done)>;

/// Called on the thread that called stream(): column j of `slab` (samples = samples.size()) speaks of sample
/// samples[j] of the features. Valid during the call only. An Error stops the sweep and is returned by it.
using SlabSink = std::function<Status(const SweepResult& slab, std::span<const std::size_t> samples)>;

/// A head (W, b) with its weights ordered by the level at which they enter: evaluates all levels of a plan in
/// one walk from the sparsest to the densest, adding to the running logits only the weights that enter.
///
/// Logits are float32, sums of a level's weights in order of the unit; against float64 the energy, the max
/// logit and MSP are within 1e-4 + 1e-5 |score| where the logits' partial sums are of the size of the logits.
/// The excess keeps a relative accuracy of 1e-5 + 1e-7 |max logit| down to 1e-20; below that it may be 0.
/// Results are the same bit for bit for every thread count, slab, seed, position and neighbour of a sample;
/// they may differ in the last bits between instruction sets and between plans.
///
/// Immutable and cheap to copy; may be used by several threads at a time.
class Sweep {
  public:
    enum class Dense { Without, AsLastRow };

    /// weight: C x D, bias: C values, plan: of a C x D ranking. Memory: 8 bytes a weight and 6 bytes a class
    /// and level. Errors: Mismatch (shapes), InvalidArgument (empty or non-finite weight or bias, or so large
    /// that their sum overflows).
    [[nodiscard]] static Result<Sweep> plan(MatrixView<const float> weight, std::span<const float> bias,
                                            const LevelPlan& plan, Dense dense = Dense::AsLastRow);
    /// Only the dense head: L = 0 levels and the dense row. Errors: as plan().
    [[nodiscard]] static Result<Sweep> denseOnly(MatrixView<const float> weight, std::span<const float> bias);

    [[nodiscard]] std::size_t classes() const;
    [[nodiscard]] std::size_t units() const;
    [[nodiscard]] std::size_t levels() const;
    [[nodiscard]] std::size_t rows() const;

    /// All rows for all samples; features: N x D, may be memory-mapped, N may be 0. Memory: the result and,
    /// for each thread, a tile of about 64 x (C + D) floats. Progress in samples. Stops within about 50 ms of
    /// a stop request. Errors: Mismatch (features of another width), InvalidArgument (slab 0, a clip that is
    /// NaN), OutOfMemory, Cancelled.
    [[nodiscard]] Result<SweepResult> run(MatrixView<const float> features, const SweepOptions& options,
                                          const Job& job, const PartialSink& sink = {}) const;
    /// The same without holding all results: each slab goes to the sink once and is forgotten. Memory: one
    /// slab. Errors: as run(), and what the sink returns.
    [[nodiscard]] Status stream(MatrixView<const float> features, const SweepOptions& options, const Job& job,
                                const SlabSink& sink) const;

  private:
    struct Plan;
    std::shared_ptr<const Plan> plan_;
};

/// Summaries of the dense head alone: row 0 of the result. Arguments and errors: as Sweep::plan() and
/// Sweep::run().
[[nodiscard]] Result<SweepResult> denseSummary(MatrixView<const float> features,
                                               MatrixView<const float> weight, std::span<const float> bias,
                                               const SweepOptions& options, const Job& job);

}  // namespace dicescope
