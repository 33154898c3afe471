#include "core/sparsity/sweep.h"

#include <hwy/aligned_allocator.h>

#include <atomic>
#include <cmath>
#include <limits>
#include <mutex>
#include <new>
#include <numeric>
#include <string>
#include <utility>

#include "core/base/exceptions.h"
#include "core/base/parallel.h"
#include "core/base/progress_meter.h"
#include "core/sparsity/slabs.h"
#include "core/sparsity/sweep_kernel.h"
#include "core/sparsity/sweep_request.h"
#include "core/sparsity/walk.h"

namespace dicescope {
namespace {

/// Scratch memory for as many tiles as run at a time, reused from tile to tile.
class ScratchPool {
  public:
    using Buffer = hwy::AlignedFreeUniquePtr<float[]>;

    explicit ScratchPool(std::size_t floats) : floats_(floats) {}

    Buffer take() {
        {
            const std::scoped_lock lock(mutex_);
            if (!free_.empty()) {
                Buffer buffer = std::move(free_.back());
                free_.pop_back();
                return buffer;
            }
        }
        Buffer buffer = hwy::AllocateAligned<float>(floats_);
        if (!buffer) throw std::bad_alloc();
        return buffer;
    }

    void giveBack(Buffer buffer) {
        const std::scoped_lock lock(mutex_);
        free_.push_back(std::move(buffer));
    }

  private:
    std::size_t floats_;
    std::mutex mutex_;
    std::vector<Buffer> free_;
};

/// One evaluation of a walk: what its slabs share.
class SweepRun {
  public:
    SweepRun(const Walk& walk, MatrixView<const float> features, const SweepOptions& options, const Job& job)
        : walk_(walk),
          features_(features),
          options_(options),
          job_(job),
          slabs_(features.rows, options.slab, options.seed),
          scratch_(tileScratch(walk)),
          progress_(job, "Evaluating all levels", features.rows) {}

    [[nodiscard]] const Slabs& slabs() const { return slabs_; }

    /// All rows of some samples; columns[j] is where samples[j] goes in `into`.
    Status evaluate(std::span<const std::size_t> samples, std::span<const std::size_t> columns,
                    SweepResult& into) {
        std::atomic<bool> complete{true};
        parallelFor(
            samples.size(), tileSamples(), options_.threads, [&](std::size_t first, std::size_t last) {
                if (!complete) return;
                const std::size_t count = last - first;
                auto buffer = scratch_.take();
                const bool finished = sweepTile(
                    task(samples.subspan(first, count), columns.subspan(first, count), into), buffer.get());
                scratch_.giveBack(std::move(buffer));
                if (finished) {
                    progress_.add(count);
                } else {
                    complete = false;
                }
            });
        return complete ? Status() : Status(cancelled());
    }

  private:
    TileTask task(std::span<const std::size_t> samples, std::span<const std::size_t> columns,
                  SweepResult& into) const {
        return {.walk = &walk_,
                .features = features_,
                .samples = samples,
                .clip = options_.reactClip.value_or(std::numeric_limits<float>::infinity()),
                .columns = columns,
                .stride = into.samples,
                .maxLogit = into.maxLogit.data(),
                .excess = into.excess.data(),
                .prediction = options_.predictions ? into.prediction.data() : nullptr,
                .stop = job_.stop};
    }

    const Walk& walk_;
    MatrixView<const float> features_;
    const SweepOptions& options_;
    const Job& job_;
    Slabs slabs_;
    ScratchPool scratch_;
    ProgressMeter progress_;
};

constexpr auto kOutOfMemory =
    "There is not enough memory for the sweep's results; use fewer levels or samples.";

}  // namespace

struct Sweep::Plan {
    Walk walk;
};

Result<Sweep> Sweep::plan(MatrixView<const float> weight, std::span<const float> bias, const LevelPlan& plan,
                          Dense dense) {
    return withoutExceptions("The sweep", kOutOfMemory, [&]() -> Result<Sweep> {
        auto walk = makeWalk(weight, bias, &plan.lastKept, plan.levels.size(), dense == Dense::AsLastRow);
        if (!walk) return forwardError(walk);
        Sweep sweep;
        sweep.plan_ = std::make_shared<const Plan>(Plan{std::move(*walk)});
        return sweep;
    });
}

Result<Sweep> Sweep::denseOnly(MatrixView<const float> weight, std::span<const float> bias) {
    return withoutExceptions("The sweep", kOutOfMemory, [&]() -> Result<Sweep> {
        auto walk = makeWalk(weight, bias, nullptr, 0, true);
        if (!walk) return forwardError(walk);
        Sweep sweep;
        sweep.plan_ = std::make_shared<const Plan>(Plan{std::move(*walk)});
        return sweep;
    });
}

std::size_t Sweep::classes() const {
    return plan_->walk.classes;
}
std::size_t Sweep::units() const {
    return plan_->walk.units;
}
std::size_t Sweep::levels() const {
    return plan_->walk.levels;
}
std::size_t Sweep::rows() const {
    return plan_->walk.steps();
}

Result<SweepResult> Sweep::run(MatrixView<const float> features, const SweepOptions& options, const Job& job,
                               const PartialSink& sink) const {
    return withoutExceptions("The sweep", kOutOfMemory, [&]() -> Result<SweepResult> {
        const Walk& walk = plan_->walk;
        if (const auto valid = checkSweepRequest(walk, features, options); !valid) return forwardError(valid);
        SweepResult result;
        if (const auto ready = allocateResult(result, walk, features.rows, options.predictions); !ready) {
            return forwardError(ready);
        }
        SweepRun run(walk, features, options, job);
        for (std::size_t i = 0; i < run.slabs().count(); ++i) {
            const auto samples = run.slabs().slab(i);
            if (const auto done = run.evaluate(samples, samples, result); !done) return forwardError(done);
            if (sink) sink(result, run.slabs().upTo(i));
        }
        return result;
    });
}

Status Sweep::stream(MatrixView<const float> features, const SweepOptions& options, const Job& job,
                     const SlabSink& sink) const {
    return withoutExceptions("The sweep", kOutOfMemory, [&]() -> Status {
        const Walk& walk = plan_->walk;
        if (auto valid = checkSweepRequest(walk, features, options); !valid) return valid;
        SweepRun run(walk, features, options, job);
        std::vector<std::size_t> columns;
        SweepResult slab;
        for (std::size_t i = 0; i < run.slabs().count(); ++i) {
            const auto samples = run.slabs().slab(i);
            if (samples.size() != slab.samples) {
                columns.resize(samples.size());
                std::iota(columns.begin(), columns.end(), std::size_t{0});
                if (auto ready = allocateResult(slab, walk, samples.size(), options.predictions); !ready)
                    return ready;
            }
            if (auto done = run.evaluate(samples, columns, slab); !done) return done;
            if (auto taken = sink(slab, samples); !taken) return taken;
        }
        return {};
    });
}

Result<SweepResult> denseSummary(MatrixView<const float> features, MatrixView<const float> weight,
                                 std::span<const float> bias, const SweepOptions& options, const Job& job) {
    const auto sweep = Sweep::denseOnly(weight, bias);
    if (!sweep) return forwardError(sweep);
    return sweep->run(features, options, job);
}

}  // namespace dicescope
