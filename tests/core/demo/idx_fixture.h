#pragma once

#include <zlib.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <vector>

/// Hand-made IDX and gzip files for the tests of the demo data.
namespace idx_fixture {

using Bytes = std::vector<std::uint8_t>;

inline std::span<const std::byte> view(const Bytes& bytes) {
    return std::as_bytes(std::span(bytes));
}

inline Bytes idx(const std::vector<std::uint32_t>& shape, const Bytes& values) {
    Bytes bytes{0, 0, 0x08, static_cast<std::uint8_t>(shape.size())};
    for (const std::uint32_t size : shape) {
        for (const unsigned shift : {24U, 16U, 8U, 0U})
            bytes.push_back(static_cast<std::uint8_t>(size >> shift));
    }
    bytes.insert(bytes.end(), values.begin(), values.end());
    return bytes;
}

inline void writeGzip(const std::filesystem::path& path, const Bytes& bytes) {
    const gzFile file = gzopen(path.c_str(), "wb1");
    gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size()));
    gzclose(file);
}

inline void writePlain(const std::filesystem::path& path, const Bytes& bytes) {
    std::ofstream file(path, std::ios::binary);
    file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

/// The grey value of every pixel of image `index` in writeFashion(): different for neighbouring images.
inline std::uint8_t greyOf(std::size_t index) {
    return static_cast<std::uint8_t>(index * 7 % 256);
}

/// A small Fashion-MNIST: `perClass` images of each class in both splits; image i has label i % 10 and one
/// grey.
inline void writeFashion(const std::filesystem::path& folder, std::size_t perClass) {
    const std::size_t count = perClass * 10;
    Bytes pixels;
    Bytes labels;
    for (std::size_t i = 0; i < count; ++i) {
        pixels.insert(pixels.end(), std::size_t{28} * 28, greyOf(i));
        labels.push_back(static_cast<std::uint8_t>(i % 10));
    }
    std::filesystem::create_directories(folder);
    for (const std::string prefix : {"train", "t10k"}) {
        const auto n = static_cast<std::uint32_t>(count);
        writeGzip(folder / (prefix + "-images-idx3-ubyte.gz"), idx({n, 28, 28}, pixels));
        writeGzip(folder / (prefix + "-labels-idx1-ubyte.gz"), idx({n}, labels));
    }
}

}  // namespace idx_fixture
