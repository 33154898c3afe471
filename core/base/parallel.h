#pragma once

#include <cstddef>
#include <functional>

namespace dicescope {

/// The number of threads to use when the caller asks for 0: the processors this process may run on, at
/// least 1.
[[nodiscard]] unsigned defaultThreadCount();

/// Calls body(begin, end) over disjoint ranges that cover [0, count), each at most `grain` long, on up to
/// `threads` threads (0: defaultThreadCount()), the calling thread being one of them. Ranges are handed out
/// in order but may run at the same time; returns when all are done. An exception thrown by body on any
/// thread is rethrown here once, after every thread has stopped.
void parallelFor(std::size_t count, std::size_t grain, unsigned threads,
                 const std::function<void(std::size_t begin, std::size_t end)>& body);

}  // namespace dicescope
