#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/images/resize.h"
#include "core/images/rgb_image.h"

namespace dicescope {

/// How an image becomes the model's input: grey where one channel is wanted, resize, centre crop, then
/// (value / 255 - mean) / std.
struct Preprocess {
    std::string name;           ///< "imagenet", "cifar", "fashion" or the name in the user's file
    int resizeShorterSide = 0;  ///< shorter side after resizing, up to 4096; 0: not resized
    int cropHeight = 0;         ///< input height of the model, 1..4096
    int cropWidth = 0;          ///< input width of the model, 1..4096
    int channels = 3;           ///< 3: RGB; 1: grey, Pillow's convert("L") of the RGB pixels, before resizing
    Interpolation interpolation = Interpolation::Bilinear;
    std::array<double, 3> mean{};  ///< per channel, of values in 0..1; only the first is used for one channel
    std::array<double, 3> std{1, 1, 1};  ///< per channel, likewise; > 0

    friend bool operator==(const Preprocess&, const Preprocess&) = default;

    /// Bytes of one preprocessed image.
    [[nodiscard]] std::size_t pixelBytes() const {
        return static_cast<std::size_t>(cropHeight) * static_cast<std::size_t>(cropWidth) *
               static_cast<std::size_t>(channels);
    }
};

/// The names of the built-in presets, in the order in which they are offered.
[[nodiscard]] std::vector<std::string> preprocessPresetNames();

/// The preset of that name, or the one described by the JSON file of that path (format in
/// docs/preprocess.md). Errors: InvalidArgument (neither a preset nor a file; lists the presets), Unreadable,
/// Corrupt (JSON that does not parse, a key that is missing, unknown, given twice or out of range; names the
/// key).
[[nodiscard]] Result<Preprocess> loadPreprocess(const std::string& nameOrPath);

/// Canonical one-line JSON of all fields (sorted keys): part of cache keys and of feature files;
/// parsePreprocess reads it back to an equal value.
[[nodiscard]] std::string toJson(const Preprocess& preprocess);
/// Errors: Corrupt, as above.
[[nodiscard]] Result<Preprocess> parsePreprocess(const std::string& json);

/// Decoded image to the 8-bit input of the model, cropHeight x cropWidth x channels, interleaved (H W C).
[[nodiscard]] std::vector<std::uint8_t> toModelPixels(const RgbImage& image, const Preprocess& preprocess);
/// The same into a buffer of preprocess.pixelBytes() bytes.
void toModelPixels(const RgbImage& image, const Preprocess& preprocess, std::span<std::uint8_t> out);

/// The 256 normalised float32 values of channel `channel`: float(v) / 255, minus mean, divided by std, each
/// step rounded to float32 as torchvision's ToTensor and Normalize do. lut[v] is the model's input for pixel
/// value v.
[[nodiscard]] std::array<float, 256> normalisationTable(const Preprocess& preprocess, int channel);

}  // namespace dicescope
