#include "core/base/memory.h"

#include <malloc.h>

namespace dicescope {

void keepFreedMemory() {
#ifdef __GLIBC__
    constexpr int kBytes = 256 << 20;
    mallopt(M_MMAP_THRESHOLD, kBytes / 8);
    mallopt(M_TRIM_THRESHOLD, kBytes);
#endif
}

}  // namespace dicescope
