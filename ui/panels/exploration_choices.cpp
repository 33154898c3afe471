#include "ui/panels/exploration_choices.h"

#include <QCoreApplication>

#include "core/metrics/level_curves.h"

namespace dicescope {

namespace {

struct ExplorationChoices {
    Q_DECLARE_TR_FUNCTIONS(ExplorationChoices)
};

QString titleOf(const std::vector<NamedChoice>& choices, int value) {
    for (const NamedChoice& choice : choices) {
        if (choice.value == value) return choice.name;
    }
    return {};
}

}  // namespace

std::vector<NamedChoice> scoreChoices() {
    return {
        {static_cast<int>(ScoreKind::Energy), ExplorationChoices::tr("Energy"),
         ExplorationChoices::tr("Logsumexp of the logits (negative free energy): the score that DICE uses.")},
        {static_cast<int>(ScoreKind::Msp), ExplorationChoices::tr("MSP"),
         ExplorationChoices::tr("The largest softmax probability.")},
        {static_cast<int>(ScoreKind::MaxLogit), ExplorationChoices::tr("MaxLogit"),
         ExplorationChoices::tr("The largest logit.")},
    };
}

std::vector<NamedChoice> rankingChoices() {
    return {
        {static_cast<int>(RankingRule::Contribution), ExplorationChoices::tr("DICE contribution"),
         ExplorationChoices::tr("W times the mean ID training feature, with its sign: the weights that "
                                "contribute least are dropped first. "
                                "This is DICE.")},
        {static_cast<int>(RankingRule::AbsoluteContribution), ExplorationChoices::tr("|contribution|"),
         ExplorationChoices::tr("The contribution without its sign: strongly negative weights are kept.")},
        {static_cast<int>(RankingRule::AbsoluteWeight), ExplorationChoices::tr("|weight|"),
         ExplorationChoices::tr(
             "Weight pruning: the smallest weights are dropped first, whatever the features are.")},
        {static_cast<int>(RankingRule::RandomWeight), ExplorationChoices::tr("random weight"),
         ExplorationChoices::tr("Weight dropping: weights are dropped in a random order.")},
        {static_cast<int>(RankingRule::UnitActivation), ExplorationChoices::tr("unit activation"),
         ExplorationChoices::tr(
             "Unit pruning: whole units are dropped, those with the smallest mean activation first.")},
        {static_cast<int>(RankingRule::RandomUnit), ExplorationChoices::tr("random unit"),
         ExplorationChoices::tr("Unit dropping: whole units are dropped in a random order.")},
    };
}

std::vector<NamedChoice> binRangeChoices() {
    return {
        {static_cast<int>(BinRange::AllRows), ExplorationChoices::tr("all p"),
         ExplorationChoices::tr(
             "One range for every p, so that a move of the slider shows how the scores move.")},
        {static_cast<int>(BinRange::EachRow), ExplorationChoices::tr("this p"),
         ExplorationChoices::tr("The range of the scores at the current p, for detail.")},
    };
}

QString scoreTitle(ScoreKind kind) {
    return titleOf(scoreChoices(), static_cast<int>(kind));
}

QString rankingTitle(RankingRule rule) {
    return titleOf(rankingChoices(), static_cast<int>(rule));
}

}  // namespace dicescope
