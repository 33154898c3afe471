#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

#include "core/base/error.h"
#include "core/base/job.h"
#include "core/model/classifier.h"

namespace dicescope {

struct OdinOptions {
    double temperature = 1000;  ///< T > 0
    double noise = 0.0014;      ///< epsilon >= 0, in units of pixel values in 0..1; 0: no perturbation
};

/// ODIN (Liang et al., ICLR 2018, arXiv 1706.02690): temperature and an input perturbation, which needs the
/// model's gradient, so the model itself and not its features.
///
/// S(x) = max_c softmax(f(x~) / T)_c with x~ = x - epsilon * sign(-grad_x log max_c softmax(f(x) / T)_c). As
/// in the authors' code (and OpenOOD): the sign of a zero gradient is +1, and each channel of the sign is
/// divided by the normalisation's standard deviation, so that the noise is the same in pixel values
/// everywhere; a perturbed pixel may leave 0..1. The logits are those of the head that Classifier::load
/// finds.
class OdinModel {
  public:
    /// Errors: those of Classifier::load that concern the file, the head, the input and the device;
    /// Unsupported where the model has no gradient (integer or quantised operators).
    [[nodiscard]] static Result<OdinModel> load(const std::filesystem::path& path,
                                                const ClassifierOptions& options, const Job& job = {});
    OdinModel(OdinModel&&) noexcept;
    OdinModel& operator=(OdinModel&&) noexcept;
    ~OdinModel();

    /// Scores of a batch, one an image, in 1/C..1, higher means ID. They lie close together at high T: keep
    /// them in double. Pixels and tables as Classifier::forward() takes them; the standard deviation of a
    /// channel is read off its table. Two forward passes and one backward pass: about five times the time and
    /// several times the memory of a plain forward. Safe to call from several threads at once; on the CPU a
    /// call uses `intraOpThreads` threads. Errors: InvalidArgument (shapes, options), OutOfMemory (the caller
    /// may try a smaller batch), Device, Internal.
    [[nodiscard]] Status scores(std::span<const std::uint8_t> pixels, std::size_t batch,
                                std::span<const float> tables, const OdinOptions& options,
                                std::span<double> out, int intraOpThreads = 1) const;

  private:
    struct Impl;
    explicit OdinModel(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace dicescope
