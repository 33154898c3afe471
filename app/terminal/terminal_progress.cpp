#include "app/terminal/terminal_progress.h"

#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>

namespace dicescope::terminal {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kPlainInterval = std::chrono::seconds(10);

std::string duration(double seconds) {
    std::array<char, 32> text{};
    const auto whole = static_cast<long>(seconds + 0.5);
    if (whole >= 3600) {
        std::snprintf(text.data(), text.size(), "%ld h %02ld min", whole / 3600, whole % 3600 / 60);
    } else if (whole >= 60) {
        std::snprintf(text.data(), text.size(), "%ld min %02ld s", whole / 60, whole % 60);
    } else {
        std::snprintf(text.data(), text.size(), "%ld s", whole);
    }
    return text.data();
}

std::string line(const Progress& progress) {
    std::string text = progress.stage;
    if (progress.total > 0)
        text += ": " + std::to_string(progress.done) + " of " + std::to_string(progress.total);
    if (progress.unitsPerSecond > 0) {
        std::array<char, 32> rate{};
        std::snprintf(rate.data(), rate.size(), ", %.0f/s", progress.unitsPerSecond);
        text += rate.data();
    }
    const bool finished = progress.total > 0 && progress.done >= progress.total;
    if (progress.secondsLeft >= 0 && !finished) text += ", " + duration(progress.secondsLeft) + " left";
    return text;
}

class Printer {
  public:
    explicit Printer(bool terminal) : terminal_(terminal) {}

    void operator()(const Progress& progress) {
        const bool finished = progress.total > 0 && progress.done >= progress.total;
        const bool newStage = progress.stage != stage_;
        stage_ = progress.stage;
        if (terminal_) {
            // Erases to the end of the line, since a shorter text would leave the tail of the longer one
            // before it.
            std::fprintf(stderr, "\r%s\033[K%s", line(progress).c_str(), finished ? "\n" : "");
        } else if (newStage || finished || Clock::now() - last_ >= kPlainInterval) {
            last_ = Clock::now();
            std::fprintf(stderr, "%s\n", line(progress).c_str());
        }
    }

  private:
    bool terminal_;
    std::string stage_;
    Clock::time_point last_;
};

}  // namespace

ProgressSink terminalProgress(bool quiet) {
    if (quiet) return {};
    auto printer = std::make_shared<Printer>(isatty(STDERR_FILENO) == 1);
    return [printer](const Progress& progress) { (*printer)(progress); };
}

}  // namespace dicescope::terminal
