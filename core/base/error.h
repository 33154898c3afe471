#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace dicescope {

/// What kind of thing went wrong; programs choose an exit code or an icon from it, never from the text.
enum class ErrorCode {
    Cancelled,        ///< the caller's stop token was triggered; not a failure
    InvalidArgument,  ///< the request itself cannot be met (a number out of range, a name used twice)
    NotFound,         ///< a file or folder does not exist
    Unreadable,       ///< it exists and cannot be read (permission, I/O error)
    Corrupt,          ///< it was read and its content is damaged or not what it claims to be
    Unsupported,      ///< valid content of a kind this program does not handle
    Mismatch,         ///< two inputs do not belong together (features of another model, wrong D)
    WriteFailed,      ///< an output could not be written (permission, full disk)
    OutOfMemory,      ///< host or device memory ran out
    Device,           ///< the compute device is missing or failed
    Internal,         ///< a defect of this program
};

/// An error as a value. `message` is one sentence for the user, in plain words, that names the path or
/// value concerned and says what to do next.
struct Error {
    ErrorCode code = ErrorCode::Internal;
    std::string message;
};

/// Either a T or an Error.
template <class T>
using Result = tl::expected<T, Error>;

using Status = Result<void>;

/// Shorthand for returning an error: `return fail(ErrorCode::NotFound, "...")`.
[[nodiscard]] inline tl::unexpected<Error> fail(ErrorCode code, std::string message) {
    return tl::unexpected<Error>(Error{code, std::move(message)});
}

/// Passes the error of one result on as the error of another type.
template <class T>
[[nodiscard]] tl::unexpected<Error> forwardError(const Result<T>& result) {
    return tl::unexpected<Error>(result.error());
}

[[nodiscard]] inline tl::unexpected<Error> cancelled() {
    return fail(ErrorCode::Cancelled, "The run was cancelled.");
}

}  // namespace dicescope
