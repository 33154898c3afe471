#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>

#include "core/base/error.h"
#include "core/base/job.h"
#include "core/base/matrix.h"
#include "core/model/classifier.h"

namespace dicescope {

/// What takes the place of a model's head: x -> W min(h, c) + b, with the bias that the head has.
struct MaskedHead {
    MatrixView<const float> weight;  ///< C x D, zeros where a weight is dropped
    std::optional<float> reactClip;  ///< ReAct's c; absent: features are not clipped
};

/// Writes the network of a DICE detector as a TorchScript file: `source` frozen for inference on the CPU,
/// with the head replaced. Its forward takes the images that `source` takes (float32, B x channels x H x W,
/// normalised) and returns the masked logits, B x C, as one tensor; what the source does behind its head (a
/// softmax, other outputs) is gone. The head is found as Classifier::load finds it with the same options;
/// their device plays no part. Features that the source averages over positions after its head are averaged
/// before the clip, as features are everywhere in this program. Written under a temporary name and renamed.
/// Errors: those of Classifier::load, Mismatch (weight not C x D), InvalidArgument (a value or a clip that is
/// not finite), WriteFailed, Cancelled.
[[nodiscard]] Status writeMaskedModel(const std::filesystem::path& source, const ClassifierOptions& options,
                                      const MaskedHead& head, const std::filesystem::path& out,
                                      const Job& job = {});

/// Images as Classifier::forward() takes them, and the energy that each should have.
struct ScoredImages {
    std::span<const std::uint8_t> pixels;  ///< images x H x W x channels, interleaved
    std::span<const float> tables;         ///< 256 values a channel, channel after channel
    std::span<const float> energies;       ///< one an image
};

/// Loads the TorchScript file `written` anew onto the CPU, runs the images through it and compares the energy
/// (logsumexp) of its logits: the largest |difference|, infinity where one of both is NaN. options: channels,
/// height and width of the images; head and device play no part. Errors: those of Classifier::load and
/// Classifier::forward, InvalidArgument (no image, or energies of another number of images), Cancelled.
[[nodiscard]] Result<double> largestScoreDifference(const std::filesystem::path& written,
                                                    const ClassifierOptions& options,
                                                    const ScoredImages& images, const Job& job = {});

}  // namespace dicescope
