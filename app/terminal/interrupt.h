#pragma once

#include <stop_token>

namespace dicescope::terminal {

/// Turns SIGINT and SIGTERM into a stop request: the first asks the running job to end cleanly, a second one
/// ends the process at once with the signal's default action. Call once, from main, before any thread starts.
[[nodiscard]] std::stop_token stopOnInterrupt();

}  // namespace dicescope::terminal
