#pragma once

#include <exception>
#include <new>
#include <string>

#include "core/base/error.h"

namespace dicescope {

/// Calls body(), which returns a Result or Status, and turns what the standard library throws under memory or
/// thread pressure into an error of that type: std::bad_alloc into OutOfMemory with the sentence
/// `outOfMemory`, every other std::exception into Internal, "<what> failed (...)". Any thread.
template <class Body>
[[nodiscard]] auto withoutExceptions(const std::string& what, const std::string& outOfMemory,
                                     const Body& body) -> decltype(body()) {
    try {
        return body();
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::OutOfMemory, outOfMemory);
    } catch (const std::exception& error) {
        return fail(ErrorCode::Internal, what + " failed (" + error.what() + "); please report this.");
    }
}

}  // namespace dicescope
