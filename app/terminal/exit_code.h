#pragma once

#include "core/base/error.h"

namespace dicescope::terminal {

/// The process's exit code for an outcome: 0 done, 1 failed, 2 wrong arguments, 130 interrupted.
[[nodiscard]] int exitCode(const Status& status);

}  // namespace dicescope::terminal
