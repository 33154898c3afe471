#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/analysis/evaluation.h"

namespace dicescope {

/// One detector at one level, over the sets.
struct PaperRow {
    std::string detector;
    std::optional<double> p;
    std::vector<OodMetrics> metrics;  ///< one a set of PaperTable::sets
};

/// The rows of an evaluation of one score as a matrix of detectors and OOD sets.
struct PaperTable {
    std::vector<std::string> sets;  ///< names in their order, "average" last
    std::vector<PaperRow> rows;     ///< in the order of the evaluation
    std::optional<float> clip;      ///< of the ReAct rows
    std::size_t idImages = 0;
    std::size_t oodImages = 0;  ///< over all sets
};

[[nodiscard]] PaperTable paperTable(const Evaluation& evaluation, ScoreKind score);

/// A detector for people: "Dense", "DICE (p=90)", "ReAct (c=1)", "DICE+ReAct (p=90, c=1)", "abs-weight
/// (p=90)".
[[nodiscard]] std::string detectorLabel(const std::string& detector, std::optional<double> p,
                                        std::optional<float> clip);

/// "energy", "MSP" or "MaxLogit", as in running text.
[[nodiscard]] std::string scoreLabel(ScoreKind score);

/// What the numbers of the table mean, in sentences of plain ASCII: score, sides, both columns, the average.
[[nodiscard]] std::vector<std::string> conventions(const PaperTable& table, ScoreKind score);

}  // namespace dicescope
