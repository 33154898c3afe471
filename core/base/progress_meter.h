#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>

#include "core/base/job.h"

namespace dicescope {

/// Turns counts of finished units into Progress with rate and time left, at most every 100 ms and once at the
/// end. Thread-safe; the sink is called by one thread at a time.
class ProgressMeter {
  public:
    /// Starts the clock and reports the beginning. `total`: units of the whole stage.
    ProgressMeter(const Job& job, std::string stage, std::uint64_t total);

    /// `units` more are finished. Units that cost nothing (found in a cache) are `free`: they count as done
    /// and are left out of the rate, so that the time left speaks of the work that remains.
    void add(std::uint64_t units, bool free = false);

  private:
    using Clock = std::chrono::steady_clock;

    [[nodiscard]] Progress snapshot(Clock::time_point now) const;

    const Job& job_;
    std::string stage_;
    std::uint64_t total_;
    std::uint64_t done_ = 0;
    std::uint64_t worked_ = 0;
    Clock::time_point start_;
    Clock::time_point lastReport_;
    std::mutex mutex_;
};

}  // namespace dicescope
