#include <cstdint>
#include <cstdlib>

#include "core/images/decode.h"
#include "core/images/preprocess.h"

/// Whatever the bytes, decoding gives an image whose size fits its pixels, or an error with a reason.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto image = dicescope::decodeImage(std::as_bytes(std::span(data, size)));
    if (!image) {
        if (image.error().message.empty() || image.error().code == dicescope::ErrorCode::Internal)
            std::abort();
        return 0;
    }
    const auto pixels = static_cast<std::size_t>(image->width) * static_cast<std::size_t>(image->height);
    if (pixels == 0 || image->pixels.size() != pixels * 3) std::abort();
    dicescope::Preprocess preprocess;
    preprocess.resizeShorterSide = 9;
    preprocess.cropHeight = 8;
    preprocess.cropWidth = 11;
    if (dicescope::toModelPixels(*image, preprocess).size() != preprocess.pixelBytes()) std::abort();
    return 0;
}
