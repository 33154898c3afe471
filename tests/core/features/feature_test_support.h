#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <vector>

#include "core/base/hash.h"
#include "core/base/matrix.h"

/// What the tests of this room share: files as strings, and rows of made-up features.
namespace dicescope::test {

inline std::filesystem::path golden(const std::string& name) {
    return std::filesystem::path(DICESCOPE_GOLDEN_DIR) / "features" / name;
}

inline std::string slurp(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

inline void put(const std::filesystem::path& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
}

inline std::span<const std::byte> bytesOf(const std::string& text) {
    return std::as_bytes(std::span(text));
}

inline std::vector<std::string> filesIn(const std::filesystem::path& folder, const std::string& suffix) {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const std::string name = entry.path().filename().string();
        if (name.ends_with(suffix)) names.push_back(name);
    }
    return names;
}

/// The content hash of a made-up image.
inline ContentHash imageHash(int image) {
    return contentHash(bytesOf("image " + std::to_string(image)));
}

/// Features or logits of made-up images first..first+count-1: every value is different.
inline Matrix<float> imageRows(int first, int count, std::size_t columns, float offset) {
    Matrix<float> rows(static_cast<std::size_t>(count), columns);
    for (std::size_t r = 0; r < rows.rows(); ++r) {
        for (std::size_t c = 0; c < columns; ++c) {
            rows(r, c) =
                offset + static_cast<float>(first) + static_cast<float>(r) + static_cast<float>(c) / 64.0F;
        }
    }
    return rows;
}

}  // namespace dicescope::test
