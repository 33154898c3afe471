#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "core/base/error.h"

namespace dicescope {

inline constexpr int kFashionSide = 28;                              ///< pixels
inline constexpr std::size_t kFashionPixels = std::size_t{28} * 28;  ///< values of one image
inline constexpr int kFashionClasses = 10;

enum class FashionSplit { Train, Test };

/// Grey images of 28 x 28 with their labels, in the order of the files.
struct FashionImages {
    std::vector<std::uint8_t> pixels;  ///< N x 784, row-major, 0 = background
    std::vector<std::uint8_t> labels;  ///< N, Fashion-MNIST's own numbers 0..9

    [[nodiscard]] std::size_t count() const { return labels.size(); }
    [[nodiscard]] std::span<const std::uint8_t> image(std::size_t index) const {
        return std::span(pixels).subspan(index * kFashionPixels, kFashionPixels);
    }
};

/// One class of Fashion-MNIST in its role in the demo.
struct DemoClass {
    std::uint8_t label;  ///< Fashion-MNIST's own number
    const char* folder;  ///< name of its image folder
};

/// The eight in-distribution classes; the index here is the class index of the demo network, and the natural
/// order of the folder names.
[[nodiscard]] std::span<const DemoClass> demoIdClasses();

/// The two classes the demo network is never shown.
[[nodiscard]] std::span<const DemoClass> demoNearOodClasses();

/// Reads one split from the gzip-compressed IDX files of `folder` (train-images-idx3-ubyte.gz and so on).
/// Errors: NotFound (says which package to install), Unreadable, Corrupt (damaged, not 28 x 28, labels above
/// 9, counts that do not agree).
[[nodiscard]] Result<FashionImages> loadFashionMnist(const std::filesystem::path& folder, FashionSplit split);

}  // namespace dicescope
