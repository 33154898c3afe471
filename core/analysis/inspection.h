#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/analysis/exploration.h"
#include "core/analysis/inputs.h"
#include "core/base/error.h"
#include "core/base/job.h"
#include "core/explain/contribution_map.h"
#include "core/explain/hand_edits.h"
#include "core/explain/image_table.h"
#include "core/explain/masked_head.h"
#include "core/explain/unit_statistics.h"
#include "core/explain/variance_theory.h"
#include "core/sparsity/levels.h"

namespace dicescope {

/// One set as it is looked into.
struct InspectedSet {
    const InputSet* set = nullptr;  ///< belongs to Inspection::inputs
    UnitStatistics statistics;      ///< with the exploration's ReAct clip
};

/// A complete exploration with what is needed to look into its units, classes and images. Immutable, shared
/// between threads. A row is a level of the exploration, or its denseRow().
struct Inspection {
    std::shared_ptr<const AnalysisInputs> inputs;
    ExplorationPtr exploration;
    LevelPlan plan;                          ///< of what the exploration's rule ranks by
    std::optional<ContributionTable> table;  ///< always there
    std::vector<InspectedSet> sets;          ///< the ID set, then the OOD sets in their order

    [[nodiscard]] HeadView head() const { return {inputs->head.weight.view(), inputs->head.bias}; }
    [[nodiscard]] HeadMask mask(std::size_t row) const {
        return row < plan.levels.size() ? HeadMask{&plan, row} : HeadMask{};
    }
    /// The level of a row, nothing for the dense head.
    [[nodiscard]] std::optional<std::size_t> level(std::size_t row) const {
        return row < plan.levels.size() ? std::optional(row) : std::nullopt;
    }
    [[nodiscard]] const std::optional<float>& clip() const { return exploration->sweep.reactClip; }
    [[nodiscard]] const SweepResult& swept(std::size_t set) const {
        return set == 0 ? exploration->swept->id : exploration->swept->ood[set - 1];
    }
    [[nodiscard]] const FeatureSet& features(std::size_t set) const { return *sets[set].set->features; }
    /// The name of a class, or "class 7" where names are not known.
    [[nodiscard]] std::string className(std::size_t c) const;
};

using InspectionPtr = std::shared_ptr<const Inspection>;

/// Prepares an inspection: plans the levels anew (as the sweep did) and reads every feature once for the
/// statistics of units. Progress in rows of each set. Errors: InvalidArgument (the exploration is not
/// complete), those of rankingValues(), planLevels(), ContributionTable::make() and unitStatistics(),
/// Cancelled.
[[nodiscard]] Result<InspectionPtr> inspect(std::shared_ptr<const AnalysisInputs> inputs,
                                            ExplorationPtr exploration, const Job& job);

/// All images of the ID and OOD sets with their scores (of the exploration's kind) by the dense head and at a
/// row. A few ms for 90,000 images. Errors: those of ImageTable::make().
[[nodiscard]] Result<ImageTable> imageTable(const Inspection& inspection, std::size_t row);

/// rankDisagreement() of the exploration's score and another one at a row, one value a record of
/// imageTable(). Errors: those of rankDisagreement().
[[nodiscard]] Result<std::vector<float>> scoreDisagreement(const Inspection& inspection, std::size_t row,
                                                           ScoreKind other);

/// The engine for hand edits on top of a row's mask, over the ID and OOD sets. The inspection must outlive
/// it. Errors: those of HandEdits::make().
[[nodiscard]] Result<HandEdits> handEdits(const Inspection& inspection, std::size_t row, const Job& job);

/// Means and variances of the masked logits of one set over all rows.
struct TheoryOfSet {
    std::string name;
    SetRole role = SetRole::Ood;
    FeatureMoments moments;
    PredictedOutput average;  ///< over all classes
};

/// The moments of the ID training set (where there are features of it), of the ID and of every OOD set, and
/// what follows from them on average over the classes. Without the ReAct clip. Keeps one D x D matrix of
/// float64 a set; minutes of work for 90,000 images of 2,048 features. Progress in rows, then classes.
/// Errors: those of featureMoments() and predictAverageOutput(), Cancelled.
[[nodiscard]] Result<std::vector<TheoryOfSet>> theoryOfSets(const Inspection& inspection, const Job& job);

}  // namespace dicescope
