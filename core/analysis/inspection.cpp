#include "core/analysis/inspection.h"

#include <numeric>
#include <utility>

#include "core/base/exceptions.h"
#include "core/metrics/score_kind.h"
#include "core/sparsity/ranking.h"

namespace dicescope {
namespace {

constexpr auto kOutOfMemory =
    "There is not enough memory to look into this analysis; close other programs or use fewer images.";

template <class Body>
auto guarded(const Body& body) {
    return withoutExceptions("The inspection", kOutOfMemory, body);
}

std::vector<std::size_t> allSamples(const SweepResult& sweep) {
    std::vector<std::size_t> samples(sweep.samples);
    std::iota(samples.begin(), samples.end(), std::size_t{0});
    return samples;
}

std::vector<float> scoresOfAll(const SweepResult& sweep, std::size_t row, ScoreKind kind) {
    return rankingScores(sweep, row, kind, allSamples(sweep));
}

Status addPlan(Inspection& inspection, const Job& job) {
    const ExplorationSweep& sweep = inspection.exploration->sweep;
    const AnalysisInputs& inputs = *inspection.inputs;
    auto ranking = rankingValues(sweep.rule, inputs.head.weight.view(), inputs.featureMean, sweep.seed);
    if (!ranking) return forwardError(ranking);
    if (job.stopRequested()) return cancelled();
    auto plan = planLevels(ranking->view(), sweep.levels);
    if (!plan) return forwardError(plan);
    inspection.plan = std::move(*plan);
    if (job.stopRequested()) return cancelled();
    auto table =
        ContributionTable::make(inspection.head(), inputs.featureMean, std::move(*ranking), inputs.classes);
    if (!table) return forwardError(table);
    inspection.table = std::move(*table);
    return {};
}

Status addSet(Inspection& inspection, const InputSet& set, const Job& job) {
    auto statistics = unitStatistics(set.features->features, inspection.clip(), job);
    if (!statistics) return forwardError(statistics);
    inspection.sets.push_back({&set, std::move(*statistics)});
    return {};
}

Result<InspectionPtr> make(std::shared_ptr<const AnalysisInputs> inputs, ExplorationPtr exploration,
                           const Job& job) {
    if (!exploration || !exploration->complete()) {
        return fail(ErrorCode::InvalidArgument,
                    "The sweep is not complete yet; look into the analysis when it is.");
    }
    auto inspection = std::make_shared<Inspection>();
    inspection->inputs = std::move(inputs);
    inspection->exploration = std::move(exploration);
    if (auto status = addPlan(*inspection, job); !status) return forwardError(status);
    if (auto status = addSet(*inspection, inspection->inputs->id, job); !status) return forwardError(status);
    for (const InputSet& set : inspection->inputs->ood) {
        if (auto status = addSet(*inspection, set, job); !status) return forwardError(status);
    }
    return inspection;
}

}  // namespace

std::string Inspection::className(std::size_t c) const {
    return c < inputs->classes.size() ? inputs->classes[c] : "class " + std::to_string(c);
}

Result<InspectionPtr> inspect(std::shared_ptr<const AnalysisInputs> inputs, ExplorationPtr exploration,
                              const Job& job) {
    return guarded([&] { return make(std::move(inputs), std::move(exploration), job); });
}

Result<ImageTable> imageTable(const Inspection& inspection, std::size_t row) {
    return guarded([&]() -> Result<ImageTable> {
        const ScoreKind kind = inspection.exploration->view.score;
        std::vector<std::vector<float>> columns;
        columns.reserve(2 * inspection.sets.size());
        std::vector<TableSet> sets;
        for (std::size_t s = 0; s < inspection.sets.size(); ++s) {
            const SweepResult& swept = inspection.swept(s);
            const InputSet& set = *inspection.sets[s].set;
            const auto& dense = columns.emplace_back(scoresOfAll(swept, swept.denseRow(), kind));
            const auto& atLevel = columns.emplace_back(scoresOfAll(swept, row, kind));
            sets.push_back({set.name, set.role == SetRole::Id, set.labels,
                            swept.predictionAt(swept.denseRow()), dense, atLevel});
        }
        return ImageTable::make(sets, inspection.exploration->view.tprLevel);
    });
}

Result<std::vector<float>> scoreDisagreement(const Inspection& inspection, std::size_t row, ScoreKind other) {
    return guarded([&]() -> Result<std::vector<float>> {
        std::vector<float> first;
        std::vector<float> second;
        for (std::size_t s = 0; s < inspection.sets.size(); ++s) {
            const SweepResult& swept = inspection.swept(s);
            const auto own = scoresOfAll(swept, row, inspection.exploration->view.score);
            const auto theirs = scoresOfAll(swept, row, other);
            first.insert(first.end(), own.begin(), own.end());
            second.insert(second.end(), theirs.begin(), theirs.end());
        }
        return rankDisagreement(first, second);
    });
}

Result<HandEdits> handEdits(const Inspection& inspection, std::size_t row, const Job& job) {
    return guarded([&] {
        std::vector<EditedSet> ood;
        for (std::size_t s = 1; s < inspection.sets.size(); ++s)
            ood.push_back({inspection.sets[s].set->name, inspection.features(s).features});
        const EditedSet id{inspection.sets.front().set->name, inspection.features(0).features};
        return HandEdits::make(inspection.head(), inspection.mask(row), id, std::move(ood),
                               {.clip = inspection.clip()}, job);
    });
}

Result<std::vector<TheoryOfSet>> theoryOfSets(const Inspection& inspection, const Job& job) {
    return guarded([&]() -> Result<std::vector<TheoryOfSet>> {
        std::vector<const InputSet*> sets;
        if (inspection.inputs->idTrain) sets.push_back(&*inspection.inputs->idTrain);
        for (const InspectedSet& inspected : inspection.sets) sets.push_back(inspected.set);
        std::vector<TheoryOfSet> theory;
        for (const InputSet* set : sets) {
            auto moments = featureMoments(set->features->features, job);
            if (!moments) return forwardError(moments);
            theory.push_back({set->name, set->role, std::move(*moments), {}});
        }
        for (TheoryOfSet& set : theory) {
            auto average = predictAverageOutput(set.moments, inspection.head(), inspection.plan, job);
            if (!average) return forwardError(average);
            set.average = std::move(*average);
        }
        return theory;
    });
}

}  // namespace dicescope
