#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/base/job.h"
#include "core/base/matrix.h"
#include "core/model/classifier_info.h"

namespace dicescope {

struct ClassifierOptions {
    std::string head;             ///< name of the head's module or weight ("fc", "fc.weight"); empty: found
    std::string device = "auto";  ///< "auto" (CUDA where there is one), "cpu", "cuda", "cuda:N"
    int channels = 3;             ///< of the model's input, from the preprocessing
    int height = 0;               ///< of the model's input
    int width = 0;
};

/// Rows computed by one forward pass. Buffers of the caller, row-major float32.
struct ForwardOutput {
    MatrixView<float> features;  ///< B x D
    MatrixView<float> logits;    ///< B x C
};

/// A TorchScript image classifier, split at its head: one forward gives the penultimate features h and the
/// logits.
class Classifier {
  public:
    /// Loads, finds the head, optimises the graph for the device and checks both against the model as it was
    /// saved. Errors: NotFound, Unreadable; Corrupt (not a TorchScript file, truncated); Unsupported (an
    /// operator that this LibTorch does not have, named with the version needed; an output that is not
    /// logits; no head to be found); Mismatch (the model refuses the input's channels or size; --head names
    /// something else); Device; OutOfMemory.
    [[nodiscard]] static Result<Classifier> load(const std::filesystem::path& path,
                                                 const ClassifierOptions& options, const Job& job = {});
    Classifier(Classifier&&) noexcept;
    Classifier& operator=(Classifier&&) noexcept;
    ~Classifier();

    [[nodiscard]] const ClassifierInfo& info() const;
    [[nodiscard]] MatrixView<const float> weight() const;  ///< C x D
    [[nodiscard]] std::vector<float> bias() const;         ///< C; zeros where the head has none

    /// Runs a batch of preprocessed 8-bit pixels (batch x H x W x channels, interleaved) through the model.
    /// `tables` holds one normalisation table (see normalisationTable) of 256 values a channel, channel after
    /// channel. Safe to call from several threads at once; on the CPU a call uses `intraOpThreads` threads.
    /// Callers that run at the same time should pass the same number, since OpenBLAS keeps one for the whole
    /// process; several callers with one thread each are faster than one caller with several. The same batch
    /// gives the same bits on any thread; another batch size may change the last ones.
    /// Errors: InvalidArgument (shapes), OutOfMemory (the caller may try a smaller batch), Device, Internal.
    [[nodiscard]] Status forward(std::span<const std::uint8_t> pixels, std::size_t batch,
                                 std::span<const float> tables, const ForwardOutput& output,
                                 int intraOpThreads) const;

  private:
    struct Impl;
    explicit Classifier(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace dicescope
