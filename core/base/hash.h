#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include "core/base/error.h"

namespace dicescope {

/// A 128-bit content hash (XXH3-128). Not cryptographic: it identifies content, it does not authenticate it.
struct ContentHash {
    std::uint64_t low = 0;
    std::uint64_t high = 0;

    friend bool operator==(const ContentHash&, const ContentHash&) = default;
    friend auto operator<=>(const ContentHash&, const ContentHash&) = default;
};

[[nodiscard]] ContentHash contentHash(std::span<const std::byte> bytes);

/// 32 lower-case hexadecimal digits, high half first.
[[nodiscard]] std::string toHex(const ContentHash& hash);

/// SHA-256 of a file as 64 lower-case hexadecimal digits, as `sha256sum` prints it. Errors: NotFound,
/// Unreadable.
[[nodiscard]] Result<std::string> sha256OfFile(const std::filesystem::path& path);

/// SHA-256 of bytes in memory, as 64 lower-case hexadecimal digits.
[[nodiscard]] std::string sha256(std::span<const std::byte> bytes);

}  // namespace dicescope
