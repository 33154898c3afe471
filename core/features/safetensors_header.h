#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "core/features/safetensors.h"

namespace dicescope {

/// The format's limit for the length of the JSON header, in bytes.
inline constexpr std::uint64_t kMaxSafetensorsHeader = 100'000'000;

/// One tensor entry of a header: where its bytes lie in the data section.
struct HeaderEntry {
    TensorType type = TensorType::F32;
    std::vector<std::uint64_t> shape;
    std::uint64_t begin = 0;  ///< byte offsets from the start of the data section
    std::uint64_t end = 0;
};

struct SafetensorsHeader {
    std::map<std::string, HeaderEntry, std::less<>> entries;
    std::map<std::string, std::string, std::less<>> metadata;
};

/// Parses the JSON of a header; memory stays within a small multiple of its length, whatever it holds.
/// Offsets are not yet checked against one another. `fileName` is used in messages only. Errors: Corrupt,
/// Unsupported, OutOfMemory.
[[nodiscard]] Result<SafetensorsHeader> parseSafetensorsHeader(std::string_view json,
                                                               const std::string& fileName);

/// Bytes of a tensor of this type and shape. Errors: InvalidArgument when the product does not fit into 64
/// bits.
[[nodiscard]] Result<std::uint64_t> tensorBytes(TensorType type, std::span<const std::uint64_t> shape);

}  // namespace dicescope
