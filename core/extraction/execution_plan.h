#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/base/job.h"
#include "core/images/preprocess.h"
#include "core/model/classifier.h"

namespace dicescope {

/// How forwards are run: `streams` threads, each taking whole batches of `batchSize` images. On the CPU every
/// stream computes on one thread, so the bits of a feature depend on the batch size and never on the number
/// of threads.
struct ExecutionPlan {
    unsigned streams = 1;
    int intraOpThreads = 1;
    std::size_t batchSize = 1;
    double imagesPerSecond = 0;  ///< measured rate of the bare forward; 0 where it was not measured
};

/// The batch sizes that are tried on a device, increasing.
[[nodiscard]] std::vector<std::size_t> candidateBatchSizes(bool onGpu);

/// Picks from measured rates: the smallest batch within 3 % of the best rate. Rates belong to the sizes in
/// order; both not empty and of one length.
[[nodiscard]] std::size_t pickBatchSize(const std::vector<std::size_t>& sizes,
                                        const std::vector<double>& rates);

/// Times the bare forward on random pixels at each candidate batch size and returns the best plan. Takes a
/// few seconds. `threads`: CPU threads (0: all processors). Errors: those of Classifier::forward, Cancelled.
[[nodiscard]] Result<ExecutionPlan> measureExecutionPlan(const Classifier& classifier,
                                                         const Preprocess& preprocess, unsigned threads,
                                                         const Job& job = {});

/// Images/s of the bare forward of `plan` over `seconds` of running. Errors: those of Classifier::forward,
/// Cancelled.
[[nodiscard]] Result<double> measureForwardRate(const Classifier& classifier, const Preprocess& preprocess,
                                                const ExecutionPlan& plan, double seconds,
                                                const Job& job = {});

/// Remembers the batch size measured for a model on this machine, so that a later run computes bit-identical
/// features and does not measure again. One small JSON file; a damaged or unwritable file only means
/// measuring again.
class BatchSizeMemory {
  public:
    /// `file`: where to remember; see defaultFile().
    explicit BatchSizeMemory(std::filesystem::path file);

    /// $XDG_STATE_HOME/dicescope/batch-sizes.json, or below ~/.local/state.
    [[nodiscard]] static std::filesystem::path defaultFile();

    [[nodiscard]] std::optional<std::size_t> recall(const std::string& key) const;
    void remember(const std::string& key, std::size_t batchSize) const;

  private:
    std::filesystem::path file_;
};

/// What a remembered batch size depends on: model, head, device, input size, LibTorch version.
[[nodiscard]] std::string batchSizeKey(const ClassifierInfo& info, const Preprocess& preprocess);

/// The plan for a run: `batchSize` if not 0, else the remembered size, else a measurement (remembered), or,
/// for fewer than 128 images where measuring would take longer than it saves, a fixed small batch.
[[nodiscard]] Result<ExecutionPlan> chooseExecutionPlan(const Classifier& classifier,
                                                        const Preprocess& preprocess, unsigned threads,
                                                        std::size_t batchSize, std::size_t images,
                                                        const BatchSizeMemory& memory, const Job& job = {});

}  // namespace dicescope
