#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/images/preprocess.h"

/// Whatever the text, it is refused with a reason or means the same after being written and read again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto read = dicescope::parsePreprocess(std::string(reinterpret_cast<const char*>(data), size));
    if (!read) return 0;
    const auto again = dicescope::parsePreprocess(dicescope::toJson(*read));
    if (!again || !(*again == *read)) std::abort();
    return 0;
}
