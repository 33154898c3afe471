#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>

#include "core/base/error.h"

namespace dicescope {

/// Runs `count` images by calls of run(first, images), which returns a Status, of at most `most` (>= 1)
/// images each. Where one ends with OutOfMemory, `most` is halved, for later batches too, and what is left
/// goes on in smaller calls; the error is returned when a single image does not fit. Several threads may
/// share `most`.
template <class Run>
[[nodiscard]] Status runInHalves(std::atomic<std::size_t>& most, std::size_t count, const Run& run) {
    for (std::size_t first = 0; first < count;) {
        const std::size_t images = std::min(most.load(), count - first);
        Status status = run(first, images);
        if (status) {
            first += images;
        } else if (status.error().code == ErrorCode::OutOfMemory && images > 1) {
            most = std::min(most.load(), images / 2);
        } else {
            return status;
        }
    }
    return {};
}

}  // namespace dicescope
