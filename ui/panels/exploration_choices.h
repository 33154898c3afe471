#pragma once

#include <QString>
#include <vector>

#include "core/metrics/score_kind.h"
#include "core/sparsity/ranking.h"

namespace dicescope {

/// One entry of a list: a value of an enumeration, its name for people, and what it means in a sentence.
struct NamedChoice {
    int value = 0;
    QString name;
    QString tip;
};

// In the order of the enumerations.
[[nodiscard]] std::vector<NamedChoice> scoreChoices();
[[nodiscard]] std::vector<NamedChoice> rankingChoices();
[[nodiscard]] std::vector<NamedChoice> binRangeChoices();

[[nodiscard]] QString scoreTitle(ScoreKind kind);
[[nodiscard]] QString rankingTitle(RankingRule rule);

}  // namespace dicescope
