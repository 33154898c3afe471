#pragma once

// Internal to core/sparsity: one tile of samples through a whole walk.

#include <cstddef>
#include <cstdint>
#include <span>
#include <stop_token>

#include "core/base/matrix.h"
#include "core/sparsity/walk.h"

namespace dicescope {

/// What one call of sweepTile() works on.
struct TileTask {
    const Walk* walk = nullptr;
    MatrixView<const float> features;      ///< N x D
    std::span<const std::size_t> samples;  ///< rows of features, at most tileSamples()
    float clip = 0;                        ///< features are min(h, clip); +infinity for none

    /// Where the value of samples[j] in row r goes: element r * stride + columns[j] of each array.
    std::span<const std::size_t> columns;
    std::size_t stride = 0;
    float* maxLogit = nullptr;
    float* excess = nullptr;
    std::int32_t* prediction = nullptr;  ///< null: not wanted

    std::stop_token stop;
};

/// Samples in a tile: a few vectors of this processor's widest instruction set.
[[nodiscard]] std::size_t tileSamples();

/// Floats of scratch memory that sweepTile() needs, aligned to a vector.
[[nodiscard]] std::size_t tileScratch(const Walk& walk);

/// Writes all rows of the task's samples; false when it was stopped before the end. The result of a sample
/// does not depend on the other samples of the task. scratch: tileScratch() floats from hwy::AllocateAligned.
[[nodiscard]] bool sweepTile(const TileTask& task, float* scratch);

/// The name of the instruction set that is used, such as "AVX3".
[[nodiscard]] const char* sweepTarget();

}  // namespace dicescope
