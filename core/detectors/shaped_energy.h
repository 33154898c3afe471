#pragma once

// Internal to core/detectors: the energy of a head, dense or masked, on features that were shaped first.

#include <functional>
#include <span>
#include <utility>

#include "core/detectors/detector.h"
#include "core/detectors/training_data.h"

namespace dicescope {

/// Shapes the features of one image in place and returns the factor by which W h is multiplied besides.
using RowShaper = std::function<double(std::span<float> features)>;

/// A factor for the W h of one image, whose features stay as they are.
using RowFactor = std::function<double(std::span<const float> features)>;

/// logsumexp(factor W' h' + b), h' being the shaped features and W' `weight` (C x D).
class ShapedEnergy final : public Detector {
  public:
    /// shaper may be empty: features stay as they are. An empty weight stands for the head's own.
    ShapedEnergy(TrainingDataPtr head, Matrix<float> weight, RowShaper shaper)
        : head_(std::move(head)), weight_(std::move(weight)), shaper_(std::move(shaper)) {}

    [[nodiscard]] bool usesLogits() const override { return false; }

  private:
    [[nodiscard]] Status scoreRows(const FeatureBlock& block, std::span<double> scores,
                                   const Job& /*job*/) const override;

    TrainingDataPtr head_;  ///< keeps the head alive
    Matrix<float> weight_;
    RowShaper shaper_;
};

/// logsumexp(factor W h + b) by the dense head, from its logits.
class ScaledEnergy final : public Detector {
  public:
    ScaledEnergy(TrainingDataPtr head, RowFactor factor)
        : head_(std::move(head)), factor_(std::move(factor)) {}

    [[nodiscard]] bool usesLogits() const override { return true; }

  private:
    [[nodiscard]] Status scoreRows(const FeatureBlock& block, std::span<double> scores,
                                   const Job& /*job*/) const override;

    TrainingDataPtr head_;
    RowFactor factor_;
};

/// The head's weight with zeros where DICE drops at p percent: contributions at or below their percentile.
/// Errors: those of contribution().
[[nodiscard]] Result<Matrix<float>> diceWeight(const TrainingData& training, double p);

}  // namespace dicescope
