#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "core/base/error.h"

namespace dicescope {

/// What the header of a .npy file says of the array that follows.
struct NpyHeader {
    bool isFloat32 = false;  ///< else float64
    bool bigEndian = false;
    bool fortranOrder = false;
    std::vector<std::size_t> shape;  ///< one or two sizes
};

/// Parses the dictionary literal of a header: the keys 'descr', 'fortran_order' and 'shape', each once, in
/// any order, and nothing else. Errors (messages are a part of a sentence): Corrupt, Unsupported.
[[nodiscard]] Result<NpyHeader> parseNpyHeader(std::string_view text);

}  // namespace dicescope
