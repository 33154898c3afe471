#include "core/base/parallel.h"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace dicescope {

unsigned defaultThreadCount() {
    // hardware_concurrency() ignores the affinity mask, so a job confined to 2 of 64 cores would start 64
    // threads.
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof(allowed), &allowed) == 0) {
        return static_cast<unsigned>(std::max(1, CPU_COUNT(&allowed)));
    }
    return std::max(1U, std::thread::hardware_concurrency());
}

void parallelFor(std::size_t count, std::size_t grain, unsigned threads,
                 const std::function<void(std::size_t, std::size_t)>& body) {
    if (count == 0) return;
    grain = std::max<std::size_t>(grain, 1);
    const std::size_t pieces = (count - 1) / grain + 1;
    const std::size_t wanted = threads == 0 ? defaultThreadCount() : threads;
    const std::size_t workers = std::min(wanted, pieces);

    std::atomic<std::size_t> next{0};
    std::exception_ptr failure;
    std::mutex failureMutex;
    const auto work = [&] {
        for (std::size_t piece = next++; piece < pieces; piece = next++) {
            try {
                const std::size_t begin = piece * grain;
                body(begin, std::min(begin + grain, count));
            } catch (...) {
                const std::scoped_lock lock(failureMutex);
                if (!failure) failure = std::current_exception();
                next = pieces;
                return;
            }
        }
    };
    {
        std::vector<std::jthread> helpers;
        helpers.reserve(workers - 1);
        for (std::size_t i = 1; i < workers; ++i) helpers.emplace_back(work);
        work();
    }
    if (failure) std::rethrow_exception(failure);
}

}  // namespace dicescope
