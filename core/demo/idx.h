#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "core/base/error.h"

namespace dicescope {

/// An array of unsigned bytes as the IDX format of MNIST and its successors stores it.
struct IdxArray {
    std::vector<std::size_t> shape;    ///< sizes, slowest first: {N, rows, columns} or {N}
    std::vector<std::uint8_t> values;  ///< row-major, product of shape values
};

/// Parses an uncompressed IDX file: two zero bytes, the type 0x08 (unsigned byte), the number of dimensions,
/// one big-endian 32-bit size a dimension, then exactly the values. Source:
/// http://yann.lecun.com/exdb/mnist/, "The IDX file format". Errors: Corrupt (another type or number of
/// dimensions than `dimensions`, a size of 0, bytes missing or left over). The message is a short reason
/// without a path.
[[nodiscard]] Result<IdxArray> parseIdx(std::span<const std::byte> bytes, std::size_t dimensions);

/// Decompresses gzip data of one or several members. Errors: Corrupt (not gzip, truncated, checksum, bytes
/// left over, more than maxBytes of output); OutOfMemory. The message is a short reason without a path.
[[nodiscard]] Result<std::vector<std::byte>> gunzip(std::span<const std::byte> compressed,
                                                    std::size_t maxBytes);

/// Reads a gzip-compressed IDX file. Errors: those of readFile() and, with the path in front, of gunzip() and
/// parseIdx().
[[nodiscard]] Result<IdxArray> readGzippedIdx(const std::filesystem::path& path, std::size_t dimensions);

}  // namespace dicescope
