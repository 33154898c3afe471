#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/features/feature_set.h"

namespace dicescope {

/// Version of the feature file layout (docs/feature-file.md) that this program writes; it reads this and
/// older ones.
inline constexpr int kFeatureFileSchema = 1;

/// Writes a set as a feature file, atomically, without copying the matrices. Feature values are written bit
/// for bit. Errors: InvalidArgument when the set's parts disagree in length, a name holds a NUL byte or a
/// label names no class; WriteFailed.
[[nodiscard]] Status writeFeatureFile(const std::filesystem::path& path, const FeatureSet& set);

/// Opens a feature file; features and logits stay in the mapped file (copied only where another writer left
/// them misaligned). Also takes any safetensors file with a `features` tensor (N x D, F32) and optionally
/// `logits` (N x C, F32) and `labels` (N, I32 or I64): then paths are "row 0", "row 1", ... and what is not
/// there is empty or -1. Values are not looked at: see firstNonFiniteRow(). Errors: NotFound, Unreadable,
/// Corrupt, Unsupported (a newer schema, another element type).
[[nodiscard]] Result<FeatureSetPtr> readFeatureFile(const std::filesystem::path& path);

/// The first row whose features or logits hold NaN or infinity; nothing when all are finite.
[[nodiscard]] std::optional<std::size_t> firstNonFiniteRow(const FeatureSet& set);

/// Every such row, ascending.
[[nodiscard]] std::vector<std::size_t> nonFiniteRows(const FeatureSet& set);

/// Whether scores of the two sets may be compared: same model, head and preprocessing, as far as both know
/// them (an empty field agrees with anything), and same D and C (no logits agree with anything). Errors:
/// Mismatch with a sentence that names what differs.
[[nodiscard]] Status checkComparable(const FeatureSet& a, const FeatureSet& b);

}  // namespace dicescope
