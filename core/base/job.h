#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>

namespace dicescope {

/// A snapshot of how far a long call has come.
struct Progress {
    std::string stage;          ///< what is being done, for people: "Extracting features: dtd5"
    std::uint64_t done = 0;     ///< units finished, 0..total
    std::uint64_t total = 0;    ///< 0 where the amount of work is not known
    double unitsPerSecond = 0;  ///< current rate; 0 where it is not known yet
    double secondsLeft = -1;    ///< estimate; negative where it is not known yet
};

/// Receives progress; called from whichever thread does the work, one call at a time, at most about every
/// 100 ms and once at the end of a stage. It must return quickly.
using ProgressSink = std::function<void(const Progress&)>;

/// Handed into every long call: how to stop it and where to report. Cheap to copy.
struct Job {
    std::stop_token stop;
    ProgressSink progress;

    [[nodiscard]] bool stopRequested() const { return stop.stop_requested(); }
    void report(const Progress& snapshot) const {
        if (progress) progress(snapshot);
    }
};

}  // namespace dicescope
