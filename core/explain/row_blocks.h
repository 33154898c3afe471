#pragma once

// Internal to core/explain: sums over the rows of a set that do not depend on the number of threads.

#include <algorithm>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/error.h"
#include "core/base/job.h"
#include "core/base/parallel.h"
#include "core/base/progress_meter.h"

namespace dicescope {

/// Rows that one thread takes at a time.
inline constexpr std::size_t kExplainBlockRows = 256;
/// Blocks whose parts are held before they are merged.
inline constexpr std::size_t kBlocksAtATime = 64;

/// Calls compute(begin, end), which returns a Part, for blocks of [0, rows) on all processors and then
/// merge(Part&&) for each in their order on the calling thread. Progress in rows. Stops between two blocks.
template <class Part, class Compute, class Merge>
[[nodiscard]] Status overRowBlocks(std::size_t rows, const Job& job, const std::string& stage,
                                   const Compute& compute, const Merge& merge) {
    ProgressMeter meter(job, stage, rows);
    constexpr std::size_t kRowsAtATime = kExplainBlockRows * kBlocksAtATime;
    for (std::size_t first = 0; first < rows; first += kRowsAtATime) {
        const std::size_t count = std::min(kRowsAtATime, rows - first);
        std::vector<Part> parts((count - 1) / kExplainBlockRows + 1);
        parallelFor(count, kExplainBlockRows, 0, [&](std::size_t begin, std::size_t end) {
            if (job.stopRequested()) return;
            parts[begin / kExplainBlockRows] = compute(first + begin, first + end);
            meter.add(end - begin);
        });
        if (job.stopRequested()) return cancelled();
        for (Part& part : parts) merge(std::move(part));
    }
    return {};
}

/// ReAct's clip as a number: +infinity where there is none.
[[nodiscard]] inline float clipOrInfinity(std::optional<float> clip) {
    return clip.value_or(std::numeric_limits<float>::infinity());
}

}  // namespace dicescope
