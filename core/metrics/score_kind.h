#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "core/sparsity/sweep.h"

namespace dicescope {

/// Which score of the logits; the names in quotes are those of the CLI and of result files.
enum class ScoreKind {
    Energy,    ///< "energy": logsumexp of the logits
    Msp,       ///< "msp": the largest softmax probability
    MaxLogit,  ///< "maxlogit": the largest logit
};

[[nodiscard]] std::string_view name(ScoreKind kind);
/// Errors: InvalidArgument, naming the scores there are.
[[nodiscard]] Result<ScoreKind> parseScoreKind(std::string_view text);

/// One value a listed sample that has the order of the score at one row of a sweep. For Energy and MaxLogit
/// it is the score; for Msp it is log(MSP), because MSP itself is the same float, 1, for most confident
/// images. NaN where the sample is not finite.
[[nodiscard]] std::vector<float> rankingScores(const SweepResult& sweep, std::size_t row, ScoreKind kind,
                                               std::span<const std::size_t> samples);

/// The score that a value of rankingScores() stands for: exp for Msp, the value itself for the others.
[[nodiscard]] double scoreOfRanking(ScoreKind kind, double ranking);

/// The scores themselves, as plotted and written: scoreOfRanking() of rankingScores().
[[nodiscard]] std::vector<float> scoresAt(const SweepResult& sweep, std::size_t row, ScoreKind kind,
                                          std::span<const std::size_t> samples);

/// 0..N-1 without the samples whose logits are not finite (NaN in the sweep, in every row).
[[nodiscard]] std::vector<std::size_t> usableSamples(const SweepResult& sweep);
/// Those of `samples` whose logits are finite, in their order.
[[nodiscard]] std::vector<std::size_t> usableSamples(const SweepResult& sweep,
                                                     std::span<const std::size_t> samples);

}  // namespace dicescope
