#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/analysis/inputs.h"
#include "core/base/error.h"
#include "core/base/job.h"
#include "core/metrics/level_metrics.h"
#include "core/metrics/ood_metrics.h"
#include "core/metrics/score_kind.h"

namespace dicescope {

struct EvaluationOptions {
    std::vector<double> levels{90};  ///< p in percent of weights dropped, 0..100, strictly increasing
    std::optional<float> reactClip;  ///< ReAct's c; adds the detectors "react" and "dice+react"
    unsigned threads = 0;            ///< 0: all processors
};

/// The metrics of one detector and score on one OOD set, or their unweighted mean over all of them.
struct MetricRow {
    std::string detector;  ///< "dense", "dice", "react" or "dice+react"
    ScoreKind score = ScoreKind::Energy;
    std::optional<double> p;  ///< absent for detectors without a mask
    std::string ood;          ///< name of the OOD set, or "average"
    std::size_t idCount = 0;
    std::size_t oodCount = 0;  ///< over all OOD sets for the average
    OodMetrics metrics;
};

/// Share of labelled ID images whose label a head predicts.
struct AccuracyRow {
    std::string detector;  ///< as in MetricRow: whose head
    std::optional<double> p;
    std::size_t labelled = 0;
    double accuracy = 0;
};

/// What a level of sparsity leaves of the head.
struct MaskRow {
    double p = 0;
    double threshold = 0;   ///< contributions above it are kept
    std::size_t kept = 0;   ///< weights
    std::size_t units = 0;  ///< units with at least one kept weight
};

/// Scores of the images of one set, in its order.
struct SetScores {
    std::vector<std::int32_t> prediction;        ///< N, of the dense head
    std::vector<float> denseEnergy;              ///< N
    std::vector<std::vector<float>> diceEnergy;  ///< levels x N
};

struct Evaluation {
    std::vector<double> levels;
    std::optional<float> reactClip;
    std::vector<MetricRow> rows;  ///< by detector, level, score; per OOD set in their order, then the average
    std::vector<AccuracyRow> accuracy;  ///< empty where no label is known
    std::vector<MaskRow> masks;         ///< one a level
    SetScores id;
    std::vector<SetScores> ood;
};

/// Whether the options can be met. Errors: InvalidArgument (levels; a clip that is not a positive number).
[[nodiscard]] Status checkOptions(const EvaluationOptions& options);

/// DICE (Sun & Li, ECCV 2022) at every level beside the dense head, with ReAct (Sun et al., NeurIPS 2021)
/// where a clip is given, by energy, MSP and MaxLogit. Errors: those of checkOptions, InvalidArgument (a set
/// without rows), OutOfMemory, Cancelled.
[[nodiscard]] Result<Evaluation> evaluate(const AnalysisInputs& inputs, const EvaluationOptions& options,
                                          const Job& job = {});

/// Adds the rows of one head (row `index` of the metrics) under one score: the OOD sets in their order, then
/// their average. `detector` and `p` as in MetricRow.
void addMetricRows(Evaluation& evaluation, const LevelMetrics& metrics, std::size_t index,
                   const std::string& detector, std::optional<double> p);

}  // namespace dicescope
