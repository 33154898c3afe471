#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/session/session.h"

/// Whatever the text, it is refused with a reason or means the same after being written and read again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::filesystem::path base = "/study/sessions/today";
    const auto read = dicescope::parseSession(std::string(reinterpret_cast<const char*>(data), size), base);
    if (!read) return 0;
    const std::string written = dicescope::toJson(*read, base);
    const auto again = dicescope::parseSession(written, base);
    if (!again || !(again->inputs == read->inputs) || !(again->sweep == read->sweep)) std::abort();
    if (dicescope::toJson(*again, base) != written) std::abort();
    return 0;
}
