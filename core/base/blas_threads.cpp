#include "core/base/blas_threads.h"

#include <dlfcn.h>

#include <mutex>

namespace dicescope {
namespace {

// Looked up at run time, since it is LibTorch that brings the BLAS.
template <class Function>
Function* loaded(const char* name) {
    return reinterpret_cast<Function*>(dlsym(RTLD_DEFAULT, name));
}

/// Sets the number of this thread and returns the one of before.
int useMklThreads(int count) {
    static auto* const kSetThreads = loaded<int(int)>("MKL_Set_Num_Threads_Local");
    return kSetThreads == nullptr ? 0 : kSetThreads(count);
}

}  // namespace

void useBlasThreads(int count) {
    static auto* const kSetThreads = loaded<void(int)>("openblas_set_num_threads");
    static std::mutex mutex;
    static int current = 0;
    if (kSetThreads == nullptr) return;
    const std::lock_guard lock(mutex);
    if (current == count) return;
    kSetThreads(count);
    current = count;
}

OneBlasThread::OneBlasThread() {
    useBlasThreads(1);
    before_ = useMklThreads(1);
}

OneBlasThread::~OneBlasThread() {
    useMklThreads(before_);
}

}  // namespace dicescope
