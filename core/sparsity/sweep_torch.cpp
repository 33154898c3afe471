#include "core/sparsity/sweep_torch.h"

// ir.h first: clang 14 does not compile script.h by itself as C++20.
#include <torch/csrc/jit/ir/ir.h>
#include <torch/script.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>
#include <vector>

#include "core/base/progress_meter.h"
#include "core/sparsity/slabs.h"
#include "core/sparsity/sweep_request.h"
#include "core/sparsity/walk.h"

namespace dicescope {
namespace {

torch::Tensor hostTensor(const void* data, std::size_t rows, std::size_t cols, torch::ScalarType type) {
    // from_blob() takes no const pointer; nothing writes through it.
    return torch::from_blob(const_cast<void*>(data),
                            {static_cast<std::int64_t>(rows), static_cast<std::int64_t>(cols)}, type);
}

/// One slab's summary at one row, on the host.
struct SlabRow {
    torch::Tensor maxLogit;
    torch::Tensor excess;
    torch::Tensor prediction;
};

class DeviceSweep {
  public:
    DeviceSweep(MatrixView<const float> weight, std::span<const float> bias, const LevelPlan& plan,
                float largestFeature, const SweepOptions& options, const std::string& device)
        : device_(device),
          options_(options),
          largestFeature_(largestFeature),
          weight_(hostTensor(weight.data, weight.rows, weight.cols, torch::kFloat).to(device_)),
          bias_(hostTensor(bias.data(), 1, bias.size(), torch::kFloat).to(device_)),
          lastKept_(hostTensor(plan.lastKept.data(), weight.rows, weight.cols, torch::kInt).to(device_)) {}

    /// Brings the rows of a slab to the device, clipped; samples that are not finite become 0 and are marked.
    void load(MatrixView<const float> features, std::span<const std::size_t> samples) {
        std::vector<float> rows(samples.size() * features.cols);
        for (std::size_t j = 0; j < samples.size(); ++j) {
            std::ranges::copy(features.row(samples[j]),
                              rows.begin() + static_cast<std::ptrdiff_t>(j * features.cols));
        }
        features_ =
            hostTensor(rows.data(), samples.size(), features.cols, torch::kFloat).to(device_, false, true);
        if (options_.reactClip)
            features_ = torch::where(features_ > *options_.reactClip, *options_.reactClip, features_);
        usable_ = (features_.abs() <= largestFeature_).all(1);
        features_ = torch::where(usable_.unsqueeze(1), features_, 0.0);
    }

    /// level: index of a level, or -1 for the dense head.
    [[nodiscard]] SlabRow summarise(std::int64_t level) const {
        const auto weight = level < 0 ? weight_ : weight_ * (lastKept_ >= level);
        const auto logits = torch::addmm(bias_, features_, weight.t());
        // The first of equal ones.
        const auto best = logits.argmax(1, true);
        const auto largest = logits.gather(1, best);
        // Without the largest one itself, the sum stays accurate where it is far below 1.
        const auto others = (logits - largest).exp().scatter(1, best, 0.0).sum(1);
        const auto none = std::numeric_limits<float>::quiet_NaN();
        return {torch::where(usable_, largest.squeeze(1), none).cpu(),
                torch::where(usable_, others.log1p(), none).cpu(),
                torch::where(usable_, best.squeeze(1), -1).to(torch::kInt).cpu()};
    }

  private:
    torch::Device device_;
    const SweepOptions& options_;
    float largestFeature_;
    torch::Tensor weight_;
    torch::Tensor bias_;
    torch::Tensor lastKept_;
    torch::Tensor features_;
    torch::Tensor usable_;
};

void scatterRow(const SlabRow& from, std::span<const std::size_t> samples, std::size_t row,
                SweepResult& into) {
    for (std::size_t j = 0; j < samples.size(); ++j) {
        const std::size_t at = row * into.samples + samples[j];
        into.maxLogit[at] = from.maxLogit.data_ptr<float>()[j];
        into.excess[at] = from.excess.data_ptr<float>()[j];
        if (!into.prediction.empty()) into.prediction[at] = from.prediction.data_ptr<std::int32_t>()[j];
    }
}

Status evaluate(MatrixView<const float> features, DeviceSweep& sweep, const SweepOptions& options,
                const Job& job, const PartialSink& sink, SweepResult& result) {
    const Slabs slabs(features.rows, options.slab, options.seed);
    ProgressMeter progress(job, "Evaluating all levels", features.rows);
    for (std::size_t i = 0; i < slabs.count(); ++i) {
        const auto samples = slabs.slab(i);
        sweep.load(features, samples);
        for (std::size_t row = 0; row < result.rows(); ++row) {
            if (job.stopRequested()) return cancelled();
            const bool dense = row == result.levels;
            scatterRow(sweep.summarise(dense ? -1 : static_cast<std::int64_t>(row)), samples, row, result);
        }
        progress.add(samples.size());
        if (sink) sink(result, slabs.upTo(i));
    }
    return {};
}

tl::unexpected<Error> deviceError(const std::string& device, std::string_view what) {
    const std::string reason(what.substr(0, what.find('\n')));
    if (what.find("out of memory") != std::string_view::npos) {
        return fail(ErrorCode::OutOfMemory,
                    "The device '" + device +
                        "' has not enough memory for the sweep; choose a smaller slab or the CPU.");
    }
    return fail(ErrorCode::Device,
                "The device '" + device + "' cannot be used (" + reason + "); choose the CPU.");
}

}  // namespace

Result<SweepResult> sweepOnDevice(MatrixView<const float> features, MatrixView<const float> weight,
                                  std::span<const float> bias, const LevelPlan& plan, Sweep::Dense dense,
                                  const SweepOptions& options, const std::string& device, const Job& job,
                                  const PartialSink& sink) {
    try {
        const bool withDense = dense == Sweep::Dense::AsLastRow;
        const auto walk = makeWalk(weight, bias, &plan.lastKept, plan.levels.size(), withDense);
        if (!walk) return forwardError(walk);
        if (const auto valid = checkSweepRequest(*walk, features, options); !valid)
            return forwardError(valid);
        SweepResult result;
        if (const auto ready = allocateResult(result, *walk, features.rows, options.predictions); !ready) {
            return forwardError(ready);
        }
        const torch::InferenceMode inference;
        DeviceSweep sweep(weight, bias, plan, walk->largestFeature, options, device);
        const auto done = evaluate(features, sweep, options, job, sink, result);
        if (!done) return forwardError(done);
        return result;
    } catch (const c10::Error& error) {
        return deviceError(device, error.what_without_backtrace());
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::OutOfMemory,
                    "There is not enough memory for the sweep's results; use fewer levels or samples.");
    } catch (const std::exception& error) {
        return deviceError(device, error.what());
    }
}

}  // namespace dicescope
