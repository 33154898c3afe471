#include "core/base/progress_meter.h"

#include <utility>

namespace dicescope {
namespace {

constexpr auto kInterval = std::chrono::milliseconds(100);
// Before this the rate is mostly the start-up of threads and graphs.
constexpr double kSecondsBeforeRate = 0.5;

}  // namespace

ProgressMeter::ProgressMeter(const Job& job, std::string stage, std::uint64_t total)
    : job_(job), stage_(std::move(stage)), total_(total), start_(Clock::now()), lastReport_(start_) {
    job_.report(snapshot(start_));
}

void ProgressMeter::add(std::uint64_t units, bool free) {
    const std::scoped_lock lock(mutex_);
    done_ += units;
    if (!free) worked_ += units;
    const auto now = Clock::now();
    if (now - lastReport_ < kInterval && done_ < total_) return;
    lastReport_ = now;
    job_.report(snapshot(now));
}

Progress ProgressMeter::snapshot(Clock::time_point now) const {
    Progress progress{stage_, done_, total_, 0, -1};
    const double seconds = std::chrono::duration<double>(now - start_).count();
    if (worked_ > 0 && (seconds >= kSecondsBeforeRate || done_ >= total_)) {
        progress.unitsPerSecond = static_cast<double>(worked_) / seconds;
        progress.secondsLeft = static_cast<double>(total_ - done_) / progress.unitsPerSecond;
    }
    return progress;
}

}  // namespace dicescope
