#pragma once

#include "core/base/job.h"

namespace dicescope::terminal {

/// Progress on stderr: one line rewritten in place with rate and time left on a terminal; elsewhere a plain
/// line at the start of a stage, about every ten seconds and at its end; nothing when quiet.
[[nodiscard]] ProgressSink terminalProgress(bool quiet);

}  // namespace dicescope::terminal
