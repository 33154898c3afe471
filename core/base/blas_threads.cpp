#include "core/base/blas_threads.h"

#include <dlfcn.h>

#include <mutex>

namespace dicescope {

void useBlasThreads(int count) {
    // Looked up at run time, since LibTorch may bring another BLAS.
    using SetThreads = void (*)(int);
    static const auto kSetThreads =
        reinterpret_cast<SetThreads>(dlsym(RTLD_DEFAULT, "openblas_set_num_threads"));
    static std::mutex mutex;
    static int current = 0;
    if (kSetThreads == nullptr) return;
    const std::lock_guard lock(mutex);
    if (current == count) return;
    kSetThreads(count);
    current = count;
}

}  // namespace dicescope
