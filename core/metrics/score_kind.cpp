#include "core/metrics/score_kind.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <string>

namespace dicescope {
namespace {

constexpr std::array kKinds{ScoreKind::Energy, ScoreKind::Msp, ScoreKind::MaxLogit};

}  // namespace

std::string_view name(ScoreKind kind) {
    switch (kind) {
        case ScoreKind::Energy:
            return "energy";
        case ScoreKind::Msp:
            return "msp";
        case ScoreKind::MaxLogit:
            return "maxlogit";
    }
    return "";
}

Result<ScoreKind> parseScoreKind(std::string_view text) {
    const auto* const found =
        std::find_if(kKinds.begin(), kKinds.end(), [text](ScoreKind kind) { return name(kind) == text; });
    if (found != kKinds.end()) return *found;
    return fail(ErrorCode::InvalidArgument,
                "There is no score \"" + std::string(text) + "\"; choose energy, msp or maxlogit.");
}

std::vector<float> rankingScores(const SweepResult& sweep, std::size_t row, ScoreKind kind,
                                 std::span<const std::size_t> samples) {
    const auto maxLogit = sweep.maxLogitAt(row);
    const auto excess = sweep.excessAt(row);
    std::vector<float> scores(samples.size());
    const auto fill = [&](auto score) {
        std::transform(samples.begin(), samples.end(), scores.begin(), score);
    };
    switch (kind) {
        case ScoreKind::Energy:
            fill([&](std::size_t i) { return maxLogit[i] + excess[i]; });
            break;
        case ScoreKind::Msp:
            fill([&](std::size_t i) { return -excess[i]; });
            break;
        case ScoreKind::MaxLogit:
            fill([&](std::size_t i) { return maxLogit[i]; });
            break;
    }
    return scores;
}

double scoreOfRanking(ScoreKind kind, double ranking) {
    return kind == ScoreKind::Msp ? std::exp(ranking) : ranking;
}

std::vector<float> scoresAt(const SweepResult& sweep, std::size_t row, ScoreKind kind,
                            std::span<const std::size_t> samples) {
    std::vector<float> scores = rankingScores(sweep, row, kind, samples);
    if (kind == ScoreKind::Msp) {
        for (float& score : scores) score = static_cast<float>(scoreOfRanking(kind, score));
    }
    return scores;
}

std::vector<std::size_t> usableSamples(const SweepResult& sweep) {
    std::vector<std::size_t> all(sweep.samples);
    std::iota(all.begin(), all.end(), std::size_t{0});
    return usableSamples(sweep, all);
}

std::vector<std::size_t> usableSamples(const SweepResult& sweep, std::span<const std::size_t> samples) {
    std::vector<std::size_t> usable;
    if (sweep.rows() == 0) return usable;
    const auto firstRow = sweep.maxLogitAt(0);
    std::copy_if(samples.begin(), samples.end(), std::back_inserter(usable),
                 [&](std::size_t i) { return !std::isnan(firstRow[i]); });
    return usable;
}

}  // namespace dicescope
