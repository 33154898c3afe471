#pragma once

// Internal to core/detectors: ASH, SCALE and LTS, which look at the largest activations of one image.

#include <cstddef>
#include <span>

#include "core/detectors/shaped_energy.h"

namespace dicescope {

enum class AshKind { Prune, Binarise, Scale };

/// How many of `units` activations stay when `percent` of them go: units - round(units percent / 100), halves
/// to the even number, at least 1.
[[nodiscard]] std::size_t keptActivations(std::size_t units, double percent);

/// Sum of all activations over the sum of the `kept` largest, within +-600; 1 where the latter is 0.
[[nodiscard]] double activationRatio(std::span<const float> features, std::size_t kept);

/// ASH-P keeps the largest, ASH-B sets them to one value with the same sum as all had, ASH-S multiplies those
/// kept by exp(ratio). Of equal activations those of the lower units are kept.
[[nodiscard]] RowShaper ashShaper(AshKind kind, double percent);

/// SCALE: exp(ratio).
[[nodiscard]] RowFactor scaleFactor(double percent);

}  // namespace dicescope
