#include "app/terminal/exit_code.h"

namespace dicescope::terminal {

int exitCode(const Status& status) {
    constexpr int kFailed = 1;
    constexpr int kWrongArguments = 2;
    constexpr int kInterrupted = 130;
    if (status) return 0;
    switch (status.error().code) {
        case ErrorCode::Cancelled:
            return kInterrupted;
        case ErrorCode::InvalidArgument:
            return kWrongArguments;
        default:
            return kFailed;
    }
}

}  // namespace dicescope::terminal
